import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { type Account, mergeAccountChange, unknownAccount } from '../account/account.ts';
import { type AccountChange, accountChangeSchema } from '../lead/change.ts';
import type { AccountFanOutMessage } from '../recalculation/recalculation.ts';
import { sightingsOf } from '../vocabulary/vocabulary.ts';
import { type AccountStore, createAccountStore } from './account-store.ts';
import { pauseWithJitter } from './batch.ts';
import { attempt, deliverAgain, readChanges, refuseMessages } from './change-worker.ts';
import { type Clients, createClients } from './clients.ts';
import { setting } from './environment.ts';
import { noteFreshness } from './freshness-store.ts';
import { sendMessages } from './queue.ts';
import { createVocabularyStore } from './vocabulary-store.ts';

const maximumAttempts = 10;

/**
 * The worker of the queue of account changes: updates the accounts, then queues the fan-out to their leads. A message is
 * done only when its fan-out is queued, so a repeated one fans out again, which is harmless.
 */
export function createAccountChangeWorker(
  clients: Clients = createClients(),
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  const table = setting('SEGMENTS_TABLE');
  const accounts = createAccountStore(clients.dynamodb, setting('ACCOUNTS_TABLE'));
  const vocabulary = createVocabularyStore(clients.documents, table);
  return async (event) => {
    const { received, refused } = readChanges(event, accountChangeSchema);
    const changes = received.map(({ change }) => change);
    const failed = await updateAccounts(accounts, changes);
    const changed = new Set(changes.map(({ accountId }) => accountId).filter((accountId) => !failed.has(accountId)));
    const fanOuts = [...changed].map((accountId): AccountFanOutMessage => ({ kind: 'account_fan_out', accountId }));
    const messages = fanOuts.map((fanOut) => ({ body: JSON.stringify(fanOut) }));
    await sendMessages(clients.sqs, setting('REEVALUATIONS_QUEUE_URL'), messages);
    await refuseMessages({ clients }, refused);
    await attempt('Noting the vocabulary', () => vocabulary.note(sightingsOf(changes)));
    await attempt('Noting the freshness', () => noteFreshness(clients.documents, table, 'accountChanges', event));
    return deliverAgain(received.filter(({ change }) => failed.has(change.accountId)).map(({ record }) => record));
  };
}

/** Merges changes into the stored accounts; answers the accounts whose write kept losing. */
async function updateAccounts(accounts: AccountStore, changes: readonly AccountChange[]): Promise<Set<string>> {
  let pending = new Set(changes.map(({ accountId }) => accountId));
  for (let attempt = 0; pending.size > 0 && attempt < maximumAttempts; attempt++) {
    if (attempt > 0) await pauseWithJitter(attempt);
    const stored = await accounts.readStored([...pending]);
    const writes = [...pending].flatMap((accountId) => {
      const before = stored.get(accountId) ?? unknownAccount(accountId);
      const after = mergeAll(
        before,
        changes.filter((change) => change.accountId === accountId),
      );
      return after === before ? [] : [{ before, after }];
    });
    const results = await accounts.write(writes);
    const lost = writes.filter((_, index) => results[index] !== 'done');
    pending = new Set(lost.map(({ after }) => after.accountId));
  }
  return pending;
}

/** Several changes are one write, so one version. */
function mergeAll(before: Account, changes: readonly AccountChange[]): Account {
  const after = changes.reduce(mergeAccountChange, before);
  return after === before ? before : { ...after, version: before.version + 1 };
}
