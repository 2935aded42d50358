import { type Clients, createClients } from '../../shared/aws/clients.ts';
import { queueDepth } from '../../shared/aws/send-messages.ts';
import { setting } from '../../shared/aws/settings.ts';
import { mapConcurrently } from '../../shared/batch/batch.ts';
import { dueHorizonMs, queueDueLeads } from '../../shared/lead/due-lead-store.ts';
import { createDueReader } from '../../shared/lead/lead-store.ts';
import { shards } from '../../shared/lead/shard.ts';

/** How many leads one minute queues per shard; the earliest first, the rest the next minute. */
const leadsPerShard = 5_000;

/**
 * Every so many minutes an overdue lead is queued again, in two of them since a minute's run may be a little late. Longer
 * than a message that somebody died with is hidden.
 */
const minutesUntilLost = 10;

/**
 * The minute schedule of the clock: queues the leads that fall due within two minutes. Overdue ones are queued (again)
 * when the queue is empty; while it is not, they are mostly on their way, and queued only every ten minutes.
 */
export function createDueLeadsSchedule({ dynamodb, sqs }: Clients = createClients()): () => Promise<void> {
  const readDue = createDueReader(dynamodb, setting('LEADS_TABLE'));
  const queueUrl = setting('DUE_LEADS_QUEUE_URL');
  return async () => {
    const now = Date.now();
    const { waiting, inFlight } = await queueDepth(sqs, queueUrl);
    const isBusy = waiting + inFlight > 0;
    await mapConcurrently(shards, 4, async (shard) => {
      const due = await readDue(shard, now + dueHorizonMs, leadsPerShard);
      const toQueue = isBusy ? due.filter(({ dueAt }) => dueAt > now || mayBeLost(dueAt, now)) : due;
      await queueDueLeads(sqs, queueUrl, toQueue, now);
    });
  };
}

/** Whoever sets a due moment near and dies before it is queued leaves nothing on its way, however busy the queue is. */
function mayBeLost(dueAt: number, now: number): boolean {
  const minutesOver = Math.floor((now - dueAt) / 60_000);
  return minutesOver >= minutesUntilLost && minutesOver % minutesUntilLost < 2;
}

/** Wakes each minute: queues the leads that fall due within two minutes. */
export const handler = createDueLeadsSchedule();
