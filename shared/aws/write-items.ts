import {
  BatchWriteItemCommand,
  type DynamoDBClient,
  type TransactWriteItem,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { chunk, mapConcurrently } from '../batch/batch.ts';
import type { Item } from './read-items.ts';
import { untilProcessed } from './retries.ts';

/** One write of a transaction, in items as DynamoDB stores them. */
export type TransactionPart = TransactWriteItem;

/** One write of a transaction, in plain objects. */
export type DocumentTransactionPart = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** Puts and deletes without conditions, 25 a call; what a call left undone is sent again. */
async function writeItems(dynamodb: DynamoDBClient, table: string, requests: readonly WriteRequest[]): Promise<void> {
  await mapConcurrently(chunk(requests, 25), 4, (group) =>
    untilProcessed('writes', group, async (pending) => {
      const answer = await dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [table]: [...pending] } }));
      return answer.UnprocessedItems?.[table] ?? [];
    }),
  );
}

/** Puts items with different keys. */
export function putItems(dynamodb: DynamoDBClient, table: string, items: readonly Item[]): Promise<void> {
  return writeItems(
    dynamodb,
    table,
    items.map((Item) => ({ PutRequest: { Item } })),
  );
}

/** Deletes items by different keys. */
export function deleteItems(dynamodb: DynamoDBClient, table: string, keys: readonly Item[]): Promise<void> {
  return writeItems(
    dynamodb,
    table,
    keys.map((Key) => ({ DeleteRequest: { Key } })),
  );
}
