import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import { doneIfMet } from '../aws/conditional.ts';
import { previewCountKey, previewCountsPartition, previewKey, previewsPartition } from '../aws/segments-keys.ts';
import { mapConcurrently } from '../batch/batch.ts';
import { isPossibleId } from '../problem/input-limits.ts';
import type { PreviewQuestion } from './count-shard.ts';
import { isWaitedFor, type PendingPreview } from './pending-preview.ts';
import type { ShardCount } from './shard-count.ts';

const keptSeconds = 86_400;
/** How often (ms) at most it is stored that somebody waits. */
const notedEveryMs = 2_000;

/** Previews that are counted in the background, in the segments table; each for a day. */
export type PreviewStore = ReturnType<typeof createPreviewStore>;

/** The store of pending previews. `now`: epoch ms. */
export function createPreviewStore(documents: DynamoDBDocumentClient, table: string, now: () => number = Date.now) {
  const expiresAt = () => Math.ceil(now() / 1000) + keptSeconds;

  const readAll = async (pk: string, names?: string): Promise<Record<string, unknown>[]> => {
    const query = {
      TableName: table,
      KeyConditionExpression: 'pk = :pk',
      ...(names !== undefined && { ProjectionExpression: names }),
      ExpressionAttributeValues: { ':pk': pk },
      ConsistentRead: true,
    };
    const found: Record<string, unknown>[] = [];
    for await (const { Items = [] } of paginateQuery({ client: documents }, query)) found.push(...Items);
    return found;
  };

  /** The preview; undefined when there is none, or no longer. */
  const get = async (previewId: string): Promise<PendingPreview | undefined> => {
    if (!isPossibleId(previewId)) return undefined;
    const Key = previewKey(previewId);
    const { Item } = await documents.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
    // DynamoDB deletes what expired within days, not at once.
    if (!Item || Item.expiresAt < now() / 1000) return undefined;
    const { question, polledAt = 0, round = 0, caller = '' } = Item;
    return { previewId, question: JSON.parse(question), polledAt, round, caller };
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

  /** Stores a new preview with what is counted of it. `caller`: who pays for it; `slot`: what a newer one replaces it in. */
  const begin = async (
    question: PreviewQuestion,
    counts: readonly ShardCount[],
    { caller = '', slot }: { readonly caller?: string; readonly slot?: string | undefined } = {},
  ): Promise<PendingPreview> => {
    const pending = { previewId: `prv_${ulid()}`, question, polledAt: now(), round: 1, caller };
    const { previewId, polledAt, round } = pending;
    const Item = {
      ...previewKey(previewId),
      ...{ question: JSON.stringify(question), polledAt, round, caller, expiresAt: expiresAt() },
      ...(slot !== undefined && { slots: new Set([slot]) }),
    };
    await documents.send(new PutCommand({ TableName: table, Item }));
    await mapConcurrently(counts, 16, (count) => putCount(previewId, count));
    return pending;
  };

  /**
   * Notes that somebody waits for it. Where nobody did for so long that counting stopped, a new round begins: answers the
   * preview with it, for this caller to send the shards that are left; undefined otherwise.
   */
  const keepAlive = async (pending: PendingPreview): Promise<PendingPreview | undefined> => {
    const { previewId, round, polledAt } = pending;
    const isAlive = isWaitedFor(pending, now());
    if (isAlive && now() - polledAt < notedEveryMs) return undefined;
    const next = { ...pending, polledAt: now(), round: isAlive ? round : round + 1 };
    const update = new UpdateCommand({
      TableName: table,
      Key: previewKey(previewId),
      UpdateExpression: 'SET polledAt = :now, round = :next',
      ConditionExpression: 'round = :round',
      ExpressionAttributeValues: { ':now': next.polledAt, ':next': next.round, ':round': round },
    });
    return (await doneIfMet(documents.send(update))) && !isAlive ? next : undefined;
  };

  /** Has a newer preview of that slot share this one. */
  const join = async (previewId: string, slot: string): Promise<void> => {
    const update = new UpdateCommand({
      TableName: table,
      Key: previewKey(previewId),
      UpdateExpression: 'ADD slots :slot',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: { ':slot': new Set([slot]) },
    });
    await doneIfMet(documents.send(update));
  };

  /** Forgets the preview and what was counted of it; whoever counts finds out at the next page. */
  const remove = async (previewId: string): Promise<void> => {
    await documents.send(new DeleteCommand({ TableName: table, Key: previewKey(previewId) }));
    const counts = await readAll(previewCountsPartition(previewId), 'pk, sk');
    await mapConcurrently(counts, 16, ({ pk, sk }) =>
      documents.send(new DeleteCommand({ TableName: table, Key: { pk, sk } })),
    );
  };

  /** Forgets the preview for that slot: all of it, if nobody else shares it. */
  const leave = async (previewId: string, slot: string): Promise<void> => {
    const update = new UpdateCommand({
      TableName: table,
      Key: previewKey(previewId),
      UpdateExpression: 'DELETE slots :slot',
      ConditionExpression: 'attribute_exists(slots)',
      ExpressionAttributeValues: { ':slot': new Set([slot]) },
      ReturnValues: 'ALL_NEW',
    });
    const left = documents.send(update).then(async ({ Attributes }) => {
      if (Attributes?.slots === undefined) await remove(previewId);
    });
    await doneIfMet(left);
  };

  /** What was counted of one shard, if anything was. */
  const count = async (previewId: string, shard: string): Promise<ShardCount | undefined> => {
    const Key = previewCountKey(previewId, shard);
    const { Item } = await documents.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
    return Item && JSON.parse(Item.count);
  };

  /** What was counted of all shards. */
  const counts = async (previewId: string): Promise<ShardCount[]> =>
    (await readAll(previewCountsPartition(previewId))).map((item) => JSON.parse(String(item.count)));

  /** Ids of all previews that are kept. */
  const ids = async (): Promise<string[]> => (await readAll(previewsPartition, 'sk')).map(({ sk }) => String(sk));

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

  return { get, begin, putCount, keepAlive, join, leave, remove, count, counts, ids, replaceCount };
}
