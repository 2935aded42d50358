import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type BatchHandler, type BatchResult, createQueueWorker } from '../../functions/queues/queue-frame.ts';
import { sqs, withoutPauses } from './faults.ts';

withoutPauses();

const queue = mockClient(sqs);
beforeEach(() => {
  process.env.DEAD_LETTERS_QUEUE_URL = 'https://dead';
  process.env.MAXIMUM_DELIVERIES = '5';
  queue.reset();
  queue.on(SendMessageBatchCommand).resolves({ Successful: [] });
  for (const level of ['warn', 'error'] as const) vi.spyOn(console, level).mockReturnValue();
});

const record = (messageId: string, deliveries = 1, body = `body of ${messageId}`) =>
  ({ messageId, body, attributes: { ApproximateReceiveCount: String(deliveries) } }) as SQSRecord;
const batch = (...Records: SQSRecord[]): SQSEvent => ({ Records });
const contextOf = (remainingMs: number) => ({ getRemainingTimeInMillis: () => remainingMs }) as Context;
const result = (failed: Record<string, string>, refused: BatchResult['refused'] = []): BatchResult => ({
  refused,
  failed: new Map(Object.entries(failed)),
});

const run = async (handle: BatchHandler, event: SQSEvent, remainingMs = 60_000) => {
  const { batchItemFailures } = await createQueueWorker(sqs, handle)(event, contextOf(remainingMs));
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
};
const buried = () =>
  queue
    .commandCalls(SendMessageBatchCommand)
    .flatMap((call) => call.args[0].input.Entries ?? [])
    .map(({ MessageBody, MessageAttributes }) => [
      MessageAttributes?.messageId?.StringValue,
      MessageAttributes?.reason?.StringValue,
      MessageBody,
    ]);

describe('a batch of a queue', () => {
  test('of which all is done is deleted', async () => {
    expect(await run(async () => result({}), batch(record('a'), record('b')))).toEqual([]);
    expect(buried()).toEqual([]);
  });

  test('has refused messages moved at once, whole and with the reason, and failed ones delivered again', async () => {
    const [a, b, c] = [record('a'), record('b'), record('c', 4)];
    const refused = [{ record: a, reason: '/leadId: is\u0000 missing' }];
    expect(await run(async () => result({ c: 'busy' }, refused), batch(a, b, c))).toEqual(['c']);
    expect(buried()).toEqual([['a', '/leadId: is? missing', 'body of a']]);
  });

  test('has messages that failed on their last delivery moved with what they failed with', async () => {
    const event = batch(record('a', 5), record('b', 5), record('c', 1));
    expect(await run(async () => result({ a: 'it was throttled too often', c: 'busy' }), event)).toEqual(['c']);
    expect(buried()).toEqual([['a', 'failed 5 times, at last: it was throttled too often', 'body of a']]);
  });

  test('that fails as a whole fails for everybody to see while deliveries are left', async () => {
    const fails = async () => {
      throw new Error('no database');
    };
    await expect(run(fails, batch(record('a', 4)))).rejects.toThrow('no database');
    expect(buried()).toEqual([]);
  });

  test('that fails as a whole has its last deliveries tried alone: only what broke it is moved', async () => {
    const seen: string[][] = [];
    const handle: BatchHandler = async ({ Records }) => {
      seen.push(Records.map(({ messageId }) => messageId));
      if (Records.some(({ messageId }) => messageId === 'bad')) throw new TypeError('cannot be digested');
      return result({});
    };
    const event = batch(record('good', 5), record('bad', 5), record('young', 1));
    expect(await run(handle, event)).toEqual(['young']);
    expect(seen).toEqual([['good', 'bad', 'young'], ['good'], ['bad']]);
    expect(buried()).toEqual([['bad', 'failed 5 times, at last: TypeError: cannot be digested', 'body of bad']]);
  });

  test('tries none alone without time for it', async () => {
    const handle = vi.fn<BatchHandler>().mockRejectedValue(new Error('slow'));
    expect(await run(handle, batch(record('a', 5), record('b', 1)), 5_000)).toEqual(['b']);
    expect(handle).toHaveBeenCalledTimes(1);
    expect(buried()).toEqual([['a', 'failed 5 times, at last: Error: slow', 'body of a']]);
  });

  test('comes again whole when the dead letters cannot be sent to: nothing is deleted unsent', async () => {
    queue.on(SendMessageBatchCommand).rejects(new Error('no queue'));
    const a = record('a');
    await expect(run(async () => result({}, [{ record: a, reason: 'no' }]), batch(a))).rejects.toThrow('no queue');
  });

  test('leaves a message that has no room for a reason to the queue, and holds up no other', async () => {
    const large = record('large', 1, 'x'.repeat(1_048_000));
    const small = record('small');
    const refused = [large, small].map((one) => ({ record: one, reason: 'is not JSON' }));
    expect(await run(async () => result({}, refused), batch(large, small))).toEqual(['large']);
    expect(buried()).toEqual([['small', 'is not JSON', 'body of small']]);
  });
});
