import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createAccountChangeWorker } from '../../functions/queues/account-changes.ts';
import type { QueueFunction } from '../../functions/queues/queue-frame.ts';
import { createAccountStore } from '../../shared/account/account-store.ts';
import { useWorkerRoom } from './worker-room.ts';

// Accounts of 350 KB, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const room = useWorkerRoom();
let worker: QueueFunction;

beforeAll(() => {
  worker = createAccountChangeWorker(room.clients);
});
beforeEach(() => {
  vi.spyOn(console, 'warn').mockReturnValue();
});

const change = (accountId: string, changeId: string, attributes: object) => ({
  accountId,
  changeId,
  occurredAt: '2026-03-10T11:00:00.000Z',
  attributes,
});
const large = (prefix: string, count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, 'x'.repeat(4_000)]));
const accountOf = async (accountId: string) =>
  (await createAccountStore(room.clients.dynamodb, 'Accounts').readStored([accountId])).get(accountId);
const fanOuts = async () => (await room.take('JOBS')).map(({ body }) => JSON.parse(body).accountId).sort();
const tooLarge = expect.stringMatching(/^account giant would be \d{6} bytes, more than it may be$/);

test('of changes that make an account too large those that do not fit are refused; neighbours are unharmed', async () => {
  const batch = [
    change('giant', 'a', large('a', 45)),
    change('small', 'b', { industry: 'Software' }),
    change('giant', 'c', large('c', 60)),
    change('giant', 'd', { industry: 'Steel' }),
  ];
  expect(await room.deliver(worker, batch)).toEqual([]);
  expect(await room.take('DEAD_LETTERS')).toEqual([{ body: JSON.stringify(batch[2]), reason: tooLarge }]);
  expect(await fanOuts()).toEqual(['giant', 'small']);
  const giant = await accountOf('giant');
  expect(giant).toMatchObject({ version: 1, attributes: { industry: ['Steel', expect.any(Number)] } });
  expect(Object.keys(giant?.attributes ?? {})).toHaveLength(46);
  expect(await accountOf('small')).toMatchObject({ version: 1 });
});

test('an account of which nothing was taken is neither written nor fanned out', async () => {
  expect(await room.deliver(worker, [change('giant', 'e', large('e', 45))])).toEqual([]);
  expect(await room.take('DEAD_LETTERS')).toMatchObject([{ reason: tooLarge }]);
  expect(await fanOuts()).toEqual([]);
  expect(await accountOf('giant')).toMatchObject({ version: 1 });
});

test('changes that fit only together are taken together', async () => {
  const later = '2026-03-10T12:00:00.000Z';
  const cleared = Object.fromEntries(Object.keys(large('a', 45)).map((name) => [name, null]));
  const batch = [change('giant', 'f', large('f', 60)), { ...change('giant', 'g', cleared), occurredAt: later }];
  expect(await room.deliver(worker, batch)).toEqual([]);
  expect(await room.take('DEAD_LETTERS')).toEqual([]);
  expect(await accountOf('giant')).toMatchObject({ version: 2, attributes: { a0: [null, Date.parse(later)] } });
});
