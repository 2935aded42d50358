import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { dueCursorsKey } from '../aws/segments-keys.ts';
import { continuedAttribute, sendMessages } from '../aws/send-messages.ts';
import { idInKey } from '../id/id-in-key.ts';
import { leadIdSchema } from './change.ts';
import { leadIdOf } from './lead-item.ts';

/** A message of the queue `due-leads`: these leads have a rule that may flip at that moment (epoch ms). */
export const dueLeadsMessageSchema = z.strictObject({
  dueAt: z.int().min(0).max(8_640_000_000_000_000),
  leadIds: z.array(leadIdSchema).min(1).max(1_000),
});
/** A message of the queue `due-leads`. */
type DueLeadsMessage = z.infer<typeof dueLeadsMessageSchema>;

/** Who sets a due moment nearer than this queues it itself; later ones are the schedule's. */
export const dueHorizonMs = 120_000;

const leadsPerMessage = 100;

/**
 * Queues leads that fall due soon, those of one second together, delayed to that second. `continued`: how many messages
 * followed each other up to these.
 */
export async function queueDueLeads(
  sqs: SQSClient,
  queueUrl: string,
  due: readonly DueLead[],
  now: number,
  continued = 0,
): Promise<void> {
  const bySecond = new Map<number, string[]>();
  for (const { leadId, dueAt } of due) {
    const second = Math.ceil(dueAt / 1000);
    const leadIds = bySecond.get(second) ?? [];
    leadIds.push(leadId);
    bySecond.set(second, leadIds);
  }
  const messages = [...bySecond].flatMap(([second, leadIds]) => {
    const delaySeconds = Math.max(0, Math.min(900, Math.ceil(second - now / 1000)));
    const parts = Array.from({ length: Math.ceil(leadIds.length / leadsPerMessage) }, (_, part) =>
      leadIds.slice(part * leadsPerMessage, (part + 1) * leadsPerMessage),
    );
    return parts.map((part) => {
      const message: DueLeadsMessage = { dueAt: second * 1000, leadIds: part };
      return { body: JSON.stringify(message), delaySeconds, attributes: continuedAttribute(continued) };
    });
  });
  await sendMessages(sqs, queueUrl, messages);
}

/** A lead and when (epoch ms) it falls due. */
export interface DueLead {
  readonly leadId: string;
  readonly dueAt: number;
}

/** Leads of one shard by when they fall due: from one moment, or after one lead, up to another moment (epoch ms). */
interface DueRange {
  readonly shard: string;
  readonly from: number;
  readonly after?: DueLead | undefined;
  readonly until: number;
}

/** Reads pages of leads that fall due, the earliest first; from an index that may lag. */
export function createDueReader(dynamodb: DynamoDBClient, table: string) {
  return async (
    { shard, from, after, until }: DueRange,
    limit: number,
  ): Promise<{ readonly due: readonly DueLead[]; readonly isLast: boolean }> => {
    const answer = await dynamodb.send(
      new QueryCommand({
        TableName: table,
        IndexName: 'due',
        KeyConditionExpression: '#shard = :shard AND dueAt BETWEEN :from AND :until',
        ExpressionAttributeNames: { '#shard': 'shard' },
        ExpressionAttributeValues: {
          ':shard': { S: shard },
          ':from': { N: String(from) },
          ':until': { N: String(until) },
        },
        ...(after && {
          ExclusiveStartKey: {
            shard: { S: shard },
            leadId: { S: idInKey(after.leadId) },
            dueAt: { N: String(after.dueAt) },
          },
        }),
        Limit: limit,
      }),
    );
    const due = (answer.Items ?? []).map((item) => ({ leadId: leadIdOf(item), dueAt: Number(item.dueAt?.N) }));
    return { due, isLast: answer.LastEvaluatedKey === undefined };
  };
}

/** What was queued of the leads that fall due. Moments are epoch ms. */
export interface DueCursors {
  /** By shard: all due by then were queued, and of that very moment those up to a lead, if one is named. */
  readonly shards: Readonly<Record<string, { readonly dueAt: number; readonly leadId?: string }>>;
  /** When overdue ones were last queued again. */
  readonly sweptAt: number;
}

/** Where the schedule of due leads remembers what it has queued, in the segments table. */
export function createDueCursorStore(documents: DynamoDBDocumentClient, table: string) {
  return {
    read: async (): Promise<DueCursors | undefined> => {
      const { Item } = await documents.send(
        new GetCommand({ TableName: table, Key: dueCursorsKey, ConsistentRead: true }),
      );
      return Item && { shards: Item.shards, sweptAt: Number(Item.sweptAt) };
    },
    write: async (cursors: DueCursors): Promise<void> => {
      await documents.send(new PutCommand({ TableName: table, Item: { ...dueCursorsKey, ...cursors } }));
    },
  };
}
