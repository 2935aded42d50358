import { type Clients, createClients } from '../../shared/aws/clients.ts';
import { newId } from '../../shared/aws/ids.ts';
import { sendMessages } from '../../shared/aws/send-messages.ts';
import { setting } from '../../shared/aws/settings.ts';
import { shards } from '../../shared/lead/shard.ts';
import { nextSlice } from '../../shared/reconciliation/next-slice.ts';
import { createReconciliationStore } from '../../shared/reconciliation/reconciliation-store.ts';
import type { ReconciliationMessage } from '../../shared/reconciliation/shard-pass.ts';
import { jobQueueUrl } from '../job-queue-url.ts';

/** The schedule of the reconciler: queues the next shard of the rotation, unless one is on its way. */
export function createReconciliationSchedule({ documents, sqs }: Clients = createClients()): () => Promise<void> {
  const store = createReconciliationStore(documents, setting('SEGMENTS_TABLE'));
  const queueUrl = jobQueueUrl('reconciliation');
  return async () => {
    const slice = nextSlice(await store.all(), shards, { now: Date.now(), passId: newId('pass') });
    if (!slice || !(await store.begin(slice))) return;
    const message: ReconciliationMessage = { kind: 'reconciliation', shard: slice.shard, passId: slice.passId };
    await sendMessages(sqs, queueUrl, [{ body: JSON.stringify(message) }]);
  };
}

/** Wakes every half hour: has the next shard of all leads compared with the rules and with what is derived from it. */
export const handler = createReconciliationSchedule();
