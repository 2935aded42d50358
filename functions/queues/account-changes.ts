import { type Account, mergeAccountChange, unknownAccount } from '../../shared/account/account.ts';
import { type AccountStore, createAccountStore, tooLargeAccountBytes } from '../../shared/account/account-store.ts';
import { type AccountChanged, fanOutMessages } from '../../shared/account/fan-out.ts';
import { type Clients, createClients } from '../../shared/aws/clients.ts';
import { pauseWithJitter } from '../../shared/aws/retries.ts';
import { sendMessages } from '../../shared/aws/send-messages.ts';
import { setting } from '../../shared/aws/settings.ts';
import { mapConcurrently } from '../../shared/batch/batch.ts';
import { createFanOutStore, newFanOutNoteId } from '../../shared/freshness/fan-out-store.ts';
import { type AccountChange, accountChangeSchema } from '../../shared/lead/change.ts';
import { createKeyedHash } from '../../shared/privacy/keyed-hash.ts';
import { mentionsOf } from '../../shared/vocabulary/mentions.ts';
import { createVocabularyStore } from '../../shared/vocabulary/vocabulary-store.ts';
import { jobQueueUrl } from '../job-queue-url.ts';
import { createFreshnessNotes } from './freshness-notes.ts';
import { attempt, oldestOf, readChanges } from './lead-changes.ts';
import { createQueueWorker, type QueueFunction } from './queue-frame.ts';
import { takingMore } from './take-more.ts';

const maximumAttempts = 10;
/** Leads that one message evaluates, in some seconds: few enough to be done in time, and enough for a message's worth. */
const leadsPerRange = 2_000;

/**
 * The worker of the queue of account changes: updates the accounts, then queues the fan-out to their leads. A message is
 * done only when its fan-out is queued, so a repeated one fans out again, which is harmless.
 */
export function createAccountChangeWorker(clients: Clients = createClients()): QueueFunction {
  const table = setting('SEGMENTS_TABLE');
  const accounts = createAccountStore(clients.dynamodb, setting('ACCOUNTS_TABLE'));
  const pending = createFanOutStore(clients, table);
  const vocabulary = createVocabularyStore(clients.documents, table, createKeyedHash(setting('HASH_KEY')));

  const fanOut = async (accountsChanged: readonly AccountChanged[]): Promise<void> => {
    const ranges = await mapConcurrently(accountsChanged, 8, async (account) =>
      fanOutMessages(account, await accounts.rosterCuts(account.accountId, leadsPerRange), newFanOutNoteId),
    );
    await pending.add(ranges.flat(), Date.now());
    const messages = ranges.flat().map((range) => ({ body: JSON.stringify(range) }));
    await sendMessages(clients.sqs, jobQueueUrl('account_fan_out'), messages);
  };

  const worker = createQueueWorker(
    clients,
    async (event) => {
      const { received, refused } = readChanges(event, accountChangeSchema);
      const changes = received.map(({ change }) => change);
      const { failed: failedAccounts, refused: refusedChanges } = await updateAccounts(accounts, changes);
      const taken = changes.filter((change) => !refusedChanges.has(change));
      const changed = new Set(
        taken.map(({ accountId }) => accountId).filter((accountId) => !failedAccounts.has(accountId)),
      );
      const since = oldestOf(received);
      await fanOut([...changed].map((accountId) => ({ accountId, since })));
      await attempt('Noting the vocabulary', () => vocabulary.note(mentionsOf(taken)));
      const failed = new Map<string, string>();
      for (const { record, change } of received) {
        const failure = failedAccounts.get(change.accountId);
        const refusal = refusedChanges.get(change);
        if (failure) failed.set(record.messageId, failure);
        else if (refusal) refused.push({ record, reason: refusal });
      }
      return { refused, failed };
    },
    createFreshnessNotes(clients.documents, table, 'accountChanges'),
  );
  return takingMore(clients.sqs, worker);
}

/**
 * Merges changes into the stored accounts; answers the accounts that could not be written, and the changes that do not fit
 * into theirs, with the reason.
 */
async function updateAccounts(
  accounts: AccountStore,
  changes: readonly AccountChange[],
): Promise<{ failed: ReadonlyMap<string, string>; refused: ReadonlyMap<AccountChange, string> }> {
  let pending = new Set(changes.map(({ accountId }) => accountId));
  const failed = new Map<string, string>();
  const refused = new Map<AccountChange, string>();
  for (let attempt = 0; pending.size > 0; attempt++) {
    if (attempt === maximumAttempts) {
      for (const accountId of pending) failed.set(accountId, `account ${accountId} kept changing while it was written`);
      break;
    }
    if (attempt > 0) await pauseWithJitter(attempt);
    const stored = await accounts.readStored([...pending]);
    const writes = [...pending].flatMap((accountId) => {
      const before = stored.get(accountId) ?? unknownAccount(accountId);
      const ofAccount = changes.filter((change) => change.accountId === accountId);
      for (const change of ofAccount) refused.delete(change);
      const after = mergeAll(before, ofAccount, refused);
      return after === before ? [] : [{ before, after }];
    });
    const results = await accounts.write(writes);
    pending = new Set();
    for (const [index, { after }] of writes.entries()) {
      const result = results[index];
      if (result === 'condition_failed') pending.add(after.accountId);
      else if (typeof result === 'object') failed.set(after.accountId, result.failed);
    }
  }
  return { failed, refused };
}

/**
 * Several changes are one write, so one version. Where they would make the account too large, those that do not fit one
 * after the other are refused: `refused` is told which, and why.
 */
function mergeAll(before: Account, changes: readonly AccountChange[], refused: Map<AccountChange, string>): Account {
  let after = changes.reduce(mergeAccountChange, before);
  if (tooLargeAccountBytes(before, after) !== undefined) {
    after = before;
    for (const change of changes) {
      const next = mergeAccountChange(after, change);
      const bytes = tooLargeAccountBytes(after, next);
      if (bytes === undefined) after = next;
      else refused.set(change, `account ${before.accountId} would be ${bytes} bytes, more than it may be`);
    }
  }
  return after === before ? before : { ...after, version: before.version + 1 };
}

/** Wakes on the queue `account-changes`. */
export const handler = createAccountChangeWorker();
