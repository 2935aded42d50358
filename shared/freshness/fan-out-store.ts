import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, type DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import { fanOutKey, fanOutsPartition, noteLanes } from '../aws/segments-keys.ts';
import { deleteItems, putItems } from '../aws/write-items.ts';
import { mapConcurrently } from '../batch/batch.ts';

/** A part of an account's leads that has not been evaluated since the account changed. */
export interface PendingFanOut {
  readonly noteId: string;
  /** The change was sent then (epoch ms) or later. */
  readonly since: number;
}

/** A fan-out as it is noted. */
interface NotedFanOut extends PendingFanOut {
  /** Epoch ms. */
  readonly notedAt: number;
}

const keptSeconds = 86_400;
/** Of that age (ms), its message was sent, if it ever will be. */
const sentForSureMs = 15 * 60_000;

/** Fan-outs that are not done, in the segments table. */
export type FanOutStore = ReturnType<typeof createFanOutStore>;

/** The id of a new note. */
export function newFanOutNoteId(): string {
  return `${noteLanes[Math.floor(Math.random() * noteLanes.length)]!}-${ulid()}`;
}

/**
 * The store of fan-outs that are not done: noted before their messages are sent, so that no change of an account counts
 * as processed while some of its leads are still to be evaluated.
 */
export function createFanOutStore(
  { dynamodb, documents }: { readonly dynamodb: DynamoDBClient; readonly documents: DynamoDBDocumentClient },
  table: string,
) {
  return {
    /** Notes that these are to be done. */
    add: (fanOuts: readonly PendingFanOut[], now: number): Promise<void> =>
      putItems(
        dynamodb,
        table,
        fanOuts.map(({ noteId, since }) => ({
          ...keyItem(noteId),
          since: { N: String(since) },
          notedAt: { N: String(now) },
          expiresAt: { N: String(Math.ceil(now / 1000) + keptSeconds) },
        })),
      ),

    /** Notes that one is done. */
    remove: async (noteId: string): Promise<void> => {
      await documents.send(new DeleteCommand({ TableName: table, Key: fanOutKey(noteId) }));
    },

    removeMany: (noteIds: readonly string[]): Promise<void> => deleteItems(dynamodb, table, noteIds.map(keyItem)),

    /** All of them, strongly consistent. */
    all: async (): Promise<NotedFanOut[]> => {
      const ofLanes = await mapConcurrently(noteLanes, noteLanes.length, async (lane) => {
        const query = {
          TableName: table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': fanOutsPartition(lane) },
          ConsistentRead: true,
        };
        const found: NotedFanOut[] = [];
        for await (const { Items = [] } of paginateQuery({ client: documents }, query)) {
          found.push(
            ...Items.map(({ sk, since, notedAt }) => {
              return { noteId: String(sk), since: Number(since), notedAt: Number(notedAt) };
            }),
          );
        }
        return found;
      });
      return ofLanes.flat();
    },
  };
}

function keyItem(noteId: string) {
  const { pk, sk } = fanOutKey(noteId);
  return { pk: { S: pk }, sk: { S: sk } };
}

/**
 * Forgets notes whose message is in no queue: who sent it died before, or it is among the dead letters.
 * `isQueueEmpty`: no message of that queue waits, is delayed or worked on.
 */
export async function tidyFanOuts(
  store: Pick<FanOutStore, 'all' | 'removeMany'>,
  isQueueEmpty: () => Promise<boolean>,
  now: number,
): Promise<void> {
  const lost = (await store.all()).filter(({ notedAt }) => now - notedAt > sentForSureMs);
  if (lost.length > 0 && (await isQueueEmpty())) await store.removeMany(lost.map(({ noteId }) => noteId));
}
