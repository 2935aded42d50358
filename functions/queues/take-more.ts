import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { deleteMessages, receiveMessages } from '../../shared/aws/send-messages.ts';
import { fullBatch } from '../../shared/freshness/worker-freshness.ts';
import type { QueueFunction } from './queue-frame.ts';
import { sourceOf, sourceQueues } from './source-queues.ts';

/** As many messages as Lambda hands out without waiting for more, and as SQS gives in one call. */
const atOnce = 10;

/**
 * A worker that takes more of its queue when Lambda gave it as many messages as it gives at once: more are waiting then, and
 * those of a full batch share their calls to AWS. With a batching window Lambda would gather them itself, but a lone message
 * waits then, up to 20 seconds.
 *
 * Messages that the worker took itself are deleted when they are done; those that failed it has told SQS of.
 */
export function takingMore(sqs: SQSClient, worker: QueueFunction): QueueFunction {
  const sources = sourceQueues();
  return async ({ Records }, context) => {
    const { queueUrl } = sourceOf(sources, Records[0]);
    const more = Records.length === atOnce ? await receive(sqs, queueUrl, Records[0]!) : [];
    if (more.length === 0) return worker({ Records }, context);
    const { batchItemFailures } = await worker({ Records: [...Records, ...more] }, context);
    const failedIds = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const done = more.filter(({ messageId }) => !failedIds.has(messageId));
    const handles = done.map(({ receiptHandle }) => receiptHandle);
    for (const [index, reason] of await deleteMessages(sqs, queueUrl, handles)) {
      console.warn(`Message ${done[index]?.messageId} is done and comes again: ${reason}`);
    }
    // Lambda takes its whole batch for failed if it is told of a message that is not in it.
    const ofLambda = new Set(Records.map(({ messageId }) => messageId));
    return { batchItemFailures: batchItemFailures.filter(({ itemIdentifier }) => ofLambda.has(itemIdentifier)) };
  };
}

/** Receives what makes a batch full, as far as it waits. What fails is logged: it stays in the queue. */
async function receive(sqs: SQSClient, queueUrl: string, like: SQSRecord): Promise<SQSRecord[]> {
  const once = async (): Promise<SQSRecord[]> => {
    try {
      const messages = await receiveMessages(sqs, queueUrl);
      return messages.map(({ MessageId, ReceiptHandle, Body, Attributes, MD5OfBody }) => ({
        ...like,
        messageId: MessageId!,
        receiptHandle: ReceiptHandle!,
        body: Body ?? '',
        attributes: Attributes as unknown as SQSRecord['attributes'],
        messageAttributes: {},
        md5OfBody: MD5OfBody ?? '',
      }));
    } catch (error) {
      console.warn('No more messages could be received', error);
      return [];
    }
  };
  // The first call says whether it is worth making the others.
  const first = await once();
  if (first.length < atOnce) return first;
  const others = Array.from({ length: fullBatch / atOnce - 2 }, once);
  return [first, ...(await Promise.all(others))].flat();
}
