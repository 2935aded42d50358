import {
  type DynamoDBClient,
  PutItemCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { decodeTime, ulid } from 'ulid';
import { conditionFailed, doneIfUnmoved, transacted } from '../aws/conditional.ts';
import { readItems } from '../aws/read-items.ts';
import { untilProcessed } from '../aws/retries.ts';
import { mapConcurrently } from '../batch/batch.ts';
import { rowBatchIdOf, rowBatchKey } from './row-keys.ts';

const dayMs = 86_400_000;
/**
 * What failed comes back from the stream within a day, and from people who had to find out why within two weeks; rows of
 * older batches were counted, or are the reconciler's.
 */
const askedForMs = 14 * dayMs;
const keptForMs = 15 * dayMs;
/** Longer than any function runs: what wakes up after that may not count what others have counted meanwhile. */
const countableForMs = dayMs / 24;

/**
 * Batches of rows that are counted together, or not at all. Rows are written one by one, each with the name of its batch,
 * and then counted by one transaction, which marks the batch as counted. Who finds rows of a batch without a mark marks it
 * as closed, after which its own transaction fails: those rows are then counted by whoever writes them next. So a row is
 * counted once, whoever dies in between.
 */
export function createRowBatchStore(dynamodb: DynamoDBClient, table: string) {
  const markOf = (batchId: string, isCounted: boolean) => ({
    TableName: table,
    Item: {
      ...rowBatchKey(batchId),
      isCounted: { BOOL: isCounted },
      expiresAt: { N: String(Math.ceil((decodeTime(batchId) + keptForMs) / 1000)) },
    },
    ConditionExpression: 'attribute_not_exists(pk)',
  });

  /** Whether each of these was counted; those without a mark are left out. */
  const marks = async (batchIds: readonly string[]): Promise<Map<string, boolean>> => {
    const items = await readItems(dynamodb, table, batchIds.map(rowBatchKey));
    return new Map(items.map((item) => [rowBatchIdOf(item), item.isCounted?.BOOL === true]));
  };

  const recentOf = (batchIds: readonly string[]): string[] =>
    [...new Set(batchIds)].filter((batchId) => decodeTime(batchId) > Date.now() - askedForMs);

  const close = async (batchId: string): Promise<void> => {
    // Unless it has just been counted, or closed by somebody else, or is about to be: its mark says which.
    await doneIfUnmoved(dynamodb.send(new PutItemCommand(markOf(batchId, false))));
  };

  return {
    /** Names a new batch. */
    begin: (): string => ulid(),

    /**
     * Moves counters, and whatever else goes with the rows, by one transaction, unless the batch was closed. `conflict`:
     * somebody else was moving one of them.
     */
    count: async (
      batchId: string,
      writes: readonly TransactWriteItem[],
    ): Promise<'counted' | 'closed' | 'conflict'> => {
      if (decodeTime(batchId) < Date.now() - countableForMs) return 'closed';
      const TransactItems = [{ Put: markOf(batchId, true) }, ...writes];
      const { refusals } = await transacted(dynamodb.send(new TransactWriteItemsCommand({ TransactItems })));
      if (!refusals) return 'counted';
      const [ofMark] = refusals;
      return ofMark === conditionFailed ? 'closed' : 'conflict';
    },

    /** Of these batches, those that are not counted, and from now on never will be. */
    uncounted: async (batchIds: readonly string[]): Promise<ReadonlySet<string>> => {
      const recent = recentOf(batchIds);
      const known = await marks(recent);
      const unmarked = recent.filter((batchId) => !known.has(batchId));
      await untilProcessed('marks of batches', unmarked, async (pending) => {
        await mapConcurrently(pending, 8, close);
        for (const [batchId, isCounted] of await marks(pending)) known.set(batchId, isCounted);
        return pending.filter((batchId) => !known.has(batchId));
      });
      return new Set(recent.filter((batchId) => !known.get(batchId)));
    },

    /** Of these batches, those that are not counted yet. */
    notCountedYet: async (batchIds: readonly string[]): Promise<ReadonlySet<string>> => {
      const recent = recentOf(batchIds);
      const known = await marks(recent);
      return new Set(recent.filter((batchId) => !known.get(batchId)));
    },
  };
}
