import { shards } from '../lead/shard.ts';
import { mapConcurrently } from './batch.ts';
import { type Clients, createClients } from './clients.ts';
import { dueHorizonMs, queueDueLeads } from './due-leads.ts';
import { setting } from './environment.ts';
import { createLeadStore } from './lead-store.ts';
import { queueDepth } from './queue.ts';

/** How many leads one minute queues per shard; the earliest first, the rest the next minute. */
const leadsPerShard = 5_000;

/**
 * The minute schedule of the clock: queues the leads that fall due within two minutes. Overdue ones are queued (again)
 * only when the queue is empty: while it is not, they are on their way.
 */
export function createDueLeadsSchedule({ dynamodb, sqs }: Clients = createClients()): () => Promise<void> {
  const leads = createLeadStore(dynamodb, setting('LEADS_TABLE'));
  const queueUrl = setting('DUE_LEADS_QUEUE_URL');
  return async () => {
    const now = Date.now();
    const { waiting, inFlight } = await queueDepth(sqs, queueUrl);
    const isBusy = waiting + inFlight > 0;
    await mapConcurrently(shards, 4, async (shard) => {
      const due = await leads.due(shard, now + dueHorizonMs, leadsPerShard);
      const toQueue = isBusy ? due.filter(({ dueAt }) => dueAt > now) : due;
      await queueDueLeads(sqs, queueUrl, toQueue, now);
    });
  };
}
