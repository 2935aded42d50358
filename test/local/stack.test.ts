import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { CreateQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import type { BusEvent } from '../../local/aws/eventbridge/event-bus.ts';
import type { LocalStackOptions } from '../../local/stack.ts';
import { type FixtureStack, startFixture } from './fixture/fixture-stack.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const running: FixtureStack[] = [];

async function start(stateDirectory: string, options: Partial<LocalStackOptions> = {}): Promise<FixtureStack> {
  const fixture = await startFixture(stateDirectory, options);
  running.push(fixture);
  return fixture;
}

afterEach(async () => {
  for (const { stack } of running.splice(0)) await stack.stop();
});

const ordersOf = ({ stack }: FixtureStack) => stack.file.queues.orders;

/** What the schedule of the fixture has left so far. */
async function ticksOf({ stack, dynamoDb }: Pick<FixtureStack, 'stack' | 'dynamoDb'>) {
  const { Items = [] } = await dynamoDb.send(
    new QueryCommand({
      TableName: stack.file.tables.items,
      IndexName: 'byKind',
      KeyConditionExpression: 'kind = :kind',
      ExpressionAttributeValues: { ':kind': { S: 'Scheduled Event' } },
    }),
  );
  return Items;
}

describe('the way of a message', () => {
  it('goes from queue to function to table to stream to bus to the queue of a rule made with the SDK', async () => {
    const fixture = await start(temporaryDirectory());
    const { stack, sqs, eventBridge, send, receive, item, problems } = fixture;
    const events: BusEvent[] = [];
    stack.onEvent((event) => events.push(event));
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'only-second' }));
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
    const rule = { Name: 'only-second', EventBusName: stack.file.busName };
    const EventPattern = JSON.stringify({ detail: { id: ['order-2'] } });
    await eventBridge.send(new PutRuleCommand({ ...rule, EventPattern }));
    const Targets = [{ Id: 'queue', Arn: Attributes?.QueueArn }];
    await eventBridge.send(new PutTargetsCommand({ Rule: rule.Name, EventBusName: rule.EventBusName, Targets }));

    await send(ordersOf(fixture)?.url, [{ id: 'order-1' }, { id: 'order-2' }]);
    await stack.idle();

    expect(await item('order-2')).toMatchObject({ tries: { N: '1' } });
    expect(events.map(({ detail }) => detail)).toEqual([
      { id: 'order-1', tries: 1 },
      { id: 'order-2', tries: 1 },
    ]);
    expect((await receive(QueueUrl)).map((body) => JSON.parse(body).detail)).toEqual([{ id: 'order-2', tries: 1 }]);
    expect(await receive(stack.file.allQueues.published)).toHaveLength(2);
    expect(problems).toEqual([]);
  });

  it('ends after 16 times with a function that feeds itself, as in Lambda', async () => {
    const fixture = await start(temporaryDirectory());
    const { stack, send, receive, item, problems } = fixture;
    await send(ordersOf(fixture)?.url, [{ id: 'again', round: 1 }]);
    await stack.idle({ withoutWaits: true });
    expect(await item('again')).toMatchObject({ round: { N: '16' } });
    expect(await receive(ordersOf(fixture)?.deadLetterUrl)).toEqual(['{"id":"again","round":17}']);
    expect(problems).toContainEqual(expect.stringContaining('RecursiveInvocationException'));
  });

  it('brings back only what failed, and parks poison in the dead letters', async () => {
    const fixture = await start(temporaryDirectory());
    const { stack, send, receive, item } = fixture;
    await send(ordersOf(fixture)?.url, [{ id: 'good' }, { id: 'bad', poison: true }]);
    await stack.idle({ withoutWaits: true });
    expect(await item('good')).toMatchObject({ tries: { N: '1' } });
    expect(await item('bad')).toBeUndefined();
    expect(await receive(ordersOf(fixture)?.deadLetterUrl)).toEqual(['{"id":"bad","poison":true}']);
    expect(stack.messagesKept()).toEqual({ waiting: 1, deadLetters: 1 });
  });

  it('splits a batch of stream records around a poisoned one, and keeps that in the failure bucket', async () => {
    const fixture = await start(temporaryDirectory());
    const { stack, send, s3, problems } = fixture;
    const published = new Set<unknown>();
    const created: unknown[] = [];
    stack.onEvent(({ source, detail }) => {
      if (source === 'aws.s3') created.push(detail);
      else published.add((detail as { id: string }).id);
    });
    const orders = Array.from({ length: 10 }, (_, at) => ({ id: `o${at}`, poisonLater: at === 6 }));
    await send(ordersOf(fixture)?.url, orders);
    await stack.idle();
    expect([...published].sort()).toEqual(['o0', 'o1', 'o2', 'o3', 'o4', 'o5', 'o7', 'o8', 'o9']);
    const Bucket = 'fixture-failures';
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
    expect(Contents).toHaveLength(1);
    expect(created).toMatchObject([{ bucket: { name: Bucket }, object: { key: Contents[0]?.Key } }]);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: Contents[0]?.Key ?? '' }));
    const failed = JSON.parse((await Body?.transformToString()) ?? '') as { payload: string };
    expect(failed).toMatchObject({
      requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 3 },
    });
    expect(JSON.parse(failed.payload)).toMatchObject({ Records: [{ dynamodb: { NewImage: { pk: { S: 'o6' } } } }] });
    expect(problems.join()).toContain('PublishOrders failed: Error: a poisoned record');
  });

  it('redelivers what a function was working on when it was killed', async () => {
    const fixture = await start(temporaryDirectory());
    const { stack, send, item } = fixture;
    await send(ordersOf(fixture)?.url, [{ id: 'slow', slowMs: 1_500 }]);
    await expect.poll(() => stack.kill('StoreOrders'), { timeout: 60_000, interval: 300 }).toBe(1);
    await stack.idle({ withoutWaits: true });
    expect(await item('slow')).toMatchObject({ tries: { N: '2' } });
  });

  it('redelivers after a crash and after a timeout of the function', async () => {
    const fixture = await start(temporaryDirectory());
    const { stack, send, item, problems } = fixture;
    await send(ordersOf(fixture)?.url, [{ id: 'crashing', crash: true }]);
    await stack.idle({ withoutWaits: true });
    await send(ordersOf(fixture)?.url, [{ id: 'sleeping', slowMs: 60_000 }]);
    await stack.idle({ withoutWaits: true });
    expect(await item('crashing')).toMatchObject({ tries: { N: '2' } });
    expect(await item('sleeping')).toMatchObject({ tries: { N: '2' } });
    expect(problems.join()).toContain('StoreOrders failed: Runtime.ExitError');
    expect(problems.join()).toContain('Task timed out after 2.00 seconds');
  });

  it('hands over only what the filter lets through, and deletes the rest', async () => {
    const fixture = await start(temporaryDirectory());
    const { stack, send, item } = fixture;
    await send(stack.file.allQueues.filtered, [{ id: 'keep-1' }, { id: 'drop-1' }, { no: 'id' }]);
    await stack.idle();
    expect(await item('keep-1')).toBeDefined();
    expect(await item('drop-1')).toBeUndefined();
    expect(stack.messagesKept()).toEqual({ waiting: 1, deadLetters: 0 });
  });

  it('runs a scheduled function with the event that AWS would send', async () => {
    const { stack, dynamoDb } = await start(temporaryDirectory());
    stack.fire('EveryMinute');
    await stack.idle();
    expect(await ticksOf({ stack, dynamoDb })).toMatchObject([{ pk: { S: 'tick' } }]);
  });

  it('lets a clock jump only where it was told to, and runs then what recurs', async () => {
    const fixture = await start(temporaryDirectory(), { movableClock: true, schedules: true });
    await fixture.stack.idle();
    const before = await ticksOf(fixture);
    fixture.stack.clock?.advance(3_600_000);
    await fixture.stack.idle();
    expect((await ticksOf(fixture)).length).toBeGreaterThan(before.length);
    expect((await start(temporaryDirectory())).stack.clock).toBeUndefined();
  });
});

