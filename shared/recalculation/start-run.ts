import type { Send } from '../aws/send-messages.ts';
import type { Surroundings } from '../aws/surroundings.ts';
import { shards } from '../lead/shard.ts';
import { isThrough, type Recalculation, type RecalculationMessage, type ShardProgress } from './recalculation.ts';
import type { RunStore } from './run-store.ts';

/** Queues the messages of recalculation runs. */
export type RunStarter = ReturnType<typeof createRunStarter>;

/** Sends the messages of recalculation runs. */
export function createRunStarter(store: RunStore, send: Send, { now }: Pick<Surroundings, 'now'>) {
  return {
    /**
     * Queues one message per shard that is not through; sending one twice is harmless. `restarts`: how often they were
     * sent again since the run last made progress, this time included.
     */
    start: async (
      run: Pick<Recalculation, 'segmentId' | 'runId' | 'attempt'>,
      progress: readonly ShardProgress[] = [],
      restarts = 0,
    ): Promise<void> => {
      const { segmentId, runId } = run;
      const through = new Set(progress.filter((shard) => isThrough(shard, run)).map(({ shard }) => shard));
      // When all are through but the run has not ended, one shard's message is enough to end it.
      const unfinished = shards.filter((shard) => !through.has(shard));
      const toSend = unfinished.length > 0 ? unfinished : shards.slice(0, 1);
      const messages = toSend.map(
        (shard): RecalculationMessage => ({ kind: 'recalculation', segmentId, runId, shard }),
      );
      await send(messages.map((message) => ({ body: JSON.stringify(message) })));
      await store.markRunning(run, now(), restarts);
    },
  };
}
