import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { beforeEach, describe, expect, test } from 'vitest';
import { createLeadStores } from '../../functions/lead-stores.ts';
import { createAccountChangeWorker } from '../../functions/queues/account-changes.ts';
import { createLeadChangeWorker } from '../../functions/queues/lead-changes.ts';
import type { QueueFunction } from '../../functions/queues/queue-frame.ts';
import { takingMore } from '../../functions/queues/take-more.ts';
import { queueDepth } from '../../shared/aws/send-messages.ts';
import { chunk } from '../../shared/batch/batch.ts';
import { profileChangeSchema } from '../../shared/lead/change.ts';
import { useWorkerRoom } from './worker-room.ts';

const room = useWorkerRoom();

const bodies = (count: number, name: string) => Array.from({ length: count }, (_, index) => `${name} ${index}`);
/** What the worker was given: the bodies of each batch. */
let batches: string[][];
/** Each test has a queue of its own: what failed in another may still be in flight. */
const queues = [
  'PROFILE_CHANGES',
  'LEVEL_CHANGES',
  'LEAD_EVENTS',
  'ACCOUNT_CHANGES',
  'DUE_LEADS',
  'SOURCE',
  'DEAD_LETTERS',
];
let queueUrl: string;
beforeEach(() => {
  batches = [];
  queueUrl = room.urlOf(queues.pop()!);
  process.env.SOURCE_QUEUE_URL = queueUrl;
});

/** A worker that fails bodies which say so. */
const worker: QueueFunction = async ({ Records }: SQSEvent) => {
  batches.push(Records.map(({ body }) => body));
  const failed = Records.filter(({ body }) => body.startsWith('bad'));
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
};

/** Puts messages into the queue. */
async function send(waiting: readonly string[]): Promise<void> {
  for (const group of chunk(waiting, 10)) {
    const Entries = group.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    await room.clients.sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  }
}

/** Has the worker given a number of messages by Lambda while others wait; answers the positions of those that come again. */
async function deliver(count: number, waiting: readonly string[], of = worker): Promise<number[]> {
  await send(waiting);
  return room.deliver(takingMore(room.clients.sqs, of), [...bodies(count - 1, 'given'), 'bad as given']);
}
const left = async () => {
  const { waiting, inFlight } = await queueDepth(room.clients.sqs, queueUrl);
  return { waiting, inFlight };
};

describe('a worker that is given as many messages as Lambda gives at once', () => {
  test('takes more until its batch is full, and leaves the rest', async () => {
    await deliver(10, bodies(95, 'waiting'));
    expect(batches.map(({ length }) => length)).toEqual([100]);
    expect(new Set(batches[0]).size).toBe(100);
    expect(await left()).toEqual({ waiting: 5, inFlight: 0 });
  });

  test('takes what there is', async () => {
    await deliver(10, bodies(3, 'waiting'));
    expect(batches.map(({ length }) => length)).toEqual([13]);
    expect(await left()).toEqual({ waiting: 0, inFlight: 0 });
  });

  test('deletes what it took and is done, and tells Lambda only of its own messages', async () => {
    expect(await deliver(10, ['waiting', 'bad as taken'])).toEqual([9]);
    expect(batches[0]).toContain('bad as taken');
    expect(await left()).toEqual({ waiting: 0, inFlight: 1 });
  });

  test('deletes nothing when its batch fails as a whole', async () => {
    const broken: QueueFunction = async () => {
      throw new Error('no database');
    };
    await expect(deliver(10, bodies(3, 'waiting'), broken)).rejects.toThrow('no database');
    expect(await left()).toEqual({ waiting: 0, inFlight: 3 });
  });
});

test('a worker that is given fewer takes no more: none wait', async () => {
  await deliver(9, bodies(3, 'waiting'));
  expect(batches.map(({ length }) => length)).toEqual([9]);
  expect(await left()).toEqual({ waiting: 3, inFlight: 0 });
});

test.each([
  ['leads', (index: number) => ({ leadId: `l${index}` }), () => createLeadWorker()],
  ['accounts', (index: number) => ({ accountId: `a${index}` }), () => createAccountChangeWorker(room.clients)],
])('workers of changes of %s take more', async (_, subject, create) => {
  const change = (index: number) => ({
    ...subject(index),
    occurredAt: '2026-03-10T11:00:00.000Z',
    attributes: { a: 1 },
  });
  const changes = Array.from({ length: 13 }, (_, index) => change(index));
  await send(changes.slice(10).map((one) => JSON.stringify(one)));
  expect(await room.deliver(create(), changes.slice(0, 10))).toEqual([]);
  expect(await left()).toEqual({ waiting: 0, inFlight: 0 });
});

const createLeadWorker = () =>
  createLeadChangeWorker(
    'profileChanges',
    profileChangeSchema,
    (change) => ({ kind: 'profile_change', ...change }),
    createLeadStores(room.clients),
  );
