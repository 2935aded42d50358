import type { SQSRecord } from 'aws-lambda';
import { expect, test, vi } from 'vitest';
import { createLeadStores, type LeadStores } from '../../functions/lead-stores.ts';
import { createAccountChangeWorker } from '../../functions/queues/account-changes.ts';
import { createJobWorker } from '../../functions/queues/jobs.ts';
import type { QueueFunction } from '../../functions/queues/queue-frame.ts';
import { rosterItem } from '../../shared/account/account-store.ts';
import { putItems } from '../../shared/aws/write-items.ts';
import { createFanOutStore } from '../../shared/freshness/fan-out-store.ts';
import { createLoneCloud } from '../races/lone-clients.ts';
import { settings } from '../races/store/cloud.ts';

const leadIds = Array.from({ length: 50_000 }, (_, index) => `lead-${String(index).padStart(5, '0')}`);
const change = { accountId: 'acme', occurredAt: '2026-03-10T11:00:00Z', attributes: { industry: 'Steel' } };
const sentAt = Date.parse('2026-03-10T11:00:01Z');

/** Has a worker handle one message, which must be done with it. */
async function deliver(worker: QueueFunction, body: string): Promise<void> {
  const attributes = { SentTimestamp: String(sentAt), ApproximateReceiveCount: '1' };
  const record = { messageId: 'm', body, attributes, messageAttributes: {} } as unknown as SQSRecord;
  const { batchItemFailures } = await worker({ Records: [record] }, { getRemainingTimeInMillis: () => 60_000 });
  expect(batchItemFailures).toEqual([]);
}

test('a change of an account with 50,000 leads has all of them evaluated, and no message follows another', async () => {
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  const { clients, cloud } = createLoneCloud();
  const fanOuts = createFanOutStore(clients, 'Segments');
  const entries = leadIds.map((leadId) => rosterItem({ accountId: 'acme', leadId, documentVersion: 1 }));
  await putItems(clients.dynamodb, 'Accounts', entries);
  const sentJobs = () => {
    const { messages } = cloud.queue('jobs');
    cloud.queue('jobs').remove(new Set(messages.map(({ id }) => id)));
    return messages.map(({ body }) => body);
  };

  await deliver(createAccountChangeWorker(clients), JSON.stringify(change));
  const jobs = sentJobs();
  // 25 ranges, and one for whoever joins behind them.
  expect(jobs).toHaveLength(26);
  expect((await fanOuts.all()).map(({ since }) => since)).toEqual(jobs.map(() => sentAt));

  const evaluated: string[] = [];
  const stores: LeadStores = createLeadStores(clients);
  const read: LeadStores['leads']['read'] = (ids) => {
    evaluated.push(...ids);
    return stores.leads.read(ids);
  };
  const worker = createJobWorker({ ...stores, leads: { ...stores.leads, read } });
  for (const job of jobs) await deliver(worker, job);
  expect(evaluated.sort()).toEqual(leadIds);
  expect(sentJobs()).toEqual([]);
  expect(await fanOuts.all()).toEqual([]);
  vi.unstubAllEnvs();
});
