import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, PutCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import { announcementKey, announcementsPartition, noteLanes, type SegmentsKey } from '../aws/segments-keys.ts';
import { deleteItems } from '../aws/write-items.ts';
import { mapConcurrently } from '../batch/batch.ts';
import { type AnnouncedRow, type Announcement, readRows, writeRows } from './announced-rows.ts';

/** An announcement as it is kept. */
export interface KeptAnnouncement extends Announcement {
  readonly key: SegmentsKey;
}

/** Projections that fail for good are in the dead letters by then. */
const keptSeconds = 86_400;

/** Announcements that nobody has seen listed yet, in the segments table. */
export type AnnouncementStore = ReturnType<typeof createAnnouncementStore>;

/** The store of announcements. Writers draw one of a few partitions, so that they do not all meet in one. */
export function createAnnouncementStore(
  { dynamodb, documents }: { readonly dynamodb: DynamoDBClient; readonly documents: DynamoDBDocumentClient },
  table: string,
) {
  return {
    /** Keeps what a batch announced. */
    add: async (rows: readonly AnnouncedRow[], since: number, announcedAt: number): Promise<void> => {
      const lane = noteLanes[Math.floor(Math.random() * noteLanes.length)]!;
      const expiresAt = Math.ceil(announcedAt / 1000) + keptSeconds;
      const Item = {
        ...announcementKey(lane, ulid(announcedAt)),
        since,
        announcedAt,
        rows: writeRows(rows),
        expiresAt,
      };
      await documents.send(new PutCommand({ TableName: table, Item }));
    },

    /** All of them, strongly consistent. */
    all: async (): Promise<KeptAnnouncement[]> => {
      const ofLanes = await mapConcurrently(noteLanes, noteLanes.length, async (lane) => {
        const query = {
          TableName: table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': announcementsPartition(lane) },
          ConsistentRead: true,
        };
        const found: KeptAnnouncement[] = [];
        for await (const { Items = [] } of paginateQuery({ client: documents }, query)) {
          found.push(...Items.map(announcementOf));
        }
        return found;
      });
      return ofLanes.flat();
    },

    /** Forgets those whose rows are all listed. */
    remove: (announcements: readonly KeptAnnouncement[]): Promise<void> =>
      deleteItems(
        dynamodb,
        table,
        announcements.map(({ key: { pk, sk } }) => ({ pk: { S: pk }, sk: { S: sk } })),
      ),
  };
}

function announcementOf({ pk, sk, since, announcedAt, rows }: Record<string, unknown>): KeptAnnouncement {
  return {
    key: { pk: String(pk), sk: String(sk) },
    since: Number(since),
    announcedAt: Number(announcedAt),
    rows: readRows(String(rows)),
  };
}
