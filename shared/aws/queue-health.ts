import type { Clients } from './clients.ts';
import { setting } from './environment.ts';
import { type ChangeQueue, changeQueues, readFreshness } from './freshness-store.ts';
import { queueDepth } from './queue.ts';

/** One queue as `GET /health` shows it. */
export interface QueueHealth {
  /** Messages not processed yet. */
  readonly waiting: number;
  readonly deadLetters: number;
  /** At most this old is the oldest unprocessed change; 0 when there is none. */
  readonly oldestUnprocessedSeconds: number;
}

const settingNames: Record<ChangeQueue, string> = {
  profileChanges: 'PROFILE_CHANGES',
  levelChanges: 'LEVEL_CHANGES',
  leadEvents: 'LEAD_EVENTS',
  accountChanges: 'ACCOUNT_CHANGES',
};
const rememberedMs = 2_000;
const startedAt = Date.now();

/** Reads how the change queues are doing, from SQS and from what workers recorded; remembered for two seconds. */
export function createQueueHealth({ sqs, documents }: Clients, segmentsTable: string) {
  let remembered: { at: number; queues: Promise<Record<ChangeQueue, QueueHealth>> } | undefined;

  const read = async (): Promise<Record<ChangeQueue, QueueHealth>> => {
    const freshness = await readFreshness(documents, segmentsTable);
    const entries = changeQueues.map(async (queue) => {
      const [depth, dead] = await Promise.all([
        queueDepth(sqs, setting(`${settingNames[queue]}_QUEUE_URL`)),
        queueDepth(sqs, setting(`${settingNames[queue]}_DEAD_LETTERS_QUEUE_URL`)),
      ]);
      const waiting = depth.waiting + depth.inFlight + depth.delayed;
      const processedSentAt = freshness.get(queue);
      // Nothing processed yet: as old as this function knows of.
      const age = (Date.now() - (processedSentAt ?? startedAt)) / 1000;
      const health: QueueHealth = {
        waiting,
        deadLetters: dead.waiting + dead.inFlight + dead.delayed,
        oldestUnprocessedSeconds: waiting === 0 ? 0 : Math.max(0, Math.round(age)),
      };
      return [queue, health] as const;
    });
    return Object.fromEntries(await Promise.all(entries)) as Record<ChangeQueue, QueueHealth>;
  };

  const queues = (): Promise<Record<ChangeQueue, QueueHealth>> => {
    if (!remembered || Date.now() - remembered.at > rememberedMs) remembered = { at: Date.now(), queues: read() };
    return remembered.queues;
  };

  return {
    queues,
    /** ISO date-time up to which every change sent is processed. */
    freshAsOf: async (): Promise<string> => {
      const ages = Object.values(await queues()).map(({ oldestUnprocessedSeconds }) => oldestUnprocessedSeconds);
      return new Date(Date.now() - Math.max(...ages) * 1000).toISOString();
    },
  };
}
