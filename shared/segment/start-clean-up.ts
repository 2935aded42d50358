import type { Send } from '../aws/send-messages.ts';
import type { Surroundings } from '../aws/surroundings.ts';
import { shards } from '../lead/shard.ts';
import type { CleanUpMessage } from './clean-up.ts';
import { type CleanUp, isSweepToBeQueued } from './clean-up.ts';
import type { CleanUpStore } from './clean-up-store.ts';

/** Queues the messages of clean-ups. */
export type CleanUpStarter = ReturnType<typeof createCleanUpStarter>;

/** Sends the messages of clean-ups of deleted segments. */
export function createCleanUpStarter(store: CleanUpStore, send: Send, { now }: Pick<Surroundings, 'now'>) {
  /** Queues one message per shard that the sweep is not through with; sending one twice is harmless. */
  return async (cleanUp: CleanUp): Promise<void> => {
    const { segmentId, sweep, done } = cleanUp;
    const messages = shards
      .filter((shard) => !done[shard])
      .map((shard): CleanUpMessage => ({ kind: 'clean_up', segmentId, sweep, shard }));
    await send(messages.map((message) => ({ body: JSON.stringify(message) })));
    await store.markQueued(cleanUp, now());
  };
}

/** Looks after clean-ups: queues those that are due, and again those that do not get through. */
export async function tendCleanUps(
  store: CleanUpStore,
  start: CleanUpStarter,
  { now }: Pick<Surroundings, 'now'>,
): Promise<void> {
  for (const cleanUp of await store.all()) {
    if (isSweepToBeQueued(cleanUp, now())) await start(cleanUp);
  }
}
