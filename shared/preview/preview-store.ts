import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import { doneIfMet } from '../aws/conditional.ts';
import { previewCountKey, previewCountsPartition, previewKey, previewsPartition } from '../aws/segments-keys.ts';
import { mapConcurrently } from '../batch/batch.ts';
import { isPossibleId } from '../problem/input-limits.ts';
import type { PreviewQuestion } from './count-shard.ts';
import type { PendingPreview } from './pending-preview.ts';
import type { ShardCount } from './shard-count.ts';

const keptSeconds = 86_400;

/** Previews that are counted in the background, in the segments table; each for a day. */
export type PreviewStore = ReturnType<typeof createPreviewStore>;

/** The store of pending previews. */
export function createPreviewStore(documents: DynamoDBDocumentClient, table: string) {
  const expiresAt = () => Math.ceil(Date.now() / 1000) + keptSeconds;

  /** The preview; undefined when there is none, or no longer. */
  const get = async (previewId: string): Promise<PendingPreview | undefined> => {
    if (!isPossibleId(previewId)) return undefined;
    const Key = previewKey(previewId);
    const { Item } = await documents.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
    // DynamoDB deletes what expired within days, not at once.
    if (!Item || Item.expiresAt < Date.now() / 1000) return undefined;
    return { previewId, question: JSON.parse(Item.question) };
  };

  /** Stores what was counted of a shard, unless all of it is counted already: then that stays. */
  const putCount = async (previewId: string, count: ShardCount): Promise<void> => {
    const { shard, isFinished } = count;
    await doneIfMet(
      documents.send(
        new PutCommand({
          TableName: table,
          Item: {
            ...previewCountKey(previewId, shard),
            isFinished,
            count: JSON.stringify(count),
            expiresAt: expiresAt(),
          },
          ConditionExpression: 'attribute_not_exists(isFinished) OR isFinished = :false',
          ExpressionAttributeValues: { ':false': false },
        }),
      ),
    );
  };

  /** Stores a new preview with what is counted of it. */
  const begin = async (question: PreviewQuestion, counts: readonly ShardCount[]): Promise<PendingPreview> => {
    const previewId = `prv_${ulid()}`;
    const Item = { ...previewKey(previewId), question: JSON.stringify(question), expiresAt: expiresAt() };
    await documents.send(new PutCommand({ TableName: table, Item }));
    await mapConcurrently(counts, 16, (count) => putCount(previewId, count));
    return { previewId, question };
  };

  /** What was counted of one shard, if anything was. */
  const count = async (previewId: string, shard: string): Promise<ShardCount | undefined> => {
    const Key = previewCountKey(previewId, shard);
    const { Item } = await documents.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
    return Item && JSON.parse(Item.count);
  };

  /** What was counted of all shards. */
  const counts = async (previewId: string): Promise<ShardCount[]> => {
    const found: ShardCount[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const answer = await documents.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': previewCountsPartition(previewId) },
          ConsistentRead: true,
          ExclusiveStartKey: from,
        }),
      );
      found.push(...(answer.Items ?? []).map((item) => JSON.parse(item.count)));
      from = answer.LastEvaluatedKey;
    } while (from);
    return found;
  };

  /** Ids of all previews that are kept. */
  const ids = async (): Promise<string[]> => {
    const query = {
      TableName: table,
      KeyConditionExpression: 'pk = :pk',
      ProjectionExpression: 'sk',
      ExpressionAttributeValues: { ':pk': previewsPartition },
      ConsistentRead: true,
    };
    const found: string[] = [];
    for await (const { Items = [] } of paginateQuery({ client: documents }, query)) {
      found.push(...Items.map(({ sk }) => String(sk)));
    }
    return found;
  };

  /** Stores a count in place of what was read; answers false when somebody else stored another meanwhile. */
  const replaceCount = (previewId: string, before: ShardCount, after: ShardCount): Promise<boolean> => {
    const update = new UpdateCommand({
      TableName: table,
      Key: previewCountKey(previewId, before.shard),
      UpdateExpression: 'SET #count = :after',
      ConditionExpression: '#count = :before',
      ExpressionAttributeNames: { '#count': 'count' },
      ExpressionAttributeValues: { ':before': JSON.stringify(before), ':after': JSON.stringify(after) },
    });
    return doneIfMet(documents.send(update));
  };

  return { get, begin, putCount, count, counts, ids, replaceCount };
}
