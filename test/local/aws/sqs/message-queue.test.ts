import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { newMessage } from '../../../../local/aws/sqs/message.ts';
import { MessageQueue, type QueueObserver } from '../../../../local/aws/sqs/message-queue.ts';
import { Clock } from '../../../../local/clock.ts';

const silent: QueueObserver = { added: () => undefined, removed: () => undefined };

function queueWith(
  attributes: Record<string, string> = {},
  deadLetters?: MessageQueue,
  clock = new Clock(),
): MessageQueue {
  return new MessageQueue('q', 'arn:aws:sqs:r:0:q', attributes, silent, () => deadLetters, clock);
}

const handlesOf = (received: ReturnType<MessageQueue['receive']>) => received.map(({ receiptHandle }) => receiptHandle);

describe('a queue', () => {
  it('hands out in order what was sent', () => {
    const queue = queueWith();
    queue.add(['a', 'b', 'c'].map((body) => newMessage(body)));
    expect(queue.receive(2).map(({ message }) => message.body)).toEqual(['a', 'b']);
    expect(queue.counts).toEqual({ ready: 1, delayed: 0, inFlight: 2 });
  });

  it('hands a message out again when its visibility timeout is over', async () => {
    const queue = queueWith();
    queue.add([newMessage('a')]);
    queue.receive(1, 100);
    expect(queue.receive(1)).toEqual([]);
    await queue.waitForMessage(1_000);
    expect(queue.receive(1)[0]?.message.receiveCount).toBe(2);
  });

  it('holds a delayed message back', async () => {
    const queue = queueWith();
    queue.add([{ ...newMessage('a'), visibleAt: Date.now() + 100 }]);
    expect(queue.counts).toEqual({ ready: 0, delayed: 1, inFlight: 0 });
    await queue.waitForMessage(1_000);
    expect(queue.receive(1)).toHaveLength(1);
  });

  it('brings a message back at once when its visibility is changed to nothing', async () => {
    const queue = queueWith({ VisibilityTimeout: '600' });
    queue.add([newMessage('a')]);
    const [handle = ''] = handlesOf(queue.receive(1));
    expect(queue.changeVisibility(handle, 0)).toBe(true);
    await queue.waitForMessage(1_000);
    expect(queue.counts.ready).toBe(1);
  });

  it('does not change the visibility of what is not in flight', () => {
    const queue = queueWith();
    queue.add([newMessage('a')]);
    const [handle = ''] = handlesOf(queue.receive(1));
    queue.delete([handle]);
    expect(queue.changeVisibility(handle, 0)).toBe(false);
  });

  it('deletes nothing by a handle from before the message was received again', async () => {
    const queue = queueWith();
    queue.add([newMessage('a')]);
    const old = handlesOf(queue.receive(1, 50));
    await queue.waitForMessage(1_000);
    const fresh = handlesOf(queue.receive(1));
    queue.delete(old);
    expect(queue.counts.inFlight).toBe(1);
    queue.delete(fresh);
    expect(queue.messages()).toEqual([]);
  });

  it('moves a message that was received too often to the dead letters, with where it came from', async () => {
    const deadLetters = queueWith();
    const policy = { deadLetterTargetArn: 'arn:dlq', maxReceiveCount: 2 };
    const queue = queueWith({ RedrivePolicy: JSON.stringify(policy) }, deadLetters);
    queue.add([newMessage('a')]);
    for (let time = 0; time < 2; time += 1) {
      queue.receive(1, 1);
      await queue.waitForMessage(1_000);
    }
    expect(queue.receive(1)).toEqual([]);
    expect(queue.messages()).toEqual([]);
    expect(deadLetters.messages()).toMatchObject([{ body: 'a', deadLetterSourceArn: queue.arn }]);
  });

  it('lets waiting receivers go when it is closed', async () => {
    const queue = queueWith();
    const waiting = queue.waitForMessage(60_000);
    queue.close();
    await waiting;
  });

  it('keeps its counts right through many messages in all states', async () => {
    const queue = queueWith();
    for (let round = 0; round < 50; round += 1) {
      queue.add(Array.from({ length: 100 }, (_, at) => newMessage(`${at}`, {}, at % 10 === 0 ? 900 : 0)));
      const handles = handlesOf(queue.receive(80, round % 2 ? 1 : 600_000));
      queue.delete(handles.slice(0, 60));
    }
    await sleep(120);
    const { ready, delayed, inFlight } = queue.counts;
    expect(delayed).toBe(500);
    expect(ready + delayed + inFlight).toBe(queue.messages().length);
    expect(queue.messages()).toHaveLength(50 * 40);
    queue.close();
  });
});

describe('a clock that jumps', () => {
  const bodies = (queue: MessageQueue) => queue.receive(10).map(({ message }) => message.body);
  const days = (count: number) => count * 86_400_000;

  it('brings at once what was delayed or in flight until then, in the order of its moments, and nothing else', () => {
    const clock = new Clock();
    clock.hold();
    const queue = queueWith({ VisibilityTimeout: '600' }, undefined, clock);
    const send = (body: string, delaySeconds: number) => newMessage(body, undefined, delaySeconds, clock.now());
    queue.add([send('in flight', 0)]);
    expect(bodies(queue)).toEqual(['in flight']);
    queue.add([send('last', 900), send('second', 120), send('first', 60)]);
    clock.advance(59_000);
    expect(bodies(queue)).toEqual([]);
    clock.advance(days(7));
    expect(queue.counts).toEqual({ ready: 4, delayed: 0, inFlight: 0 });
    expect(bodies(queue)).toEqual(['first', 'second', 'in flight', 'last']);
    queue.add([send('later', 60)]);
    clock.advance(61_000);
    expect(bodies(queue)).toEqual(['later']);
    queue.close();
  });

  it('wakes who waits for a message', async () => {
    const clock = new Clock();
    clock.hold();
    const queue = queueWith({}, undefined, clock);
    queue.add([newMessage('a', undefined, 900, clock.now())]);
    const waited = queue.waitForMessage(60_000);
    clock.advance(901_000);
    await waited;
    expect(bodies(queue)).toEqual(['a']);
    queue.close();
  });

  it('does nothing to a queue that is closed', () => {
    const clock = new Clock();
    const queue = queueWith({}, undefined, clock);
    queue.add([newMessage('a', undefined, 60, clock.now())]);
    queue.close();
    clock.advance(days(1));
    expect(queue.counts).toEqual({ ready: 0, delayed: 1, inFlight: 0 });
  });
});