describe('a restart', () => {
  it('keeps items and messages, and does not repeat the stream', async () => {
    const directory = temporaryDirectory();
    const first = await start(directory);
    await first.send(ordersOf(first)?.url, [{ id: 'before' }]);
    await first.stack.idle();
    const { published } = first.stack.file.allQueues;
    expect(await first.receive(published)).toHaveLength(1);
    expect(JSON.parse(readFileSync(join(directory, 'stack.json'), 'utf8'))).toEqual(first.stack.file);
    await first.stack.stop();
    expect(existsSync(join(directory, 'stack.json'))).toBe(false);

    const second = await start(directory);
    const events: BusEvent[] = [];
    second.stack.onEvent((event) => events.push(event));
    expect(await second.item('before')).toBeDefined();
    await second.send(ordersOf(second)?.url, [{ id: 'after' }]);
    await second.stack.idle();
    expect(events.map(({ detail }) => detail)).toEqual([{ id: 'after', tries: 1 }]);
    const bodies = await second.receive(second.stack.file.allQueues.published);
    expect(bodies.map((body) => JSON.parse(body).detail.id)).toEqual(['before', 'after']);
  });

  it('forgets everything when it is to be fresh', async () => {
    const directory = temporaryDirectory();
    const first = await start(directory);
    await first.send(first.stack.file.allQueues.published, [{ left: true }]);
    await first.send(ordersOf(first)?.url, [{ id: 'before' }]);
    await first.stack.idle();
    await first.stack.stop();
    const second = await startFixture(directory, { fresh: true });
    running.push(second);
    expect(await second.item('before')).toBeUndefined();
    expect(second.stack.messagesKept()).toEqual({ waiting: 0, deadLetters: 0 });
  });

  it('keeps what is in the queues when a start fails half way', async () => {
    const directory = temporaryDirectory();
    const first = await start(directory);
    await first.send(first.stack.file.allQueues.published, [{ left: true }]);
    await first.stack.stop();
    const taken = await start(temporaryDirectory());
    const sqs = Number(new URL(taken.stack.file.endpoints.sqs).port);
    await expect(startFixture(directory, { ports: { sqs } })).rejects.toThrow('is taken');
    expect((await start(directory)).stack.messagesKept()).toEqual({ waiting: 1, deadLetters: 0 });
  });

  it('refuses a second run on the same state', async () => {
    const directory = temporaryDirectory();
    await start(directory);
    await expect(startFixture(directory)).rejects.toThrow('is using');
  });
});
