import type { SQSClient } from '@aws-sdk/client-sqs';
import { shards } from '../lead/shard.ts';
import type { RecalculationMessage, ShardProgress } from '../recalculation/recalculation.ts';
import { sendMessages } from './queue.ts';
import type { RecalculationStore } from './recalculation-store.ts';

/** Sends the messages of recalculation runs. */
export function createRecalculationStarter(store: RecalculationStore, sqs: SQSClient, queueUrl: string) {
  return {
    /** Queues one message per shard that is not finished; sending one twice is harmless. */
    start: async (
      { segmentId, runId }: { segmentId: string; runId: string },
      progress: readonly ShardProgress[] = [],
    ): Promise<void> => {
      const finished = new Set(progress.filter(({ isFinished }) => isFinished).map(({ shard }) => shard));
      // When all are finished but the run is not done, one shard's message is enough to end it.
      const unfinished = shards.filter((shard) => !finished.has(shard));
      const toSend = unfinished.length > 0 ? unfinished : shards.slice(0, 1);
      const messages = toSend.map(
        (shard): RecalculationMessage => ({ kind: 'recalculation', segmentId, runId, shard }),
      );
      await sendMessages(
        sqs,
        queueUrl,
        messages.map((message) => ({ body: JSON.stringify(message) })),
      );
      await store.markRunning(segmentId, runId, Date.now());
    },
  };
}
