import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { createEventStore } from '../../shared/aws/event-store.ts';
import { readItems } from '../../shared/aws/keyed-reads.ts';
import { createMembershipStore } from '../../shared/aws/membership-store.ts';
import { sendMessages } from '../../shared/aws/queue.ts';
import { createTransitionStore } from '../../shared/aws/transition-store.ts';
import type { LeadEvent } from '../../shared/lead/change.ts';
import { shardOf } from '../../shared/lead/shard.ts';
import type { Transition } from '../../shared/membership/transition.ts';
import { dynamodb, sqs, withoutPauses } from './faults.ts';

withoutPauses();

const database = mockClient(dynamodb);
const queue = mockClient(sqs);
beforeEach(() => {
  database.reset();
  queue.reset();
});

const transition = (sequence: number): Transition => ({
  segmentId: 'seg_1',
  segmentName: 'One',
  revision: 1,
  sequence,
  occurredAt: 1_000,
  reason: 'rules',
  cause: { kind: 'profile_change', occurredAt: '2026-01-01T00:00:00.000Z' },
  since: 1_000,
  source: 'rules',
});

describe('keys that a read leaves unprocessed', () => {
  const keys = ['a', 'b', 'c'].map((id) => ({ id: { S: id } }));

  test('are read again, and only they', async () => {
    database
      .on(BatchGetItemCommand)
      .resolvesOnce({ Responses: { t: [keys[0]!] }, UnprocessedKeys: { t: { Keys: [keys[1]!, keys[2]!] } } })
      .resolvesOnce({ Responses: {}, UnprocessedKeys: { t: { Keys: [keys[1]!, keys[2]!] } } })
      .resolves({ Responses: { t: [keys[1]!, keys[2]!] } });
    expect(await readItems(dynamodb, 't', keys)).toEqual(keys);
    const asked = database.commandCalls(BatchGetItemCommand).map((call) => call.args[0].input.RequestItems!.t!);
    expect(asked.map(({ Keys }) => Keys?.length)).toEqual([3, 2, 2]);
    expect(asked.every(({ ConsistentRead }) => ConsistentRead)).toBe(true);
  });

  test('again and again end in an error, never in a shorter answer', async () => {
    database.on(BatchGetItemCommand).resolves({ UnprocessedKeys: { t: { Keys: [keys[0]!] } } });
    await expect(readItems(dynamodb, 't', keys)).rejects.toThrow('1 keys were still unprocessed');
  });
});

describe('items that a write leaves unprocessed', () => {
  const event = (eventId: string): LeadEvent => ({
    kind: 'lead_event',
    leadId: 'l1',
    eventId,
    eventType: 'Page View',
    occurredAt: Date.parse('2026-03-10T00:00:00Z'),
  });

  /** Leaves all but the first of each call unprocessed, until none is left. */
  function leaveAllButOne(): void {
    database.on(BatchWriteItemCommand).callsFake(({ RequestItems }) => {
      const [[table, requests]] = Object.entries(RequestItems) as [[string, unknown[]]];
      return { UnprocessedItems: requests.length > 1 ? { [table]: requests.slice(1) } : {} };
    });
  }
  const written = () =>
    database
      .commandCalls(BatchWriteItemCommand)
      .map((call) => Object.values(call.args[0].input.RequestItems!)[0]!.length);

  test('are written again: events', async () => {
    leaveAllButOne();
    await createEventStore(dynamodb, 't', 400).put([event('a'), event('b'), event('c'), event('a')]);
    expect(written()).toEqual([3, 2, 1]);
  });

  test('are written again: transitions', async () => {
    leaveAllButOne();
    const entries = [1, 2].map((sequence) => ({ leadId: 'l1', transition: transition(sequence) }));
    await createTransitionStore(dynamodb, 't', 400).put([...entries, entries[0]!]);
    expect(written()).toEqual([2, 1]);
  });

  test('again and again end in an error, so that the messages come back', async () => {
    database.on(BatchWriteItemCommand).callsFake(({ RequestItems }) => ({ UnprocessedItems: RequestItems }));
    await expect(createEventStore(dynamodb, 't', 400).put([event('a')])).rejects.toThrow('1 events were still');
  });
});

describe('messages that a send leaves unsent', () => {
  const bodiesOf = () =>
    queue.commandCalls(SendMessageBatchCommand).map((call) => call.args[0].input.Entries!.map((e) => e.MessageBody));

  test('are sent again, and only they', async () => {
    const failed = (Id: string) => ({ Id, SenderFault: false, Code: 'ServiceUnavailable' });
    queue
      .on(SendMessageBatchCommand)
      .resolvesOnce({ Successful: [], Failed: [failed('1'), failed('2')] })
      .resolvesOnce({ Successful: [], Failed: [failed('1')] })
      .resolves({ Successful: [] });
    await sendMessages(
      sqs,
      'url',
      ['a', 'b', 'c'].map((body) => ({ body })),
    );
    expect(bodiesOf()).toEqual([['a', 'b', 'c'], ['b', 'c'], ['c']]);
  });

  test('again and again end in an error', async () => {
    queue
      .on(SendMessageBatchCommand)
      .resolves({ Failed: [{ Id: '0', SenderFault: false, Code: 'x' }], Successful: [] });
    await expect(sendMessages(sqs, 'url', [{ body: 'a' }])).rejects.toThrow('1 messages were still unprocessed');
  });

  test('are as many a call as SQS takes: ten, and not more than 256 KB', async () => {
    queue.on(SendMessageBatchCommand).resolves({ Successful: [] });
    await sendMessages(
      sqs,
      'url',
      Array.from({ length: 25 }, () => ({ body: 'x' })),
    );
    await sendMessages(
      sqs,
      'url',
      Array.from({ length: 4 }, () => ({ body: 'ü'.repeat(50_000) })),
    );
    expect(bodiesOf().map(({ length }) => length)).toEqual([10, 10, 5, 2, 2]);
  });
});

