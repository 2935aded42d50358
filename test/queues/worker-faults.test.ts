import {
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { ChangeMessageVisibilityBatchCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { SQSRecord } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { createLeadStores } from '../../functions/lead-stores.ts';
import { createLeadChangeWorker } from '../../functions/queues/lead-changes.ts';
import type { Item } from '../../shared/aws/read-items.ts';
import { leadEventSchema, profileChangeSchema } from '../../shared/lead/change.ts';
import { dynamodb, eventBridge, sqs, withoutPauses } from './faults.ts';

withoutPauses();

const database = mockClient(dynamodb);
const queue = mockClient(sqs);
// Its own commands: there is no segment, and notes are taken.
const documents = DynamoDBDocumentClient.from(dynamodb);
const documentTables = mockClient(documents);
for (const name of ['SEGMENTS', 'LEADS', 'ACCOUNTS', 'EVENTS']) process.env[`${name}_TABLE`] = name;
Object.assign(process.env, {
  DEAD_LETTERS_QUEUE_URL: 'https://dead',
  SOURCE_QUEUE_URL: 'https://source',
  DUE_LEADS_QUEUE_URL: 'https://due',
  MAXIMUM_DELIVERIES: '5',
  VISIBILITY_TIMEOUT_SECONDS: '360',
  EVENT_RETENTION_DAYS: '400',
});

/** What is stored of leads; other tables are empty. */
let leads: Map<string, Item>;
const stores = createLeadStores({ dynamodb, sqs, eventBridge, documents });
const profileChanges = createLeadChangeWorker(
  'profileChanges',
  profileChangeSchema,
  (c) => ({ kind: 'profile_change', ...c }),
  stores,
);
const leadEvents = createLeadChangeWorker('leadEvents', leadEventSchema, (c) => ({ kind: 'lead_event', ...c }), stores);

beforeEach(() => {
  leads = new Map();
  database.reset();
  queue.reset();
  documentTables.reset();
  documentTables.onAnyCommand().resolves({});
  queue.on(SendMessageBatchCommand).resolves({});
  queue.on(ChangeMessageVisibilityBatchCommand).resolves({});
  database.on(QueryCommand).resolves({ Items: [] });
  database.on(BatchWriteItemCommand).resolves({});
  database.on(BatchGetItemCommand).callsFake(({ RequestItems }) => ({
    Responses: { LEADS: RequestItems.LEADS.Keys.flatMap(({ leadId }: Item) => leads.get(leadId!.S!) ?? []) },
  }));
  database.on(BatchExecuteStatementCommand).callsFake(({ Statements }) => ({ Responses: Statements.map(apply) }));
  for (const level of ['warn', 'error'] as const) vi.spyOn(console, level).mockReturnValue();
});

/** Applies the conditional write of a lead, as DynamoDB would. */
function apply({ Statement, Parameters }: { Statement: string; Parameters: Item[string][] }) {
  const names = [...Statement.matchAll(/['"](\w+)['"](?:: | = )\?/g)].map(([, name]) => name!);
  const isInsert = Statement.startsWith('INSERT');
  const count = isInsert ? names.length : names.length - 3;
  const item: Item = Object.fromEntries(names.slice(0, count).map((name, index) => [name, Parameters[index]!]));
  const [, leadId] = isInsert ? [item.shard, item.leadId] : Parameters.slice(count);
  const stored = leads.get(leadId!.S!);
  if (isInsert && stored) return { Error: { Code: 'DuplicateItem', Message: '' } };
  if (!isInsert && stored?.version?.N !== Parameters.at(-1)?.N)
    return { Error: { Code: 'ConditionalCheckFailed', Message: '' } };
  leads.set(leadId!.S!, { ...stored, ...item });
  return {};
}

const at = '2026-03-10T11:00:00Z';
const change = (leadId: string, name: string) => ({ leadId, occurredAt: at, attributes: { [name]: 1 } });

async function deliver(worker: typeof profileChanges, messages: readonly object[], deliveries = 1): Promise<number[]> {
  const Records = messages.map(
    (message, index) =>
      ({
        messageId: String(index),
        body: JSON.stringify(message),
        attributes: { SentTimestamp: String(Date.parse(at)), ApproximateReceiveCount: String(deliveries) },
      }) as SQSRecord,
  );
  // All but the first are counted.
  documentTables.on(UpdateCommand).resolves({ Attributes: { deliveries: deliveries - 1, alone: 1 } });
  const answer = await worker({ Records }, { getRemainingTimeInMillis: () => 60_000 });
  return answer.batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier));
}
const buried = () =>
  queue
    .commandCalls(SendMessageBatchCommand)
    .flatMap((call) => call.args[0].input.Entries ?? [])
    .map(({ MessageAttributes }) => MessageAttributes?.reason?.StringValue);
const attributesOf = async (leadId: string) => (await stores.leads.read([leadId])).get(leadId)?.attributes;

describe('a write', () => {
  test('that was applied though its answer was lost is seen, and applied once', async () => {
    let isFirst = true;
    database.on(BatchExecuteStatementCommand).callsFake(({ Statements }) => {
      const Responses = Statements.map(apply);
      // The client sends it again, and is told that somebody wrote the lead meanwhile: it did.
      if (isFirst) for (const [index, statement] of Statements.entries()) Responses[index] = apply(statement);
      isFirst = false;
      return { Responses };
    });
    expect(await deliver(profileChanges, [change('l1', 'a'), change('l1', 'b')])).toEqual([]);
    expect(await attributesOf('l1')).toEqual({ a: 1, b: 1 });
    expect((await stores.leads.read(['l1'])).get('l1')?.version).toBe(1);
  });

  test('of one lead that stays throttled brings back that lead’s messages only, and in the end buries them', async () => {
    database.on(BatchExecuteStatementCommand).callsFake(({ Statements }) => ({
      Responses: Statements.map((statement: Parameters<typeof apply>[0]) =>
        statement.Parameters.some(({ S }) => S === 'busy') ? { Error: { Code: 'ThrottlingError' } } : apply(statement),
      ),
    }));
    const messages = [change('l1', 'a'), change('busy', 'a'), change('busy', 'b'), change('l2', 'a')];
    expect(await deliver(profileChanges, messages)).toEqual([1, 2]);
    expect(buried()).toEqual([]);
    expect(await deliver(profileChanges, messages, 5)).toEqual([]);
    expect(buried()).toEqual(Array(2).fill('failed 5 times, at last: it was throttled too often'));
    expect(await attributesOf('l2')).toEqual({ a: 1 });
  });

  test('that conflicts again and again ends, and brings the message back', async () => {
    database.on(BatchExecuteStatementCommand).callsFake(({ Statements }) => ({
      Responses: Statements.map(() => ({ Error: { Code: 'ConditionalCheckFailed' } })),
    }));
    expect(await deliver(profileChanges, [change('l1', 'a')])).toEqual([0]);
    expect(database.commandCalls(BatchExecuteStatementCommand).length).toBeLessThan(20);
  });
});

describe('a batch whose raw events cannot be stored', () => {
  const event = { leadId: 'l1', eventId: 'e', eventType: 'Visit', occurredAt: at };

  test('fails for everybody to see, and writes no lead', async () => {
    const refuse = Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
    database.on(BatchWriteItemCommand).rejects(refuse);
    database.on(BatchExecuteStatementCommand).callsFake(({ Statements }) => {
      if (Statements.some(({ Statement }: { Statement: string }) => Statement.includes('EVENTS'))) throw refuse;
      return { Responses: Statements.map(apply) };
    });
    await expect(deliver(leadEvents, [event])).rejects.toThrow('slow down');
    expect(leads.size).toBe(0);
    expect(await deliver(leadEvents, [event], 5)).toEqual([]);
    expect(buried()).toEqual(['failed 5 times, at last: ThrottlingException: slow down']);
  });
});

describe('a read', () => {
  test('that leaves keys unprocessed goes on until all are read: no lead is taken for a new one', async () => {
    await deliver(profileChanges, [change('l1', 'a'), change('l2', 'a')]);
    let calls = 0;
    database.on(BatchGetItemCommand).callsFake(({ RequestItems }) => {
      const [first, ...rest] = RequestItems.LEADS.Keys as Item[];
      calls++;
      return {
        Responses: { LEADS: [leads.get(first!.leadId!.S!)!] },
        UnprocessedKeys: rest.length > 0 ? { LEADS: { Keys: rest } } : {},
      };
    });
    expect(await deliver(profileChanges, [change('l1', 'b'), change('l2', 'b')])).toEqual([]);
    expect(calls).toBe(2);
    expect(await attributesOf('l2')).toEqual({ a: 1, b: 1 });
  });

  test('that does not answer brings the whole batch back', async () => {
    database.on(BatchGetItemCommand).rejects(Object.assign(new Error('no answer'), { name: 'TimeoutError' }));
    await expect(deliver(profileChanges, [change('l1', 'a')])).rejects.toThrow('no answer');
  });
});
