import {
  BatchWriteItemCommand,
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import type { LeadEvent } from '../lead/change.ts';
import { shardOf } from '../lead/shard.ts';
import type { RawEvent } from '../membership/decision.ts';
import type { EventPages } from '../preview/event-join.ts';
import type { EventCondition } from '../rule/event-condition.ts';
import { dayMs } from '../rule/value.ts';
import { chunk, mapConcurrently, untilProcessed } from './batch.ts';
import type { Item } from './keyed-reads.ts';
import { createReadPacer, type ReadPacer } from './read-pacer.ts';

/** A raw event with the lead it belongs to. */
export interface StoredEvent extends RawEvent {
  readonly leadId: string;
}

/** Raw events in DynamoDB: keyed by type and shard, sorted by lead, moment and id. */
export type EventStore = ReturnType<typeof createEventStore>;

type PartOfQuery = Pick<QueryCommandInput, 'KeyConditionExpression' | 'ExpressionAttributeValues' | 'ScanIndexForward'>;

/** The store of raw events in that table, kept for that many days. */
export function createEventStore(
  dynamodb: DynamoDBClient,
  table: string,
  retentionDays: number,
  pace: ReadPacer = createReadPacer(),
) {
  const keyOf = (event: LeadEvent): Item => ({
    pk: { S: `${event.eventType}#${shardOf(event.leadId)}` },
    sk: { S: `${event.leadId}#${new Date(event.occurredAt).toISOString()}#${event.eventId}` },
  });
  const itemOf = (event: LeadEvent): Item => ({
    ...keyOf(event),
    metadata: { S: JSON.stringify(event.metadata ?? {}) },
    expiresAt: { N: String(Math.ceil((event.occurredAt + retentionDays * dayMs) / 1000)) },
  });

  /** Stores events. The same event again is the same item. */
  const put = async (events: readonly LeadEvent[]): Promise<void> => {
    const items = new Map(
      events.map((event) => [`${event.eventType}#${event.leadId}#${event.occurredAt}#${event.eventId}`, itemOf(event)]),
    );
    await writeAll([...items.values()].map((Item) => ({ PutRequest: { Item } })));
  };

  /** Removes events, as if they had never come. */
  const remove = async (events: readonly LeadEvent[]): Promise<void> => {
    await writeAll(events.map((event) => ({ DeleteRequest: { Key: keyOf(event) } })));
  };

  const writeAll = async (requests: readonly WriteRequest[]): Promise<void> => {
    await mapConcurrently(chunk(requests, 25), 4, (group) =>
      untilProcessed('events', group, async (pending) => {
        const answer = await dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [table]: [...pending] } }));
        return answer.UnprocessedItems?.[table] ?? [];
      }),
    );
  };

  const wholeQuery = {
    TableName: table,
    ProjectionExpression: 'sk, metadata',
    ConsistentRead: true,
    Limit: 1_000,
    ReturnConsumedCapacity: 'TOTAL',
  } as const;

  async function* pages(query: PartOfQuery, partition: string): AsyncGenerator<StoredEvent[]> {
    let from: Item | undefined;
    do {
      const next = new QueryCommand({ ...wholeQuery, ...query, ExclusiveStartKey: from });
      const answer = await pace(partition, () => dynamodb.send(next));
      yield (answer.Items ?? []).map(eventOf);
      from = answer.LastEvaluatedKey;
    } while (from);
  }

  /** A lead's events of the condition's type, newest first; stops at the end of a page once `n` of them match. */
  const read = async (leadId: string, condition: EventCondition, n: number, now: number): Promise<StoredEvent[]> => {
    const events: StoredEvent[] = [];
    let matching = 0;
    const partition = `${condition.eventType}#${shardOf(leadId)}`;
    const query = {
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :lead)',
      ExpressionAttributeValues: { ':pk': { S: partition }, ':lead': { S: `${leadId}#` } },
      ScanIndexForward: false,
    };
    for await (const page of pages(query, partition)) {
      events.push(...page);
      matching += page.filter((event) => condition.matches(event.metadata, now)).length;
      if (!condition.readsClock && matching >= n) break;
    }
    return events;
  };

  /** The events of one type of a shard's leads, from the first lead to the last (both included), sorted by lead. */
  async function* ofLeads(eventType: string, shard: string, first: string, last: string): AsyncGenerator<StoredEvent> {
    const partition = `${eventType}#${shard}`;
    const query = {
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
      ExpressionAttributeValues: { ':pk': { S: partition }, ':first': { S: `${first}#` }, ':last': { S: `${last}#~` } },
    };
    for await (const page of pages(query, partition)) yield* page;
  }

  /** The events of one type of a shard's leads from that lead on, in pages, sorted by lead. */
  const pagesFrom: EventPages = (eventType, shard, fromLeadId) => {
    const partition = `${eventType}#${shard}`;
    const query = {
      KeyConditionExpression: 'pk = :pk AND sk >= :from',
      ExpressionAttributeValues: { ':pk': { S: partition }, ':from': { S: `${fromLeadId}#` } },
    };
    return pages(query, partition);
  };

  return { put, remove, read, ofLeads, pagesFrom };
}

function eventOf(item: Item): StoredEvent {
  const [leadId = '', occurredAt = '', eventId = ''] = (item.sk?.S ?? '').split('#');
  return { leadId, eventId, occurredAt: Date.parse(occurredAt), metadata: JSON.parse(item.metadata?.S ?? '{}') };
}