describe('the projection of memberships', () => {
  const row = (sequence: number) => ({
    pk: { S: `seg_1#${shardOf('l1')}` },
    sk: { S: 'l1' },
    sequence: { N: String(sequence) },
  });
  const canceled = new TransactionCanceledException({ message: 'no', $metadata: {}, CancellationReasons: [] });
  const store = createMembershipStore(dynamodb, 't');
  const written = () =>
    database.commandCalls(TransactWriteItemsCommand).map((call) => call.args[0].input.TransactItems!);
  const project = (sequence: number) => store.project([{ leadId: 'l1', transition: transition(sequence) }]);

  test('writes a row on condition of the sequence it read, with the count in the same transaction', async () => {
    database.on(BatchGetItemCommand).resolves({ Responses: { t: [row(2)] } });
    database.on(TransactWriteItemsCommand).resolves({});
    await project(3);
    const [[put, count] = []] = written();
    expect(put?.Put).toMatchObject({
      ConditionExpression: '#sequence = :stored',
      ExpressionAttributeValues: { ':stored': { N: '2' } },
      Item: { sequence: { N: '3' } },
    });
    expect(count?.Update).toMatchObject({ ExpressionAttributeValues: { ':move': { N: '1' } } });
  });

  test('reads again when its transaction is canceled, and goes on from what it then finds', async () => {
    database
      .on(BatchGetItemCommand)
      .resolvesOnce({ Responses: { t: [row(1)] } })
      .resolves({ Responses: { t: [row(2)] } });
    database.on(TransactWriteItemsCommand).rejectsOnce(canceled).resolves({});
    await project(3);
    const stored = written().map(([put]) => put?.Put?.ExpressionAttributeValues?.[':stored']?.N);
    expect(stored).toEqual(['1', '2']);
    // From 1 (in) to 3 (in) the count does not move, from 2 (out) it does.
    expect(written().map(({ length }) => length)).toEqual([1, 2]);
  });

  test('writes nothing when somebody else was faster', async () => {
    database
      .on(BatchGetItemCommand)
      .resolvesOnce({ Responses: {} })
      .resolves({ Responses: { t: [row(4)] } });
    database.on(TransactWriteItemsCommand).rejectsOnce(canceled);
    await project(3);
    expect(written()).toHaveLength(1);
    await project(4);
    expect(written()).toHaveLength(1);
  });

  test('fails when its transaction is canceled again and again, or for another reason at once', async () => {
    database.on(BatchGetItemCommand).resolves({ Responses: {} });
    database.on(TransactWriteItemsCommand).rejects(canceled);
    await expect(project(1)).rejects.toThrow('1 memberships were still unprocessed');
    expect(written()).toHaveLength(10);
    database.on(TransactWriteItemsCommand).rejects(new Error('unreachable'));
    await expect(project(1)).rejects.toThrow('unreachable');
    expect(written()).toHaveLength(11);
  });

  test('keeps within 100 items a transaction, counts included', async () => {
    database.on(BatchGetItemCommand).resolves({ Responses: {} });
    database.on(TransactWriteItemsCommand).resolves({});
    const entries = Array.from({ length: 400 }, (_, index) => ({ leadId: `l${index}`, transition: transition(1) }));
    await store.project(entries);
    const sizes = written().map(({ length }) => length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(100);
    const puts = written().flatMap((items) => items.flatMap(({ Put }) => (Put ? [Put.Item?.sk?.S] : [])));
    expect(new Set(puts).size).toBe(400);
    const moved = written().flatMap((items) =>
      items.flatMap(({ Update }) => (Update ? [Number(Update.ExpressionAttributeValues?.[':move']?.N)] : [])),
    );
    expect(moved.reduce((sum, move) => sum + move, 0)).toBe(400);
  });
});

test('a list of members goes on where DynamoDB ended a page in the middle', async () => {
  const store = createMembershipStore(dynamodb, 't');
  const member = (leadId: string, sequence = 1) => ({
    pk: { S: 'seg_1#00' },
    sk: { S: leadId },
    sequence: { N: String(sequence) },
    since: { N: '0' },
    source: { S: 'rules' },
  });
  database.on(QueryCommand).callsFake(({ ExpressionAttributeValues }) => {
    const partition = ExpressionAttributeValues[':pk'].S;
    const after = ExpressionAttributeValues[':after'].S;
    if (partition !== 'seg_1#00') return { Items: [] };
    if (after === '#~') return { Items: [member('a'), member('b', 2)], LastEvaluatedKey: { sk: { S: 'b' } } };
    return { Items: [member('c')] };
  });
  const { members, next } = await store.members('seg_1', { shard: 0 }, 10);
  expect(members.map(({ leadId }) => leadId)).toEqual(['a', 'c']);
  expect(next).toBeUndefined();
});
