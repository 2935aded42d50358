import { type AttributeValue, BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { chunk, mapConcurrently } from '../batch/batch.ts';
import { untilProcessed } from './retries.ts';

/** A stored item as DynamoDB returns it. */
export type Item = Record<string, AttributeValue>;

/**
 * Reads items by key, 100 a call, strongly consistent: each once, also where its key is given twice, which DynamoDB would
 * refuse. Missing items are left out; the order is DynamoDB's.
 */
export async function readItems(dynamodb: DynamoDBClient, table: string, keys: readonly Item[]): Promise<Item[]> {
  const items: Item[] = [];
  const distinct = new Map(keys.map((key) => [JSON.stringify(key), key]));
  await mapConcurrently(chunk([...distinct.values()], 100), 4, (group) =>
    untilProcessed('keys', group, async (pending) => {
      const answer = await dynamodb.send(
        new BatchGetItemCommand({ RequestItems: { [table]: { Keys: [...pending], ConsistentRead: true } } }),
      );
      items.push(...(answer.Responses?.[table] ?? []));
      return answer.UnprocessedKeys?.[table]?.Keys ?? [];
    }),
  );
  return items;
}
