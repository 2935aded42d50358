import fc from 'fast-check';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { z } from 'zod';
import { createLeadStores, type LeadStores } from '../../functions/lead-stores.ts';
import { createAccountChangeWorker } from '../../functions/queues/account-changes.ts';
import { createDueLeadsWorker } from '../../functions/queues/due-leads.ts';
import { createJobWorker } from '../../functions/queues/jobs.ts';
import { createLeadChangeWorker } from '../../functions/queues/lead-changes.ts';
import type { QueueFunction } from '../../functions/queues/queue-frame.ts';
import {
  accountChangeSchema,
  leadEventSchema,
  levelChangeSchema,
  profileChangeSchema,
} from '../../shared/lead/change.ts';
import { parseChangeMessage } from '../../shared/lead/change-message.ts';
import { hostileBody } from '../lead/hostile-messages.ts';
import { useWorkerRoom } from './worker-room.ts';

// Thousands of cases, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const room = useWorkerRoom();
let stores: LeadStores;
let workers: Record<'profile' | 'level' | 'event' | 'account', QueueFunction>;

beforeAll(() => {
  stores = createLeadStores(room.clients);
  workers = {
    profile: createLeadChangeWorker(
      'profileChanges',
      profileChangeSchema,
      (c) => ({ kind: 'profile_change', ...c }),
      stores,
    ),
    level: createLeadChangeWorker('levelChanges', levelChangeSchema, (c) => ({ kind: 'level_change', ...c }), stores),
    event: createLeadChangeWorker('leadEvents', leadEventSchema, (c) => ({ kind: 'lead_event', ...c }), stores),
    account: createAccountChangeWorker(room.clients),
  };
});
let errors: unknown[][] = [];
beforeEach(() => {
  errors = [];
  vi.spyOn(console, 'warn').mockReturnValue();
  vi.spyOn(console, 'error').mockImplementation((...line) => void errors.push(line));
});

const at = '2026-03-10T11:00:00Z';
const sentAt = Date.parse('2026-04-01T00:00:00Z');
/** Bodies as SQS can carry them: it takes no empty ones, no control characters and no halves of characters. */
const carried = (bodies: readonly string[]) =>
  bodies.map((body) => body.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '?') || '?');
const hostile = (seed: number) => carried(fc.sample(hostileBody, { numRuns: 75, seed }));
const good = (kind: string, index: number) => {
  const base = { leadId: `good-${index}`, accountId: `good-${index}`, occurredAt: at };
  if (kind === 'profile') return { ...base, attributes: { got: 'through' } };
  if (kind === 'level') return { ...base, engagementLevel: 'Hot' };
  if (kind === 'event') return { ...base, eventId: `e${index}`, eventType: 'Got Through' };
  return { ...base, accountLevel: 'Target' };
};

/** Delivers hostile messages among good ones; all that is not applied must be in the dead letters, with the reason. */
async function deliverAmongGood(kind: keyof typeof workers, schema: z.ZodType<{ occurredAt: number }>, seed: number) {
  const bodies = hostile(seed);
  const batch = bodies.flatMap((body, index) => (index % 3 === 0 ? [body, JSON.stringify(good(kind, index))] : [body]));
  expect(await room.deliver(workers[kind], batch, { sentAt })).toEqual([]);
  const expected = batch.flatMap((body) => {
    const parsed = parseChangeMessage(body, schema, sentAt);
    return 'refused' in parsed ? [body] : [];
  });
  const letters = await room.take('DEAD_LETTERS');
  expect(letters.map(({ body }) => body).sort()).toEqual(expected.sort());
  for (const { reason } of letters) expect(reason).toMatch(/^(is not JSON|must be|is nested|message: |\/)/);
  expect(errors).toEqual([]);
}

const goodIds = Array.from({ length: 25 }, (_, index) => `good-${index * 3}`);

test.each([
  ['profile', profileChangeSchema],
  ['level', levelChangeSchema],
  ['event', leadEventSchema],
] as const)('hostile %s changes hold up no good one', async (kind, schema) => {
  await deliverAmongGood(kind, schema, 7);
  const leads = await stores.leads.read(goodIds);
  for (const leadId of goodIds) {
    const lead = leads.get(leadId);
    if (kind === 'profile') expect(lead?.attributes).toMatchObject({ got: 'through' });
    if (kind === 'level') expect(lead?.engagementLevel?.[0]).toBe('Hot');
    if (kind === 'event') expect(lead?.eventTypes).toContain('Got Through');
  }
});

test('hostile account changes hold up no good one', async () => {
  await deliverAmongGood('account', accountChangeSchema, 8);
  const accounts = await stores.accounts.readStored(goodIds);
  for (const accountId of goodIds) expect(accounts.get(accountId)?.accountLevel?.[0]).toBe('Target');
});

test('a body as large as SQS takes is applied like any other', async () => {
  const message = { leadId: 'large', occurredAt: at, attributes: { got: 'through' }, padding: '' };
  const padding = 'x'.repeat(1_048_576 - JSON.stringify(message).length);
  expect(await room.deliver(workers.profile, [{ ...message, padding }])).toEqual([]);
  expect((await stores.leads.read(['large'])).get('large')?.attributes).toEqual({ got: 'through' });
});

test('what is no message between functions goes to the dead letters with the reason', async () => {
  for (const worker of [createJobWorker(stores), createDueLeadsWorker(stores)]) {
    const bodies = [
      ...hostile(9).slice(0, 20),
      '{"kind":"recalculation","segmentId":"s","runId":"r"}',
      '{"dueAt":-1,"leadIds":[]}',
    ];
    expect(await room.deliver(worker, bodies)).toEqual([]);
    const letters = await room.take('DEAD_LETTERS');
    expect(letters.map(({ body }) => body).sort()).toEqual(bodies.sort());
    expect(letters.every(({ reason }) => reason)).toBe(true);
  }
});
