import { ChangeMessageVisibilityBatchCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { DeleteCommand, DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type BatchHandler, type BatchResult, createQueueWorker } from '../../functions/queues/queue-frame.ts';
import { dynamodb, sqs, withoutPauses } from './faults.ts';

withoutPauses();

const queue = mockClient(sqs);
const documents = DynamoDBDocumentClient.from(dynamodb);
const table = mockClient(documents);
/** What is counted of each message. */
let counts: Map<string, Record<string, number>>;
beforeEach(() => {
  Object.assign(process.env, {
    DEAD_LETTERS_QUEUE_URL: 'https://sqs/1/one-dead,https://sqs/1/two-dead',
    SOURCE_QUEUE_URL: 'https://sqs/1/one,https://sqs/1/two',
    MAXIMUM_DELIVERIES: '5',
    VISIBILITY_TIMEOUT_SECONDS: '360',
    SEGMENTS_TABLE: 'Segments',
  });
  queue.reset();
  queue.on(SendMessageBatchCommand).resolves({ Successful: [] });
  queue.on(ChangeMessageVisibilityBatchCommand).resolves({ Successful: [] });
  counts = new Map();
  table.reset();
  table.on(UpdateCommand).callsFake(({ Key, ExpressionAttributeNames }) => {
    const name = ExpressionAttributeNames['#count'];
    const all = counts.get(Key.pk) ?? {};
    counts.set(Key.pk, { ...all, [name]: (all[name] ?? 0) + 1 });
    return { Attributes: { [name]: counts.get(Key.pk)![name] } };
  });
  table.on(DeleteCommand).callsFake(({ Key }) => void counts.delete(Key.pk));
  for (const level of ['warn', 'error'] as const) vi.spyOn(console, level).mockReturnValue();
});

/** A message as it comes for the nth time. `counted`: how many of these deliveries reached a worker; all, if not given. */
function record(
  messageId: string,
  received = 1,
  { body = `body of ${messageId}`, counted = received, from = 'one' } = {},
) {
  if (counted > 1) counts.set(`delivery#${messageId}`, { deliveries: counted - 2 });
  const attributes = { ApproximateReceiveCount: String(received) };
  const eventSourceARN = `arn:aws:sqs:eu-central-1:1:${from}`;
  return { messageId, receiptHandle: `handle of ${messageId}`, body, attributes, eventSourceARN } as SQSRecord;
}
const batch = (...Records: SQSRecord[]): SQSEvent => ({ Records });
const contextOf = (remainingMs: number) => ({ getRemainingTimeInMillis: () => remainingMs }) as Context;
const result = (failed: Record<string, string>, refused: BatchResult['refused'] = []): BatchResult => ({
  refused,
  failed: new Map(Object.entries(failed)),
});

const run = async (handle: BatchHandler, event: SQSEvent, remainingMs = 60_000) => {
  const { batchItemFailures } = await createQueueWorker({ sqs, documents }, handle)(event, contextOf(remainingMs));
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
};
const failing =
  (...ids: string[]): BatchHandler =>
  async ({ Records }) =>
    result(
      Object.fromEntries(Records.flatMap(({ messageId }) => (ids.includes(messageId) ? [[messageId, 'busy']] : []))),
    );
const buried = () =>
  queue
    .commandCalls(SendMessageBatchCommand)
    .flatMap((call) => call.args[0].input.Entries ?? [])
    .map(({ MessageBody, MessageAttributes }) => [
      MessageAttributes?.messageId?.StringValue,
      MessageAttributes?.reason?.StringValue,
      MessageBody,
    ]);
/** In how many seconds messages come again, by the queue they are in. */
const hidden = () =>
  queue
    .commandCalls(ChangeMessageVisibilityBatchCommand)
    .flatMap(({ args: [{ input }] }) =>
      (input.Entries ?? []).map(({ ReceiptHandle, VisibilityTimeout }) => [
        `${input.QueueUrl?.split('/').at(-1)}: ${ReceiptHandle}`,
        VisibilityTimeout,
      ]),
    );

describe('a batch of a queue', () => {
  test('of which all is done is deleted, at no cost', async () => {
    expect(await run(async () => result({}), batch(record('a'), record('b')))).toEqual([]);
    expect(queue.calls()).toEqual([]);
    expect(table.calls()).toEqual([]);
  });

  test('has refused messages moved at once, whole and with the reason, and failed ones delivered again', async () => {
    const [a, b, c] = [record('a'), record('b'), record('c', 4)];
    const refused = [{ record: a, reason: '/leadId: is\u0000 missing' }];
    expect(await run(async () => result({ c: 'busy' }, refused), batch(a, b, c))).toEqual(['c']);
    expect(buried()).toEqual([['a', '/leadId: is? missing', 'body of a']]);
  });

  test('that fails as a whole fails for everybody to see while deliveries are left', async () => {
    const fails = async () => {
      throw new Error('no database');
    };
    await expect(run(fails, batch(record('a', 4), record('b')))).rejects.toThrow('no database');
    expect(buried()).toEqual([]);
    expect(hidden().map(([handle]) => handle)).toEqual(['one: handle of a', 'one: handle of b']);
  });

  test('comes again whole when the dead letters cannot be sent to: nothing is deleted unsent', async () => {
    queue.on(SendMessageBatchCommand).rejects(new Error('no queue'));
    const a = record('a');
    await expect(run(async () => result({}, [{ record: a, reason: 'no' }]), batch(a))).rejects.toThrow('no queue');
  });

  test('moves a message without room for a reason without one', async () => {
    const large = record('large', 1, { body: 'x'.repeat(1_048_000) });
    const small = record('small');
    const refused = [large, small].map((one) => ({ record: one, reason: 'is not JSON' }));
    expect(await run(async () => result({}, refused), batch(large, small))).toEqual([]);
    expect(buried()).toEqual(
      expect.arrayContaining([
        ['small', 'is not JSON', 'body of small'],
        [undefined, undefined, large.body],
      ]),
    );
  });

  test('goes by the queue it came from, where several wake the function', async () => {
    const [a, b] = [record('a', 1, { from: 'two' }), record('b', 1, { from: 'two' })];
    await run(async () => result({ a: 'busy' }, [{ record: b, reason: 'no' }]), batch(a, b));
    expect(hidden()).toEqual([['two: handle of a', 2]]);
    expect(queue.commandCalls(SendMessageBatchCommand)[0]!.args[0].input.QueueUrl).toBe('https://sqs/1/two-dead');
  });
});

describe('a message that failed', () => {
  test('comes again after seconds, later each time, and never later than by itself', async () => {
    vi.mocked(Math.random).mockReturnValue(0.5);
    for (const received of [1, 2, 3, 4, 40]) await run(failing('a'), batch(record('a', received, { counted: 2 })));
    expect(hidden().map(([, seconds]) => seconds)).toEqual([3, 15, 75, 360, 360]);
  });

  test('comes again at a random moment, so that not all that failed together come together', async () => {
    vi.mocked(Math.random).mockReturnValueOnce(0).mockReturnValueOnce(0.999);
    await run(failing('a', 'b'), batch(record('a', 3), record('b', 3)));
    expect(hidden().map(([, seconds]) => seconds)).toEqual([38, 113]);
  });

  test('comes again late where SQS cannot be told', async () => {
    queue.on(ChangeMessageVisibilityBatchCommand).rejects(new Error('no queue'));
    expect(await run(failing('a'), batch(record('a')))).toEqual(['a']);
  });

  test('five times is moved with what it failed with at last', async () => {
    const [a, b, c] = [record('a', 5), record('b', 5), record('c', 1)];
    expect(await run(failing('a', 'c'), batch(a, b, c))).toEqual(['c']);
    expect(buried()).toEqual([['a', 'failed 5 times, at last: busy', 'body of a']]);
  });

  test('is not moved for deliveries that were throttled: they reached no worker', async () => {
    expect(await run(failing('a'), batch(record('a', 40, { counted: 2 })))).toEqual(['a']);
    expect(buried()).toEqual([]);
  });

  test('comes again where deliveries cannot be counted', async () => {
    table.on(UpdateCommand).rejects(new Error('no table'));
    expect(await run(failing('a'), batch(record('a', 9)))).toEqual(['a']);
    expect(buried()).toEqual([]);
  });
});

describe('a message on its last delivery', () => {
  test('is tried alone: only what broke the others is moved', async () => {
    const seen: string[][] = [];
    const handle: BatchHandler = async ({ Records }) => {
      seen.push(Records.map(({ messageId }) => messageId));
      if (Records.some(({ messageId }) => messageId === 'bad')) throw new TypeError('cannot be digested');
      return result({});
    };
    const event = batch(record('good', 5), record('bad', 5), record('young', 1));
    expect(await run(handle, event)).toEqual([]);
    expect(seen).toEqual([['young'], ['good'], ['bad']]);
    expect(buried()).toEqual([['bad', 'failed 5 times, at last: TypeError: cannot be digested', 'body of bad']]);
  });

  test('is done with once it was handled, whoever brings the worker down after it', async () => {
    await run(async () => result({}), batch(record('good', 5)));
    expect(counts.get('delivery#good')).toBeUndefined();
  });

  test('that brought its worker down when it was tried alone is moved untried', async () => {
    const bad = record('bad', 6);
    counts.set('delivery#bad', { deliveries: 4, alone: 1 });
    const handle = vi.fn<BatchHandler>();
    expect(await run(handle, batch(bad))).toEqual([]);
    expect(handle).not.toHaveBeenCalled();
    expect(buried()).toEqual([['bad', 'its worker died of it, or ran out of time, tried alone', 'body of bad']]);
  });

  test('comes again if there is no time to try it alone', async () => {
    const handle = vi.fn<BatchHandler>();
    expect(await run(handle, batch(record('a', 5)), 5_000)).toEqual(['a']);
    expect(handle).not.toHaveBeenCalled();
    expect(buried()).toEqual([]);
  });

  test('is done although the rest of its batch fails as a whole', async () => {
    const handle: BatchHandler = async ({ Records }) => {
      if (Records.length > 1) throw new Error('slow');
      return result({});
    };
    expect(await run(handle, batch(record('a'), record('b'), record('c', 5)))).toEqual(['a', 'b']);
  });
});
