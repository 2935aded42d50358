import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
} from '@aws-sdk/lib-dynamodb';
import { previewSlotKey, sharedPreviewKey, sharedPreviewsPartition } from '../aws/segments-keys.ts';
import type { Preview } from './preview.ts';

/** For how long (ms) equal questions share an answer. */
const sharedForMs = 60_000;
const slotSeconds = 86_400;
/** A longer answer (characters of JSON) is not kept: an item takes 400 KB. */
const longestAnswer = 120_000;

/** What a question was answered a moment ago: exactly, or with a preview that is being counted. */
export type SharedAnswer = { readonly answer: Preview } | { readonly previewId: string };

/** Which questions were just answered, and which preview is the newest of somebody for a segment. */
export type SharedPreviewStore = ReturnType<typeof createSharedPreviewStore>;

/** The store of them, in the segments table. `now`: epoch ms. */
export function createSharedPreviewStore(documents: DynamoDBDocumentClient, table: string, now: () => number) {
  return {
    /** What an equal question was answered within the last minute. */
    find: async (question: string): Promise<SharedAnswer | undefined> => {
      const { Item } = await documents.send(new GetCommand({ TableName: table, Key: sharedPreviewKey(question) }));
      if (!Item || Item.sharedUntil <= now()) return undefined;
      return Item.previewId === undefined ? { answer: JSON.parse(Item.answer) } : { previewId: Item.previewId };
    },

    /** Shares an answer from now on. */
    share: async (question: string, shared: SharedAnswer): Promise<void> => {
      const told = 'answer' in shared ? { answer: JSON.stringify(shared.answer) } : shared;
      if ('answer' in told && told.answer.length > longestAnswer) return;
      const sharedUntil = now() + sharedForMs;
      const Item = { ...sharedPreviewKey(question), ...told, sharedUntil, expiresAt: Math.ceil(sharedUntil / 1000) };
      await documents.send(new PutCommand({ TableName: table, Item }));
    },

    /** Forgets the answers that show the lead. */
    forget: async (leadId: string): Promise<void> => {
      const query = {
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': sharedPreviewsPartition },
        ConsistentRead: true,
      };
      for await (const { Items = [] } of paginateQuery({ client: documents }, query)) {
        for (const { pk, sk, answer } of Items) {
          if (!String(answer ?? '').includes(JSON.stringify(leadId))) continue;
          await documents.send(new DeleteCommand({ TableName: table, Key: { pk, sk } }));
        }
      }
    },

    /** Makes a preview (undefined: one that is answered) the newest of that slot; answers the id of the one before. */
    takeSlot: async (slot: string, previewId: string | undefined): Promise<string | undefined> => {
      const put = new PutCommand({
        TableName: table,
        Item: { ...previewSlotKey(slot), previewId, expiresAt: Math.ceil(now() / 1000) + slotSeconds },
        ReturnValues: 'ALL_OLD',
      });
      const { Attributes } = await documents.send(put);
      return Attributes?.previewId;
    },
  };
}
