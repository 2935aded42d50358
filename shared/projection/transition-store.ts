import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { type Item, readItems } from '../aws/read-items.ts';
import { deleteItems, putItems } from '../aws/write-items.ts';
import type { Transition } from '../lead/outbox.ts';
import { shardOf } from '../lead/shard.ts';
import { segmentIdOf, segmentShardOf, transitionKey } from './transition-keys.ts';

/** The history of entries and exits in DynamoDB. */
export type TransitionStore = ReturnType<typeof createTransitionStore>;

/** The store of transitions in that table, kept for that many days. */
export function createTransitionStore(dynamodb: DynamoDBClient, table: string, retentionDays: number) {
  /** Stores transitions; the same one again is the same item. */
  const put = async (transitions: readonly { leadId: string; transition: Transition }[]): Promise<void> => {
    const items = new Map(
      transitions.map(({ leadId, transition }) => [
        `${leadId} ${transition.segmentId} ${transition.sequence}`,
        itemOf(leadId, transition, retentionDays),
      ]),
    );
    await putItems(dynamodb, table, [...items.values()]);
  };

  /** Whether each of these is in the history, strongly consistent. */
  const knows = async (transitions: readonly { leadId: string; transition: Transition }[]): Promise<boolean[]> => {
    const keys = transitions.map(({ leadId, transition }) => transitionKey(leadId, transition));
    const stored = new Set((await readItems(dynamodb, table, keys)).map(({ leadId, sk }) => `${leadId?.S} ${sk?.S}`));
    return keys.map(({ leadId, sk }) => stored.has(`${leadId?.S} ${sk?.S}`));
  };

  /** A page of a lead's transitions, newest first; `before` is where the page before it ended. */
  const ofLead = async (leadId: string, before: string | undefined, limit: number) => {
    const answer = await dynamodb.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'leadId = :leadId',
        ExpressionAttributeValues: { ':leadId': { S: leadId } },
        ScanIndexForward: false,
        Limit: limit,
        ...(before !== undefined && { ExclusiveStartKey: { leadId: { S: leadId }, sk: { S: before } } }),
      }),
    );
    const next = answer.LastEvaluatedKey?.sk?.S;
    return { transitions: (answer.Items ?? []).map(transitionOf), ...(next !== undefined && { next }) };
  };

  /** Removes a lead's history up to a moment (epoch ms), that moment included. */
  const removeLead = async (leadId: string, until: number): Promise<void> => {
    // Sort keys begin with the moment.
    const end = new Date(until + 1).toISOString();
    for (;;) {
      const { Items = [] } = await dynamodb.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'leadId = :leadId AND sk < :end',
          ExpressionAttributeValues: { ':leadId': { S: leadId }, ':end': { S: end } },
          ConsistentRead: true,
          Limit: 500,
        }),
      );
      if (Items.length === 0) return;
      const keys = Items.map((item) => ({ leadId: item.leadId!, sk: item.sk! }));
      await deleteItems(dynamodb, table, keys);
    }
  };

  return { put, knows, ofLead, removeLead };
}

/** A stored transition. */
export function transitionOf(item: Item): Transition {
  return {
    ...JSON.parse(item.transition?.S ?? '{}'),
    segmentId: segmentIdOf(item.segmentShard?.S ?? ''),
    sequence: Number(item.sequence?.N),
    occurredAt: Date.parse(item.at?.S ?? ''),
  };
}

function itemOf(leadId: string, transition: Transition, retentionDays: number): Item {
  const at = new Date(transition.occurredAt).toISOString();
  const { segmentId, sequence, occurredAt, ...rest } = transition;
  return {
    ...transitionKey(leadId, transition),
    segmentShard: { S: segmentShardOf(segmentId, shardOf(leadId)) },
    at: { S: at },
    sequence: { N: String(sequence) },
    transition: { S: JSON.stringify(rest) },
    expiresAt: { N: String(Math.ceil(occurredAt / 1000) + retentionDays * 86_400) },
  };
}
