import type { SQSEvent } from 'aws-lambda';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newMessage } from '../../../local/aws/sqs/message.ts';
import { MessageQueue } from '../../../local/aws/sqs/message-queue.ts';
import { Clock } from '../../../local/clock.ts';
import { pollerSettings } from '../../../local/pollers/event-source-mapping.ts';
import { QueuePoller } from '../../../local/pollers/queue-poller.ts';

const settings = pollerSettings(
  { EventSourceArn: '', FunctionName: '', FunctionResponseTypes: ['ReportBatchItemFailures'] },
  { batchSize: 10, region: 'r', retryDelayMs: 1 },
);

/** A queue whose time only the test moves, and what its function received, by body and receive count. */
function polled(handle: (event: SQSEvent, queue: MessageQueue) => unknown) {
  const clock = new Clock();
  clock.hold();
  const queue = new MessageQueue('q', 'arn:q', { VisibilityTimeout: '360' }, undefined, () => undefined, clock);
  const received: string[] = [];
  const invoke = async (text: string) => {
    const event = JSON.parse(text) as SQSEvent;
    for (const { body, attributes } of event.Records) received.push(`${body} ${attributes.ApproximateReceiveCount}`);
    return handle(event, queue);
  };
  const poller = new QueuePoller(queue, { invoke }, settings, 2);
  poller.start();
  onTestFinished(() => poller.stop());
  const receivedBy = async (ms: number): Promise<string[]> => {
    clock.advance(ms);
    await new Promise((resolve) => setTimeout(resolve, 150));
    return received;
  };
  return { queue, poller, receivedBy };
}

const failing = ({ Records }: SQSEvent) => ({
  batchItemFailures: Records.filter(({ body }) => body === 'bad').map(({ messageId }) => ({
    itemIdentifier: messageId,
  })),
});

describe('a message that failed', () => {
  it('stays hidden until its visibility timeout is over; the others of its batch are deleted', async () => {
    const { queue, receivedBy } = polled(failing);
    queue.add([newMessage('good'), newMessage('bad')]);
    expect(await receivedBy(0)).toEqual(['good 1', 'bad 1']);
    expect(await receivedBy(359_000)).toHaveLength(2);
    expect(await receivedBy(1_100)).toEqual(['good 1', 'bad 1', 'bad 2']);
  });

  it('stays hidden likewise with its whole batch when the function fails', async () => {
    const { queue, receivedBy } = polled(() => {
      throw new Error('broken');
    });
    queue.add([newMessage('good'), newMessage('bad')]);
    expect(await receivedBy(0)).toHaveLength(2);
    expect(await receivedBy(359_000)).toHaveLength(2);
    expect(await receivedBy(1_100)).toHaveLength(4);
  });

  it('comes again when the function said', async () => {
    const { queue, receivedBy } = polled((event, from) => {
      for (const { receiptHandle } of event.Records) from.changeVisibility(receiptHandle, 3_000);
      return failing(event);
    });
    queue.add([newMessage('bad')]);
    expect(await receivedBy(0)).toEqual(['bad 1']);
    expect(await receivedBy(2_900)).toEqual(['bad 1']);
    expect(await receivedBy(200)).toEqual(['bad 1', 'bad 2']);
  });

  it('comes again at once for who does not want to wait', async () => {
    const { queue, poller, receivedBy } = polled(failing);
    queue.add([newMessage('bad')]);
    await receivedBy(0);
    poller.endWaits();
    expect(await receivedBy(0)).toEqual(['bad 1', 'bad 2']);
  });
});
