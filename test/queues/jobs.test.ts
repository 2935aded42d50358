import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createLeadStores, type LeadStores } from '../../functions/lead-stores.ts';
import { createJobWorker } from '../../functions/queues/jobs.ts';
import type { QueueFunction } from '../../functions/queues/queue-frame.ts';
import { type LeadDocument, unknownLead } from '../../shared/lead/lead-document.ts';
import { useWorkerRoom } from './worker-room.ts';

const room = useWorkerRoom();
const leadIds = Array.from({ length: 201 }, (_, index) => `lead-${String(index).padStart(3, '0')}`);
let worker: QueueFunction;

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
  worker = createJobWorker({ ...stores, leads: { ...stores.leads, read } });
});
beforeEach(() => {
  vi.spyOn(console, 'error').mockReturnValue();
  vi.spyOn(console, 'warn').mockReturnValue();
});

test('a lead that fails in a fan-out is tried again alone, and multiplies no message of the others', async () => {
  expect(await room.deliver(worker, [{ kind: 'account_fan_out', accountId: 'acme' }])).toEqual([]);
  const sent = (await room.take('JOBS')).map(({ body }) => JSON.parse(body));
  expect(sent).toHaveLength(2);
  const alone = { kind: 'account_fan_out', accountId: 'acme', leadIds: ['lead-007'] };
  expect(sent).toEqual(
    expect.arrayContaining([alone, { kind: 'account_fan_out', accountId: 'acme', after: 'lead-199' }]),
  );

  expect(await room.deliver(worker, [alone])).toEqual([0]);
  expect(await room.deliver(worker, [alone], { deliveries: 5 })).toEqual([]);
  expect(await room.take('JOBS')).toEqual([]);
  expect(await room.take('DEAD_LETTERS')).toEqual([
    {
      body: JSON.stringify(alone),
      reason: expect.stringMatching(/^failed 5 times, at last: .*lead-007: it is broken/),
    },
  ]);
});

test('the last page of a roster sends nothing more', async () => {
  expect(await room.deliver(worker, [{ kind: 'account_fan_out', accountId: 'acme', after: 'lead-199' }])).toEqual([]);
  expect(await room.take('JOBS')).toEqual([]);
});
