import type { Send } from '../aws/send-messages.ts';
import type { Surroundings } from '../aws/surroundings.ts';
import { shards } from '../lead/shard.ts';
import { isThrough, type Recalculation, type RecalculationMessage, type ShardProgress } from './recalculation.ts';
import type { RunStore } from './run-store.ts';

/** Has the rounds go on that recalculation runs wait for. */
export type RunStarter = ReturnType<typeof createRunStarter>;

/** Sends the messages that have rounds go on. */
export function createRunStarter(store: RunStore, send: Send, { now }: Pick<Surroundings, 'now'>) {
  /**
   * Sends a message for each of these shards, but for those whose round somebody works on, who looks for runs once more at
   * the end, and those for which a message is on its way.
   */
  const wake = async (wanted: readonly string[]): Promise<void> => {
    const turnOf = await store.turns();
    const toSend = wanted.filter((shard) => !turnOf(shard).isHeld && !turnOf(shard).message);
    if (toSend.length === 0) return;
    const messages = toSend.map((shard): RecalculationMessage => ({ kind: 'recalculation', shard }));
    await send(messages.map((message) => ({ body: JSON.stringify(message) })));
    const at = now();
    const asked = shards.flatMap((shard) => {
      const { term, message } = turnOf(shard);
      const entry = toSend.includes(shard) ? { term, at } : message;
      return entry ? [[shard, entry] as const] : [];
    });
    await store.noteAskedFor(Object.fromEntries(asked));
  };

  return {
    /**
     * Has the rounds go on over the shards that the run, which is open, is not through with; twice is harmless.
     * `restarts`: how often that was done since it last made progress, this time included.
     */
    start: async (
      run: Pick<Recalculation, 'segmentId' | 'runId' | 'attempt'>,
      progress: readonly ShardProgress[] = [],
      restarts = 0,
    ): Promise<void> => {
      const through = new Set(progress.filter((shard) => isThrough(shard, run)).map(({ shard }) => shard));
      const unfinished = shards.filter((shard) => !through.has(shard));
      // When all are through but the run has not ended, it was not noted of one of them, or by nobody that this was all.
      await wake(unfinished.length > 0 ? unfinished : shards);
      await store.markRunning(run, now(), restarts);
    },
  };
}
