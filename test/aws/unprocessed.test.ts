import {
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  type BatchStatementErrorCodeEnum,
  BatchWriteItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { readItems } from '../../shared/aws/read-items.ts';
import { patientSenderTo, sendMessages } from '../../shared/aws/send-messages.ts';
import type { LeadEvent } from '../../shared/lead/change.ts';
import { createEventStore } from '../../shared/lead/event-store.ts';
import type { Transition } from '../../shared/lead/outbox.ts';
import { shardOf } from '../../shared/lead/shard.ts';
import { createMemberListStore } from '../../shared/projection/member-list-store.ts';
import { createTransitionStore } from '../../shared/projection/transition-store.ts';
import { dynamodb, sqs, withoutPauses } from '../queues/faults.ts';

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

const event = (eventId: string): LeadEvent => ({
  kind: 'lead_event',
  leadId: 'l1',
  eventId,
  eventType: 'Page View',
  occurredAt: Date.parse('2026-03-10T00:00:00Z'),
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

test('a key that is given twice is asked for once: DynamoDB refuses a call that names one twice', async () => {
  database.on(BatchGetItemCommand).callsFake(({ RequestItems }) => ({ Responses: { t: RequestItems.t.Keys } }));
  const keys = Array.from({ length: 150 }, (_, index) => ({ id: { S: `l${index % 120}` } }));
  expect(await readItems(dynamodb, 't', keys)).toEqual(keys.slice(0, 120));
});

describe('items that a write leaves unprocessed', () => {
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

  test('are written again: deletions', async () => {
    leaveAllButOne();
    await createEventStore(dynamodb, 't', 400).remove([event('a'), event('b'), event('c')]);
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
    const history = createTransitionStore(dynamodb, 't', 400);
    await expect(history.put([{ leadId: 'l1', transition: transition(1) }])).rejects.toThrow('1 writes were still');
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

  test('are told to whoever waits, with what else was not sent', async () => {
    const told = vi.spyOn(console, 'error').mockImplementation(() => {});
    queue.on(SendMessageBatchCommand).callsFake(({ Entries }) => {
      const failing = Entries.filter(({ MessageBody }: { MessageBody: string }) => MessageBody === 'b');
      if (Entries.length === 1 && failing.length === 0) throw new Error('The call failed');
      return { Failed: failing.map(({ Id }: { Id: string }) => ({ Id, SenderFault: false, Code: 'x' })) };
    });
    const messages = [...'abcdefghijk'].map((body) => ({ body }));
    const unsent = await patientSenderTo(sqs, 'url')(messages, new AbortController().signal);
    // The second of ten, and the one whose call fails.
    expect([...unsent].map(({ body }) => body)).toEqual(['b', 'k']);
    expect(told).toHaveBeenCalledTimes(2);
    told.mockRestore();
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

describe('events that a call leaves undone', () => {
  const stored = (eventId: string, receivedAt: number) => ({
    pk: { S: `Page View#${shardOf('l1')}` },
    sk: { S: `l1#2026-03-10T00:00:00.000Z#${eventId}` },
    receivedAt: { N: String(receivedAt) },
    metadata: { S: '{}' },
  });
  const store = createEventStore(dynamodb, 't', 400);
  const answers = (...codes: (BatchStatementErrorCodeEnum | undefined)[]) => ({
    Responses: codes.map((Code) => (Code ? { Error: { Code } } : {})),
  });

  test('are stored again, each once, and one that was there keeps the moment it was first received', async () => {
    database
      .on(BatchExecuteStatementCommand)
      .resolvesOnce(answers(undefined, 'ThrottlingError', 'DuplicateItem'))
      .resolves(answers(undefined));
    database.on(BatchGetItemCommand).resolves({ Responses: { t: [stored('c', 7)] } });
    const events = [event('a'), event('b'), event('c'), event('a')];
    const received = await store.put(events, [100, 100, 100, 100]);
    expect(received.map((stored) => stored?.receivedAt)).toEqual([100, 100, 7, 100]);
    const calls = database.commandCalls(BatchExecuteStatementCommand);
    expect(calls.map((call) => call.args[0].input.Statements?.length)).toEqual([3, 1]);
  });

  test('that the table would not take end in an error, so that the messages come back', async () => {
    database.on(BatchExecuteStatementCommand).resolves(answers('ValidationError'));
    await expect(store.put([event('a')], [100])).rejects.toThrow('An event could not be stored');
  });
});

test('a list of members goes on where DynamoDB ended a page in the middle', async () => {
  const store = createMemberListStore(dynamodb, 't');
  const member = (leadId: string, sequence = 1) => ({
    pk: { S: 'seg_1#00' },
    sk: { S: leadId },
    sequence: { N: String(sequence) },
    since: { N: '0' },
    source: { S: 'rules' },
  });
  database.on(QueryCommand).callsFake(({ ExpressionAttributeValues, ExclusiveStartKey }) => {
    const partition = ExpressionAttributeValues[':pk'].S;
    if (partition !== 'seg_1#00') return { Items: [] };
    if (!ExclusiveStartKey) return { Items: [member('a'), member('b', 2)], LastEvaluatedKey: { sk: { S: 'b' } } };
    return { Items: [member('c')] };
  });
  const { members, next } = await store.members('seg_1', { shard: 0 }, 10);
  expect(members.map(({ leadId }) => leadId)).toEqual(['a', 'c']);
  expect(next).toBeUndefined();
});
