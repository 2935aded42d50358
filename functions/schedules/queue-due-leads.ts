import { mapConcurrently } from '../../shared/aws/batch.ts';
import { createClients } from '../../shared/aws/clients.ts';
import { dueHorizonMs, queueDueLeads } from '../../shared/aws/due-leads.ts';
import { setting } from '../../shared/aws/environment.ts';
import { createLeadStore } from '../../shared/aws/lead-store.ts';
import { queueDepth } from '../../shared/aws/queue.ts';
import { shards } from '../../shared/lead/shard.ts';

const clients = createClients();
const leads = createLeadStore(clients.dynamodb, setting('LEADS_TABLE'));
const queueUrl = setting('DUE_LEADS_QUEUE_URL');

/** How many leads one minute queues per shard; the earliest first, the rest the next minute. */
const leadsPerShard = 5_000;

/**
 * Wakes each minute: queues the leads that fall due within two minutes. Overdue ones are queued (again) only when the
 * queue is empty: while it is not, they are on their way.
 */
export async function handler(): Promise<void> {
  const now = Date.now();
  const { waiting, inFlight } = await queueDepth(clients.sqs, queueUrl);
  const isBusy = waiting + inFlight > 0;
  await mapConcurrently(shards, 4, async (shard) => {
    const due = await leads.due(shard, now + dueHorizonMs, leadsPerShard);
    const toQueue = isBusy ? due.filter(({ dueAt }) => dueAt > now) : due;
    await queueDueLeads(clients.sqs, queueUrl, toQueue, now);
  });
}
