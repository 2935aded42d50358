import { shards } from '../lead/shard.ts';
import { nextSlice } from '../reconciliation/next-slice.ts';
import type { ReconciliationMessage } from '../reconciliation/shard-pass.ts';
import { type Clients, createClients } from './clients.ts';
import { setting } from './environment.ts';
import { newId } from './ids.ts';
import { sendMessages } from './queue.ts';
import { createReconciliationStore } from './reconciliation-store.ts';

/** The schedule of the reconciler: queues the next shard of the rotation, unless one is on its way. */
export function createReconciliationSchedule({ documents, sqs }: Clients = createClients()): () => Promise<void> {
  const store = createReconciliationStore(documents, setting('SEGMENTS_TABLE'));
  const queueUrl = setting('REEVALUATIONS_QUEUE_URL');
  return async () => {
    const slice = nextSlice(await store.all(), shards, { now: Date.now(), passId: newId('pass') });
    if (!slice || !(await store.begin(slice))) return;
    const message: ReconciliationMessage = { kind: 'reconciliation', shard: slice.shard, passId: slice.passId };
    await sendMessages(sqs, queueUrl, [{ body: JSON.stringify(message) }]);
  };
}

/** Wakes every half hour: has the next shard of all leads compared with the rules and with what is derived from it. */
export const handler = createReconciliationSchedule();
