import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { doneIfMet } from '../aws/conditional.ts';
import { cleanUpKey, cleanUpsPartition } from '../aws/segments-keys.ts';
import { shards } from '../lead/shard.ts';
import { type CleanUp, sweepAfter } from './clean-up.ts';

/** The clean-ups of deleted segments that are still to be done, in the segments table. */
export type CleanUpStore = ReturnType<typeof createCleanUpStore>;

/** The store of clean-ups in that table. Each is written first with the deletion it follows from. */
export function createCleanUpStore(documents: DynamoDBDocumentClient, table: string) {
  const ofSweep = ({ sweep }: CleanUp) => ({
    ConditionExpression: 'sweep = :sweep',
    ExpressionAttributeValues: { ':sweep': sweep },
  });

  return {
    get: async (segmentId: string): Promise<CleanUp | undefined> => {
      const request = { TableName: table, Key: cleanUpKey(segmentId), ConsistentRead: true };
      const { Item } = await documents.send(new GetCommand(request));
      return Item && cleanUpOf(Item);
    },

    /** All that are still to be done. */
    all: async (): Promise<CleanUp[]> => {
      const cleanUps: CleanUp[] = [];
      const query = {
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': cleanUpsPartition },
        Limit: 1_000,
      };
      for await (const page of paginateQuery({ client: documents }, query)) {
        cleanUps.push(...(page.Items ?? []).map(cleanUpOf));
      }
      return cleanUps;
    },

    /** Notes that the messages of a sweep are on their way. */
    markQueued: (cleanUp: CleanUp, now: number): Promise<boolean> => {
      const { ConditionExpression, ExpressionAttributeValues } = ofSweep(cleanUp);
      return doneIfMet(
        documents.send(
          new UpdateCommand({
            TableName: table,
            Key: cleanUpKey(cleanUp.segmentId),
            UpdateExpression: 'SET queuedAt = :now, sends = :sends',
            ConditionExpression,
            ExpressionAttributeValues: {
              ...ExpressionAttributeValues,
              ':now': new Date(now).toISOString(),
              ':sends': cleanUp.sends + 1,
            },
          }),
        ),
      );
    },

    /** Notes that a sweep is through with a shard. The last one makes way for the next sweep, or for nothing. */
    markDone: async (cleanUp: CleanUp, shard: string, now: number): Promise<void> => {
      const { segmentId } = cleanUp;
      const { ConditionExpression, ExpressionAttributeValues } = ofSweep(cleanUp);
      let stored: CleanUp | undefined;
      const isStored = await doneIfMet(
        documents
          .send(
            new UpdateCommand({
              TableName: table,
              Key: cleanUpKey(segmentId),
              UpdateExpression: 'SET done.#shard = :true',
              ConditionExpression,
              ExpressionAttributeNames: { '#shard': `shard${shard}` },
              ExpressionAttributeValues: { ...ExpressionAttributeValues, ':true': true },
              ReturnValues: 'ALL_NEW',
            }),
          )
          .then(({ Attributes }) => {
            stored = Attributes && cleanUpOf(Attributes);
          }),
      );
      if (!isStored || !stored || Object.keys(stored.done).length < shards.length) return;
      const next = sweepAfter(cleanUp, now);
      await doneIfMet(
        next
          ? documents.send(new PutCommand({ TableName: table, Item: cleanUpItem(next), ...ofSweep(cleanUp) }))
          : documents.send(new DeleteCommand({ TableName: table, Key: cleanUpKey(segmentId), ...ofSweep(cleanUp) })),
      );
    },
  };
}

/** A clean-up as it is stored. */
export function cleanUpItem({ done, ...cleanUp }: CleanUp) {
  const named = Object.fromEntries(Object.keys(done).map((shard) => [`shard${shard}`, true]));
  return { ...cleanUpKey(cleanUp.segmentId), ...cleanUp, done: named };
}

function cleanUpOf(item: Record<string, unknown>): CleanUp {
  const { pk: _pk, sk: _sk, done, ...cleanUp } = item;
  const shardsDone = Object.keys(done as object).map((name) => [name.slice('shard'.length), true]);
  return { ...cleanUp, done: Object.fromEntries(shardsDone) } as unknown as CleanUp;
}
