import {
  BatchExecuteStatementCommand,
  type BatchStatementRequest,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { chunk, mapConcurrently } from '../batch/batch.ts';
import { conditionFailed } from './conditional.ts';
import { pauseWithJitter } from './retries.ts';

/** How one conditional statement went: done, condition not met, or failed for a reason that trying again does not cure. */
export type StatementResult = 'done' | 'condition_failed' | { readonly failed: string };

const retryable = new Set([
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
  'TransactionConflict',
  'InternalServerError',
]);
const maximumAttempts = 10;

/**
 * Runs conditional statements, 25 a call: each succeeds or fails by itself and costs what a single write costs. Throttled
 * and conflicting ones are sent again with jitter. A statement whose answer was lost may report `condition_failed` though
 * it was applied: callers start over from a read, which shows it.
 */
export async function runStatements(
  dynamodb: DynamoDBClient,
  statements: readonly BatchStatementRequest[],
): Promise<StatementResult[]> {
  const groups = await mapConcurrently(chunk(statements, 25), 4, (group) => runGroup(dynamodb, group));
  return groups.flat();
}

async function runGroup(dynamodb: DynamoDBClient, group: readonly BatchStatementRequest[]): Promise<StatementResult[]> {
  const results = new Array<StatementResult>(group.length);
  let pending = [...group.keys()];
  for (let attempt = 0; pending.length > 0; attempt++) {
    if (attempt === maximumAttempts) {
      for (const index of pending) results[index] = { failed: 'it was throttled too often' };
      break;
    }
    if (attempt > 0) await pauseWithJitter(attempt);
    const answer = await dynamodb.send(
      new BatchExecuteStatementCommand({ Statements: pending.map((index) => group[index]!) }),
    );
    const again: number[] = [];
    for (const [position, index] of pending.entries()) {
      const error = answer.Responses?.[position]?.Error;
      const code = error?.Code ?? '';
      if (!error) results[index] = 'done';
      else if (code === conditionFailed || code === 'DuplicateItem') results[index] = 'condition_failed';
      else if (retryable.has(code)) again.push(index);
      else results[index] = { failed: `${code} ${error.Message ?? ''}` };
    }
    pending = again;
  }
  return results;
}
