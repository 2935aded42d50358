import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { progressPartition, revisionsPartition } from '../aws/segments-keys.ts';
import { deleteItems } from '../aws/write-items.ts';
import { shards } from '../lead/shard.ts';
import { countsPartition, daysPartition, lanes, membersPartition } from '../projection/row-keys.ts';
import type { CleanUpMessage } from './clean-up.ts';
import type { CleanUpStore } from './clean-up-store.ts';

/** Keys of one partition, all or those from one sort key to another (both included). */
interface KeyRange {
  readonly table: string;
  readonly pk: string;
  readonly from?: string;
  readonly to?: string;
}

const keysPerQuery = 500;

/** Removes what is left of a deleted segment, one shard a message. */
export function createCleanUpShardStore(
  dynamodb: DynamoDBClient,
  store: CleanUpStore,
  tables: { readonly segments: string; readonly memberships: string },
) {
  const rangesOf = ({ segmentId, shard }: CleanUpMessage): KeyRange[] => [
    { table: tables.memberships, pk: membersPartition(segmentId, shard) },
    // What is not by shard goes with the first.
    ...(shard === shards[0]
      ? [
          ...lanes.flatMap((lane) => [
            { table: tables.memberships, pk: daysPartition(lane), from: `${segmentId}#`, to: `${segmentId}#~` },
            { table: tables.memberships, pk: countsPartition(lane), from: segmentId, to: segmentId },
          ]),
          ...[revisionsPartition(segmentId), progressPartition(segmentId)].map((pk) => ({
            table: tables.segments,
            pk,
          })),
        ]
      : []),
  ];

  /** Answers whether there may be more in the range. */
  const removeSome = async ({ table, pk, from, to }: KeyRange): Promise<boolean> => {
    const isWhole = from === undefined || to === undefined;
    const answer = await dynamodb.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: isWhole ? 'pk = :pk' : 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: {
          ':pk': { S: pk },
          ...(!isWhole && { ':from': { S: from }, ':to': { S: to } }),
        },
        ProjectionExpression: 'pk, sk',
        ConsistentRead: true,
        Limit: keysPerQuery,
      }),
    );
    await deleteItems(
      dynamodb,
      table,
      (answer.Items ?? []).map(({ pk, sk }) => ({ pk: pk!, sk: sk! })),
    );
    return answer.LastEvaluatedKey !== undefined;
  };

  /** Works through a shard until it is clean or time is up; answers whether it is clean. Repeating it is harmless. */
  return async (message: CleanUpMessage, isTimeUp: () => boolean): Promise<{ isFinished: boolean }> => {
    const cleanUp = await store.get(message.segmentId);
    if (cleanUp?.sweep !== message.sweep || cleanUp.done[message.shard]) return { isFinished: true };
    for (const range of rangesOf(message)) {
      for (let hasMore = true; hasMore; ) {
        if (isTimeUp()) return { isFinished: false };
        hasMore = await removeSome(range);
      }
    }
    await store.markDone(cleanUp, message.shard, Date.now());
    return { isFinished: true };
  };
}
