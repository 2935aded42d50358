import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createLeadStores, type LeadStores } from '../../functions/lead-stores.ts';
import { createJobWorker } from '../../functions/queues/jobs.ts';
import type { QueueFunction } from '../../functions/queues/queue-frame.ts';
import { createFanOutStore, type FanOutStore } from '../../shared/freshness/fan-out-store.ts';
import { type LeadDocument, unknownLead } from '../../shared/lead/lead-document.ts';
import { useWorkerRoom } from './worker-room.ts';

const room = useWorkerRoom();
const leadIds = Array.from({ length: 250 }, (_, index) => `lead-${String(index).padStart(3, '0')}`);
let worker: QueueFunction;
let fanOuts: FanOutStore;

/** A document that no evaluation gets through. */
const broken: LeadDocument = Object.defineProperty({ ...unknownLead('lead-007') }, 'catalogVersion', {
  get: () => {
    throw new Error('it is broken');
  },
});

beforeAll(async () => {
  const stores: LeadStores = createLeadStores(room.clients);
  await stores.accounts.enterRoster(leadIds.map((leadId) => ({ accountId: 'acme', leadId, documentVersion: 1 })));
  const read: LeadStores['leads']['read'] = async (ids) => {
    const leads = await stores.leads.read(ids);
    return ids.includes('lead-007') ? new Map([...leads, ['lead-007', broken]]) : leads;
  };
  fanOuts = createFanOutStore(room.clients, 'Segments');
  worker = createJobWorker({ ...stores, leads: { ...stores.leads, read } });
});
beforeEach(() => {
  vi.spyOn(console, 'error').mockReturnValue();
  vi.spyOn(console, 'warn').mockReturnValue();
});

/** What was sent to the queue of jobs. */
const sentJobs = async () => (await room.take('JOBS')).map(({ body }) => JSON.parse(body));
const wholeAccount = { kind: 'account_fan_out', accountId: 'acme', since: 5 };

test('a lead that fails in a fan-out is tried again alone, and multiplies no message of the others', async () => {
  expect(await room.deliver(worker, [wholeAccount])).toEqual([]);
  const alone = { ...wholeAccount, leadIds: ['lead-007'], noteId: expect.any(String) };
  const [sent, ...more] = await sentJobs();
  expect([sent, ...more]).toEqual([alone]);
  expect(await fanOuts.all()).toMatchObject([{ noteId: sent.noteId, since: 5 }]);

  expect(await room.deliver(worker, [sent])).toEqual([0]);
  expect(await room.deliver(worker, [sent], { deliveries: 5 })).toEqual([]);
  expect(await room.take('JOBS')).toEqual([]);
  expect(await room.take('DEAD_LETTERS')).toEqual([
    {
      body: JSON.stringify(sent),
      reason: expect.stringMatching(/^failed 5 times, at last: .*lead-007: it is broken/),
    },
  ]);
  await fanOuts.remove(sent.noteId);
});

test('a range is noted until it is done, and goes on where its time was up', async () => {
  const range = { ...wholeAccount, after: 'lead-010', through: 'lead-300', noteId: '0-note' };
  await fanOuts.add([range], Date.now());
  expect(await room.deliver(worker, [range], { remainingMs: 1_000 })).toEqual([]);
  const [rest, ...more] = await room.take('JOBS');
  expect([JSON.parse(rest!.body), more]).toEqual([{ ...range, after: 'lead-209' }, []]);
  expect(await fanOuts.all()).toHaveLength(1);

  expect(await room.deliver(worker, [rest!.body])).toEqual([]);
  expect(await room.take('JOBS')).toEqual([]);
  expect(await fanOuts.all()).toEqual([]);
});

test('a job that goes on for ever ends among the dead letters', async () => {
  const range = { ...wholeAccount, after: 'lead-010' };
  const deliver = (continued: number) =>
    room.deliver(worker, [range], { remainingMs: 1_000, attributes: { continued: String(continued) } });
  expect(await deliver(999)).toEqual([]);
  expect(await sentJobs()).toHaveLength(1);
  expect(await deliver(1_000)).toEqual([]);
  expect(await sentJobs()).toEqual([]);
  expect(await room.take('DEAD_LETTERS')).toEqual([
    {
      body: expect.stringContaining('"after":"lead-210"'),
      reason: 'went on in 1000 messages and is not done',
    },
  ]);
});
