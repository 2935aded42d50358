import type { SQSClient } from '@aws-sdk/client-sqs';
import { type Clients, createClients } from '../aws/clients.ts';
import { sendMessages } from '../aws/send-messages.ts';
import { setting } from '../aws/settings.ts';
import { shards } from '../lead/shard.ts';
import type { CleanUpMessage } from './clean-up.ts';
import { type CleanUp, isSweepToBeQueued } from './clean-up.ts';
import { type CleanUpStore, createCleanUpStore } from './clean-up-store.ts';

/** Sends the messages of clean-ups of deleted segments. */
export function createCleanUpStarter(store: CleanUpStore, sqs: SQSClient, queueUrl: string) {
  /** Queues one message per shard that the sweep is not through with; sending one twice is harmless. */
  return async (cleanUp: CleanUp): Promise<void> => {
    const { segmentId, sweep, done } = cleanUp;
    const messages = shards
      .filter((shard) => !done[shard])
      .map((shard): CleanUpMessage => ({ kind: 'clean_up', segmentId, sweep, shard }));
    await sendMessages(
      sqs,
      queueUrl,
      messages.map((message) => ({ body: JSON.stringify(message) })),
    );
    await store.markQueued(cleanUp, Date.now());
  };
}

/** The minute schedule of clean-ups: queues those that are due, and again those that do not get through. */
export function createCleanUpSchedule({ documents, sqs }: Clients = createClients()): () => Promise<void> {
  const store = createCleanUpStore(documents, setting('SEGMENTS_TABLE'));
  const start = createCleanUpStarter(store, sqs, setting('REEVALUATIONS_QUEUE_URL'));
  return async () => {
    for (const cleanUp of await store.all()) {
      if (isSweepToBeQueued(cleanUp, Date.now())) await start(cleanUp);
    }
  };
}
