import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { RedrivableQueue } from './redrive-queues.ts';
import { UsageError } from './usage-error.ts';

/** Where the messages of a queue wait, and where they came from. */
export interface RedriveTarget {
  readonly name: RedrivableQueue;
  /** The queue they go back to; events go back to the bus, batches of streams to their function. */
  readonly sourceUrl?: string;
  readonly deadLettersUrl: string;
}

/** Finds the dead letters of a queue by the queue's own settings. Those of bus and streams are at the URL itself. */
export async function targetOf(sqs: SQSClient, name: RedrivableQueue, url: string): Promise<RedriveTarget> {
  if (name === 'busDeadLetters' || name === 'streamDeadLetters') return { name, deadLettersUrl: url };
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['RedrivePolicy'] }),
  );
  const policy = Attributes?.RedrivePolicy;
  if (!policy) throw new UsageError(`${url} has no dead letters: name the queue itself, not its dead letters.`);
  const arn = String(JSON.parse(policy).deadLetterTargetArn);
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: arn.slice(arn.lastIndexOf(':') + 1) }));
  if (!QueueUrl) throw new UsageError(`The dead letters of ${url} are not there: ${arn}.`);
  return { name, sourceUrl: url, deadLettersUrl: QueueUrl };
}
