import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createLeadStores, type LeadStores } from '../../functions/lead-stores.ts';
import { createLeadChangeWorker } from '../../functions/queues/lead-changes.ts';
import type { QueueFunction } from '../../functions/queues/queue-frame.ts';
import { leadEventSchema, profileChangeSchema } from '../../shared/lead/change.ts';
import { type LeadDocument, unknownLead } from '../../shared/lead/lead-document.ts';
import { shardOf } from '../../shared/lead/shard.ts';
import { useWorkerRoom } from './worker-room.ts';

// Documents of 350 KB, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const room = useWorkerRoom();
let stores: LeadStores;
let profileChanges: QueueFunction;
let leadEvents: QueueFunction;

beforeAll(() => {
  stores = createLeadStores(room.clients);
  profileChanges = createLeadChangeWorker(
    'profileChanges',
    profileChangeSchema,
    (change) => ({ kind: 'profile_change', ...change }),
    stores,
  );
  leadEvents = createLeadChangeWorker(
    'leadEvents',
    leadEventSchema,
    (change) => ({ kind: 'lead_event', ...change }),
    stores,
  );
});
beforeEach(() => {
  for (const level of ['warn', 'error'] as const) vi.spyOn(console, level).mockReturnValue();
});

const at = '2026-03-10T11:00:00.000Z';
const leadOf = async (leadId: string) => (await stores.leads.read([leadId])).get(leadId);
const large = (prefix: string, count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, 'x'.repeat(4_000)]));

async function rawEventsOf(leadId: string, eventType: string) {
  const events = [];
  for await (const event of stores.events.ofLeads(eventType, shardOf(leadId), leadId, leadId)) events.push(event);
  return events;
}

describe('a lead at its size limit', () => {
  test('keeps what fits; what does not goes to the dead letters with the size, and no raw event stays behind', async () => {
    for (const [prefix, count] of [
      ['a', 45],
      ['b', 42],
    ] as const) {
      expect(
        await room.deliver(profileChanges, [{ leadId: 'giant', occurredAt: at, attributes: large(prefix, count) }]),
      ).toEqual([]);
    }
    const event = (eventId: string, eventType: string) => ({ leadId: 'giant', eventId, eventType, occurredAt: at });
    // Each new event type takes some bytes of the document, until there is no room for another.
    const types = Array.from({ length: 30 }, (_, index) => event(`e${index}`, `${'t'.repeat(90)}${index}`));
    expect(await room.deliver(leadEvents, types)).toEqual([]);
    const letters = await room.take('DEAD_LETTERS');
    expect(letters.length).toBeGreaterThan(0);
    expect(letters.length).toBeLessThan(30);
    for (const { body, reason } of letters) {
      expect(reason).toMatch(/the lead document would be \d+ bytes/);
      expect(await rawEventsOf('giant', JSON.parse(body).eventType)).toEqual([]);
    }
    const kept = (await leadOf('giant'))!.eventTypes;
    expect(kept).toHaveLength(30 - letters.length);
    expect(await rawEventsOf('giant', kept[0]!)).toHaveLength(1);
  });
});

test('what is decided without a change has room above the limit for changes, up to what DynamoDB takes', async () => {
  const documentOf = (leadId: string, bytes: number, updatedAt: number): LeadDocument => ({
    ...unknownLead(leadId),
    version: 1,
    updatedAt,
    attributes: { filling: 'x'.repeat(bytes) },
  });
  const write = (leadId: string, bytes: number, updatedAt: number) => ({
    before: unknownLead(leadId),
    after: documentOf(leadId, bytes, updatedAt),
    outbox: { transitions: [] },
  });
  const writes = [write('by-change', 360_000, 1), write('decided', 360_000, 0), write('too-much', 395_000, 0)];
  const results = await stores.leads.write(writes);
  expect(results).toEqual([
    { tooLargeBytes: expect.closeTo(360_000, -3) },
    'written',
    { tooLargeBytes: expect.closeTo(395_000, -3) },
  ]);
});

describe('an event', () => {
  test('may have 100 KB of metadata, of which only the raw event knows', async () => {
    const metadata = { path: '/pricing', blob: 'x'.repeat(99_000) };
    const event = { leadId: 'l1', eventId: 'e1', eventType: 'Page View', occurredAt: at, metadata };
    expect(await room.deliver(leadEvents, [event])).toEqual([]);
    expect(await room.take('DEAD_LETTERS')).toEqual([]);
    expect((await rawEventsOf('l1', 'Page View')).map((raw) => raw.metadata)).toEqual([metadata]);
    expect(JSON.stringify(await leadOf('l1')).length).toBeLessThan(1_000);
  });

  test('is refused under the id of another one of the same lead, type and moment; sent again it is not', async () => {
    const event = { leadId: 'l4', eventId: 'e1', eventType: 'Order', occurredAt: at };
    const first = { ...event, metadata: { sku: 'a', price: { net: 1, gross: 2 } } };
    const reordered = { ...event, metadata: { price: { gross: 2, net: 1 }, sku: 'a' } };
    const other = { ...event, metadata: { sku: 'b' } };
    const bare = { ...event, eventId: 'e2' };
    expect(await room.deliver(leadEvents, [first, other, first, bare])).toEqual([]);
    expect(await room.deliver(leadEvents, [other, reordered, bare, { ...bare, metadata: {} }, first])).toEqual([]);
    const letters = await room.take('DEAD_LETTERS');
    expect(letters.map(({ body }) => JSON.parse(body))).toEqual([other, other]);
    expect(letters[0]!.reason).toMatch(/^\/eventId: .*other metadata/);
    expect((await rawEventsOf('l4', 'Order')).map(({ metadata }) => metadata)).toEqual([first.metadata, {}]);
  });

  test('of the near future is taken as it is, one of a later day is refused', async () => {
    const sentAt = Date.parse(at);
    const moment = (ms: number) => new Date(sentAt + ms).toISOString();
    const events = [86_400_000, 86_400_001].map((ms) => ({
      leadId: 'l2',
      eventId: `e${ms}`,
      eventType: 'Visit',
      occurredAt: moment(ms),
    }));
    expect(await room.deliver(leadEvents, events, { sentAt })).toEqual([]);
    expect((await room.take('DEAD_LETTERS')).map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/^\/occurredAt: .*24 hours/),
    ]);
    expect((await rawEventsOf('l2', 'Visit')).map(({ occurredAt }) => occurredAt)).toEqual([sentAt + 86_400_000]);
  });
});

describe('clocks that differ between workers', () => {
  test('never take a lead’s evaluation back in time', async () => {
    const ahead = Date.now() + 90_000;
    const clock = vi.spyOn(Date, 'now').mockReturnValue(ahead);
    await room.deliver(profileChanges, [{ leadId: 'l3', occurredAt: at, attributes: { a: 1 } }]);
    clock.mockRestore();
    await room.deliver(profileChanges, [{ leadId: 'l3', occurredAt: at, attributes: { b: 1 } }]);
    expect(await leadOf('l3')).toMatchObject({ version: 2, evaluatedAt: ahead, attributes: { a: 1, b: 1 } });
  });
});
