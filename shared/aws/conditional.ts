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
