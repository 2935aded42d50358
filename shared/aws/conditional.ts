import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';

/** Why DynamoDB did not do a part of a transaction, or a statement: its condition was not met. */
export const conditionFailed = 'ConditionalCheckFailed';

/** Whether a conditional write was done; not, when its condition was not met. Whatever else goes wrong is thrown. */
export async function doneIfMet(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** Has a write replace an item only as long as it has the version that was read. */
export function replacing({ version }: { readonly version: number }) {
  return {
    ConditionExpression: '#version = :before',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':before': version },
  };
}

/** The next version of a record, with new values of some properties; undefined takes one away. */
export function nextVersion<Stored extends { readonly version: number }>(
  record: Stored,
  change: { readonly [Key in keyof Stored]?: Stored[Key] | undefined },
): Stored {
  const entries = Object.entries({ ...record, ...change, version: record.version + 1 });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as unknown as Stored;
}

/** As `doneIfMet`; also not done, when it is part of a transaction or a transaction is writing the same item. */
export async function doneIfUnmoved(write: Promise<unknown>): Promise<boolean> {
  try {
    return await doneIfMet(write);
  } catch (error) {
    if (error instanceof TransactionCanceledException || error instanceof TransactionConflictException) return false;
    throw error;
  }
}

/** What a transaction answered; or, when it was cancelled, the code of each of its parts (`None`: not because of it). */
type Transacted<T> =
  | { readonly answer: T; readonly refusals?: undefined }
  | { readonly answer?: undefined; readonly refusals: readonly string[] };

/** Waits for a transaction. Whatever goes wrong other than that it is cancelled is thrown. */
export async function transacted<T>(transaction: Promise<T>): Promise<Transacted<T>> {
  try {
    return { answer: await transaction };
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    return { refusals: (error.CancellationReasons ?? []).map(({ Code = 'None' }) => Code) };
  }
}
