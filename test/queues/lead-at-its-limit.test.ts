import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createLeadStores, type LeadStores } from '../../functions/lead-stores.ts';
import { createDueLeadsWorker } from '../../functions/queues/due-leads.ts';
import { createJobWorker } from '../../functions/queues/jobs.ts';
import { createLeadChangeWorker } from '../../functions/queues/lead-changes.ts';
import { createDueLeadsSchedule } from '../../functions/schedules/queue-due-leads.ts';
import { unknownAccount } from '../../shared/account/account.ts';
import { surroundings } from '../../shared/aws/surroundings.ts';
import { profileChangeSchema } from '../../shared/lead/change.ts';
import { isMember, type LeadDocument, unknownLead } from '../../shared/lead/lead-document.ts';
import { shardOf } from '../../shared/lead/shard.ts';
import { createReconciliationStore } from '../../shared/reconciliation/reconciliation-store.ts';
import { newPass } from '../../shared/reconciliation/shard-pass.ts';
import { planCreate } from '../../shared/segment/save-segment.ts';
import { createSegmentWriter } from '../../shared/segment/segment-writer.ts';
import { useWorkerRoom } from './worker-room.ts';

// Documents of 390 KB, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const room = useWorkerRoom();
const tooLargeReason = 'the lead document would be \\d+ bytes';
const longAgo = Date.now() - 3 * 86_400_000;
const tooLarge = (leadId: string) => expect.stringMatching(new RegExp(`^lead ${leadId}: ${tooLargeReason}`));
let stores: LeadStores;
let segmentId: string;

const leadOf = async (leadId: string) => (await stores.leads.read([leadId])).get(leadId)!;
const isIn = async (leadId: string) => isMember(await leadOf(leadId), segmentId);
const deadLetters = () => room.take('DEAD_LETTERS');

/** Stores a lead that was seen long ago, with so many bytes of attributes. */
async function store(leadId: string, bytes: number, more: Partial<LeadDocument> = {}): Promise<LeadDocument> {
  const after: LeadDocument = {
    ...unknownLead(leadId),
    ...{ version: 1, catalogVersion: (await stores.catalog.current()).version, evaluatedAt: longAgo },
    attributes: { seen: new Date(longAgo).toISOString(), filling: 'x'.repeat(bytes) },
    ...more,
  };
  const results = await stores.leads.write([{ before: unknownLead(leadId), after, outbox: { transitions: [] } }]);
  expect(results).toEqual(['written']);
  return after;
}

const change = (leadId: string, attributes: object) =>
  room.deliver(
    createLeadChangeWorker(
      'profileChanges',
      profileChangeSchema,
      (message) => ({ kind: 'profile_change', ...message }),
      stores,
    ),
    [{ leadId, occurredAt: new Date().toISOString(), attributes }],
  );

beforeAll(async () => {
  stores = createLeadStores(room.clients);
  const writer = createSegmentWriter(
    stores.segments,
    stores.catalog,
    { start: async () => {} },
    async () => {},
    surroundings,
  );
  const rule = { type: 'lead_metadata', field: 'seen', operator: 'more_than_days_ago', value: 1 } as const;
  const content = { name: 'Not seen', description: '', active: true, match: 'all', rules: [rule] } as const;
  segmentId = (await writer.save((context) => planCreate(content, context), 'test'))!.id;
});
afterEach(() => vi.unstubAllEnvs());
beforeEach(() => {
  for (const level of ['warn', 'error'] as const) vi.spyOn(console, level).mockReturnValue();
});

describe('a due lead without room for what its rules say', () => {
  const dueAt = longAgo + 86_400_000;
  const due = (leadIds: string[]) => room.deliver(createDueLeadsWorker(stores), [{ dueAt, leadIds }]);
  beforeAll(async () => {
    await store('full', 389_700, { dueAt });
    await store('small', 10, { dueAt });
  });

  test('goes to the dead letters alone, and is not queued every minute', async () => {
    expect(await due(['full', 'small'])).toEqual([]);
    expect(await deadLetters()).toEqual([
      { body: JSON.stringify({ dueAt, leadIds: ['full'] }), reason: tooLarge('full') },
    ]);
    expect([await isIn('full'), await isIn('small')]).toEqual([false, true]);

    await createDueLeadsSchedule(room.clients)();
    expect(await room.take('DUE_LEADS')).toEqual([]);
  });

  test('is tried once more when it is sent back, and written no more', async () => {
    const before = await leadOf('full');
    expect(await due(['full'])).toEqual([]);
    expect(await deadLetters()).toHaveLength(1);
    expect(await leadOf('full')).toEqual(before);
  });

  test('is evaluated as due by the next change that makes room', async () => {
    expect(await change('full', { filling: 'short' })).toEqual([]);
    expect(await isIn('full')).toBe(true);
    expect(await leadOf('full')).not.toHaveProperty('isOverdue');
  });
});

test('a lead above the limit of changes takes those that do not make it larger, and no others', async () => {
  const seen = new Date().toISOString();
  await store('large', 0, { attributes: { seen, filling: 'x'.repeat(360_000), text: 'x'.repeat(4_000) } });
  expect(await change('large', { text: 'y'.repeat(3_000) })).toEqual([]);
  expect((await leadOf('large')).attributes.text).toMatch(/^y{3000}$/);
  expect(await change('large', { text: 'z'.repeat(4_000) })).toEqual([]);
  expect((await leadOf('large')).attributes.text).toMatch(/^y{3000}$/);
  expect(await deadLetters()).toEqual([
    { body: expect.stringContaining('"large"'), reason: expect.stringMatching(`^${tooLargeReason}`) },
  ]);
});

test('an account that does not fit into a lead goes to the dead letters for that lead, not for the others', async () => {
  const account = { ...unknownAccount('acme'), version: 1, attributes: { about: ['x'.repeat(9_000), 1] as const } };
  await stores.accounts.write([{ before: unknownAccount('acme'), after: account }]);
  const link = { accountLink: ['acme', longAgo] as const };
  await store('linked-full', 385_000, link);
  await store('linked-small', 10, link);
  await stores.accounts.enterRoster(
    ['linked-full', 'linked-small'].map((leadId) => ({ accountId: 'acme', leadId, documentVersion: 1 })),
  );

  const fanOut = { kind: 'account_fan_out', accountId: 'acme' };
  expect(await room.deliver(createJobWorker(stores), [fanOut])).toEqual([]);
  const letter = { body: JSON.stringify({ ...fanOut, leadIds: ['linked-full'] }), reason: tooLarge('linked-full') };
  expect(await deadLetters()).toEqual([letter]);
  expect(await room.take('JOBS')).toEqual([]);
  expect((await leadOf('linked-full')).account).toBeUndefined();
  expect((await leadOf('linked-small')).account).toMatchObject({ version: 1 });
});

test('the reconciler counts a lead without room as drift that is not repaired', async () => {
  vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'Jobs');
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const shard = shardOf('linked-full');
  const passes = createReconciliationStore(room.clients.documents, 'Segments');
  await passes.begin(newPass(shard, 'pass_1', new Date().toISOString(), undefined));
  const message = { kind: 'reconciliation', shard, passId: 'pass_1' };
  expect(await room.deliver(createJobWorker(stores), [message])).toEqual([]);
  const { figures } = (await passes.passes.read(shard))!;
  expect(figures).toMatchObject({ drift: { decisions: 1 }, repaired: 0 });
});
