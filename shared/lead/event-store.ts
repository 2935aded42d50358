import { type DynamoDBClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { type Item, readItems } from '../aws/read-items.ts';
import { createReadPacer, type ReadPacer } from '../aws/read-pacer.ts';
import { runStatements } from '../aws/statements.ts';
import { deleteItems } from '../aws/write-items.ts';
import { idInKey, idOfKey, isAfterInKeys } from '../id/id-in-key.ts';
import type { EventCondition } from '../rule/event-condition.ts';
import { dayMs } from '../rule/value.ts';
import type { LeadEvent } from './change.ts';
import type { RawEvent } from './event-order.ts';
import { type NewestFirst, newestFirst } from './event-order.ts';
import type { EventPages } from './event-pages.ts';
import { shardOf } from './shard.ts';

/** A raw event with the lead it belongs to. */
interface StoredEvent extends RawEvent {
  readonly leadId: string;
}

/** Raw events in DynamoDB: keyed by type and shard, sorted by lead, moment and id. */
export type EventStore = ReturnType<typeof createEventStore>;

type PartOfQuery = Pick<
  QueryCommandInput,
  'KeyConditionExpression' | 'ExpressionAttributeValues' | 'ScanIndexForward' | 'Limit'
>;

/** An event in a list of all of a lead's, newest first: of one moment they go by type, then the last id first. */
export interface ListedEvent {
  readonly eventType: string;
  readonly eventId: string;
  /** Epoch ms. */
  readonly occurredAt: number;
}

/** Compares two events by their place in such a list, as `sort` takes it; 0: they are the same. */
export function byListOrder(a: ListedEvent, b: ListedEvent): number {
  if (a.occurredAt !== b.occurredAt) return b.occurredAt - a.occurredAt;
  if (a.eventType !== b.eventType) return a.eventType < b.eventType ? -1 : 1;
  if (a.eventId === b.eventId) return 0;
  return isAfterInKeys(a.eventId, b.eventId) ? -1 : 1;
}

/** The store of raw events in that table, kept for that many days. */
export function createEventStore(
  dynamodb: DynamoDBClient,
  table: string,
  retentionDays: number,
  pace: ReadPacer = createReadPacer(),
) {
  /**
   * Stores events, each once: one that is there already stays as it is. Answers them, in their order, with the moment (epoch
   * ms) at which each was received for the first time; undefined for one under whose key another is stored, with other
   * metadata.
   */
  const put = async (
    events: readonly LeadEvent[],
    receivedAt: readonly number[],
  ): Promise<(LeadEvent | undefined)[]> => {
    const distinct = new Map<string, Item>();
    for (const [index, event] of events.entries()) {
      const key = keyText(event);
      if (!distinct.has(key)) distinct.set(key, eventItem(event, receivedAt[index] ?? 0, retentionDays));
    }
    const keys = [...distinct.keys()];
    const results = await runStatements(
      dynamodb,
      [...distinct.values()].map((item) => ({
        Statement: `INSERT INTO "${table}" VALUE {${Object.keys(item)
          .map((name) => `'${name}': ?`)
          .join(', ')}}`,
        Parameters: Object.values(item),
      })),
    );
    const failed = results.find((result) => typeof result === 'object');
    if (failed) throw new Error(`An event could not be stored: ${failed.failed}`);
    const repeated = keys.filter((_, index) => results[index] === 'condition_failed');
    const stored = await readItems(
      dynamodb,
      table,
      repeated.map((key) => keyOf(distinct.get(key)!)),
    );
    const before = new Map(stored.map((item) => [`${item.pk?.S} ${item.sk?.S}`, item]));
    return events.map((event) => {
      const item = before.get(keyText(event)) ?? distinct.get(keyText(event))!;
      return isIn(item, event) ? { ...event, receivedAt: Number(item.receivedAt?.N) } : undefined;
    });
  };

  /** Removes a lead's events of those types that happened up to a moment (epoch ms). */
  const removeUntil = async (leadId: string, eventTypes: readonly string[], until: number): Promise<void> => {
    for (const eventType of eventTypes) {
      for await (const page of pages(ofLead(eventType, leadId), `${eventType}#${shardOf(leadId)}`)) {
        const gone = page.filter(({ occurredAt }) => occurredAt <= until);
        await deleteItems(
          dynamodb,
          table,
          gone.map((event) => eventKey({ ...event, eventType })),
        );
      }
    }
  };

  /** Removes single events; one that is named twice is one. */
  const remove = (events: readonly LeadEvent[]): Promise<void> => {
    const keys = new Map(events.map((event) => [keyText(event), eventKey(event)]));
    return deleteItems(dynamodb, table, [...keys.values()]);
  };

  const wholeQuery = {
    TableName: table,
    ProjectionExpression: 'sk, metadata',
    ConsistentRead: true,
    Limit: 1_000,
    ReturnConsumedCapacity: 'TOTAL',
  } as const;

  /** `pacedAs`: what is paced together; scans read all event types of a shard as if they were one partition key. */
  async function* pages(query: PartOfQuery, pacedAs: string, isTimeUp?: () => boolean): AsyncGenerator<StoredEvent[]> {
    let from: Item | undefined;
    do {
      const next = new QueryCommand({ ...wholeQuery, ...query, ExclusiveStartKey: from });
      const answer = await pace(pacedAs, () => dynamodb.send(next), isTimeUp);
      yield (answer.Items ?? []).map(eventOf);
      from = answer.LastEvaluatedKey;
    } while (from);
  }

  /** A lead's events of the condition's type; stops at the end of a page once the newest `n` that match are read. */
  const read = async (
    leadId: string,
    condition: EventCondition,
    n: number,
    now: number,
  ): Promise<NewestFirst<StoredEvent>> => {
    const events: StoredEvent[] = [];
    let matching = 0;
    const query = { ...ofLead(condition.eventType, leadId), ScanIndexForward: false };
    for await (const page of pages(query, `${condition.eventType}#${shardOf(leadId)}`)) {
      events.push(...page);
      matching += page.filter((event) => condition.matches(event.metadata, now)).length;
      if (!condition.readsClock && matching >= n) break;
    }
    return newestFirst(events);
  };

  /**
   * A lead's events of one type as a list of all of its events has them: up to `limit`, those after `after`, that occurred at
   * `since` (epoch ms) or later.
   */
  const listed = async (
    leadId: string,
    eventType: string,
    {
      since,
      after,
      limit,
    }: { readonly since: number; readonly after?: ListedEvent | undefined; readonly limit: number },
  ): Promise<StoredEvent[]> => {
    const partition = `${eventType}#${shardOf(leadId)}`;
    const query = {
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
      ExpressionAttributeValues: {
        ':pk': { S: partition },
        ':first': { S: `${keyStart(leadId)}${new Date(since).toISOString()}` },
        ':last': { S: `${keyStart(leadId)}${lastKeyAfter(eventType, after)}` },
      },
      ScanIndexForward: false,
      // The one that it comes after may be among them.
      Limit: limit + 1,
    };
    const events: StoredEvent[] = [];
    for await (const page of pages(query, partition)) {
      for (const event of page) if (!after || byListOrder({ ...event, eventType }, after) > 0) events.push(event);
      if (events.length >= limit) break;
    }
    return events.slice(0, limit);
  };

  /**
   * The events of one type of a shard's leads, from the first lead to the last (both included), sorted by lead. A scan says
   * when its time is up.
   */
  async function* ofLeads(
    eventType: string,
    shard: string,
    first: string,
    last: string,
    isTimeUp?: () => boolean,
  ): AsyncGenerator<StoredEvent> {
    const partition = `${eventType}#${shard}`;
    const query = {
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
      ExpressionAttributeValues: {
        ':pk': { S: partition },
        ':first': { S: keyStart(first) },
        ':last': { S: `${keyStart(last)}~` },
      },
    };
    for await (const page of pages(query, shard, isTimeUp)) yield* page;
  }

  /** The events of one type of a shard's leads from that lead on, in pages, sorted by lead. */
  const pagesFrom: EventPages = (eventType, shard, fromLeadId, isTimeUp) => {
    const partition = `${eventType}#${shard}`;
    const query = {
      KeyConditionExpression: 'pk = :pk AND sk >= :from',
      ExpressionAttributeValues: { ':pk': { S: partition }, ':from': { S: keyStart(fromLeadId) } },
    };
    return pages(query, shard, isTimeUp);
  };

  return { put, remove, removeUntil, read, listed, ofLeads, pagesFrom };
}

/** A raw event as stored, kept for that many days. `receivedAt`: epoch ms. */
export function eventItem(event: LeadEvent, receivedAt: number, retentionDays: number): Item {
  return {
    ...eventKey(event),
    receivedAt: { N: String(receivedAt) },
    metadata: { S: metadataText(event) },
    expiresAt: { N: String(Math.ceil((event.occurredAt + retentionDays * dayMs) / 1000)) },
  };
}

type EventKey = Pick<LeadEvent, 'eventType' | 'leadId' | 'occurredAt' | 'eventId'>;

/** What the sort keys of a lead's events begin with, and no others. */
const keyStart = (leadId: string) => `${idInKey(leadId)}#`;

/** The key of an event: of two with the same, the second is the first again. */
function eventKey({ eventType, leadId, occurredAt, eventId }: EventKey): Item {
  return {
    pk: { S: `${eventType}#${shardOf(leadId)}` },
    sk: { S: `${keyStart(leadId)}${new Date(occurredAt).toISOString()}#${idInKey(eventId)}` },
  };
}

/** The part of a sort key behind the lead that no event of that type after the given one is behind. */
function lastKeyAfter(eventType: string, after: ListedEvent | undefined): string {
  if (!after) return '~';
  const moment = new Date(after.occurredAt).toISOString();
  if (eventType === after.eventType) return `${moment}#${idInKey(after.eventId)}`;
  return eventType > after.eventType ? `${moment}#~` : moment;
}

const keyOf = ({ pk, sk }: Item): Item => ({ pk: pk!, sk: sk! });
const keyText = (event: EventKey) => {
  const { pk, sk } = eventKey(event);
  return `${pk?.S} ${sk?.S}`;
};

/** The query of all of a lead's events of one type. */
function ofLead(eventType: string, leadId: string) {
  return {
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :lead)',
    ExpressionAttributeValues: { ':pk': { S: `${eventType}#${shardOf(leadId)}` }, ':lead': { S: keyStart(leadId) } },
  };
}

/** Whether the item of an event's key is of this event: systems that send one again may order its keys anew. */
function isIn({ metadata }: Item, event: LeadEvent): boolean {
  const stored = metadata?.S ?? '{}';
  return stored === metadataText(event) || inOneOrder(JSON.parse(stored)) === inOneOrder(event.metadata ?? {});
}

/** JSON that is the same for all orders of the keys. */
function inOneOrder(content: unknown): string {
  return JSON.stringify(content, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

const metadataText = ({ metadata = {} }: LeadEvent) => JSON.stringify(metadata);

function eventOf(item: Item): StoredEvent {
  const [leadId = '', occurredAt = '', eventId = ''] = (item.sk?.S ?? '').split('#');
  return {
    leadId: idOfKey(leadId),
    eventId: idOfKey(eventId),
    occurredAt: Date.parse(occurredAt),
    metadata: JSON.parse(item.metadata?.S ?? '{}'),
  };
}
