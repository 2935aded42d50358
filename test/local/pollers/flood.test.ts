import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { newMessage } from '../../../local/aws/sqs/message.ts';
import { MessageQueue } from '../../../local/aws/sqs/message-queue.ts';
import { AccountConcurrency, ThrottledError } from '../../../local/lambda/account-concurrency.ts';
import { type MappingProperties, pollerSettings } from '../../../local/pollers/event-source-mapping.ts';
import { QueuePoller } from '../../../local/pollers/queue-poller.ts';
import { readAssembly } from '../../../local/template/assembly.ts';

/** What a new account has. */
const accountConcurrency = 10;
/** What a function takes for a batch, and the API for an answer. */
const [batchMs, answerMs] = [300, 100];
/** How many batches Lambda works on at once for a mapping without a limit, until it is scaled up. */
const withoutLimit = 1_000;

/** The mapping of a queue, as the template has it. */
function mappingOf(queue: string): MappingProperties {
  const { Resources } = readAssembly(inject('assembly')).template;
  const mappings = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::EventSourceMapping');
  const found = mappings.find(({ Properties }) => JSON.stringify(Properties?.EventSourceArn).includes(`["${queue}`));
  return found?.Properties as unknown as MappingProperties;
}

/** An account with its queues, their mappings and functions that take their time. */
function account({ isLimited }: { isLimited: boolean }) {
  const concurrency = new AccountConcurrency(accountConcurrency);
  const run = async (ms: number): Promise<void> => {
    const giveBack = concurrency.take();
    await sleep(ms);
    giveBack();
  };
  const queueOf = (name: string) => {
    const properties = mappingOf(name);
    const attributes = { VisibilityTimeout: '360', RedrivePolicy: '' };
    const queue = new MessageQueue(name, `arn:${name}`, attributes, undefined, () => undefined);
    const common = { batchSize: 10, region: 'r', retryDelayMs: 1 };
    const limit = isLimited ? (properties.ScalingConfig?.MaximumConcurrency ?? withoutLimit) : withoutLimit;
    const handled: number[] = [];
    const invoke = async (event: string): Promise<object> => {
      await run(batchMs);
      for (const _ of JSON.parse(event).Records) handled.push(Date.now());
      return { batchItemFailures: [] };
    };
    const poller = new QueuePoller(queue, { invoke }, pollerSettings(properties, common), limit);
    poller.start();
    onTestFinished(() => poller.stop());
    return { queue, handled };
  };
  return { concurrency, run, queueOf };
}

/** Queues 100,000 page views; a moment later, a level change. Answers after how long (ms) that is decided, at most `patienceMs`. */
async function levelChangeInFlood(isLimited: boolean, patienceMs: number) {
  const { concurrency, run, queueOf } = account({ isLimited });
  const pageViews = queueOf('LeadEvents');
  const levels = queueOf('LevelChanges');
  pageViews.queue.add(Array.from({ length: 100_000 }, (_, index) => newMessage(`{"page":${index}}`)));
  await sleep(1_000);
  const sentAt = Date.now();
  levels.queue.add([newMessage('{"level":"Hot"}')]);
  let refused = 0;
  while (levels.handled.length === 0 && Date.now() < sentAt + patienceMs) {
    await run(answerMs).catch((error: unknown) => {
      if (!(error instanceof ThrottledError)) throw error;
      refused++;
    });
    await sleep(20);
  }
  const after = (levels.handled[0] ?? Number.POSITIVE_INFINITY) - sentAt;
  return { after, refused, throttles: concurrency.throttles, pageViews: pageViews.handled.length };
}

describe('100,000 page views in an account that runs ten functions at once', () => {
  it('leave room for a level change, which is decided within 5 s, and for the API', async () => {
    const { after, refused, throttles, pageViews } = await levelChangeInFlood(true, 5_000);
    expect(after).toBeLessThan(5_000);
    expect({ refused, throttles }).toEqual({ refused: 0, throttles: 0 });
    expect(pageViews).toBeGreaterThan(0);
  });

  it('would throttle all else, if no mapping had a maximum', async () => {
    const { refused, throttles } = await levelChangeInFlood(false, 1_500);
    expect(refused).toBeGreaterThan(0);
    expect(throttles).toBeGreaterThan(100);
  });
});
