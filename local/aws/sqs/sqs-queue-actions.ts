import { type AwsActions, AwsError, type JsonObject } from '../aws-json.ts';
import type { MessageQueue } from './message-queue.ts';
import type { QueuesOfSqs } from './queues-of-sqs.ts';

const writableAttributes = new Set([
  'DelaySeconds',
  'KmsDataKeyReusePeriodSeconds',
  'KmsMasterKeyId',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'Policy',
  'ReceiveMessageWaitTimeSeconds',
  'RedriveAllowPolicy',
  'RedrivePolicy',
  'SqsManagedSseEnabled',
  'VisibilityTimeout',
]);

/** The operations of SQS on queues. */
export function queueActions(sqs: QueuesOfSqs): AwsActions {
  return {
    CreateQueue: (input) => ({ QueueUrl: sqs.urlOf(createQueue(sqs, input)) }),
    GetQueueUrl: ({ QueueName }) => ({ QueueUrl: sqs.urlOf(sqs.byUrl({ QueueUrl: QueueName })) }),
    GetQueueAttributes: (input) => ({ Attributes: describe(sqs.byUrl(input), input.AttributeNames) }),
  };
}

function createQueue(sqs: QueuesOfSqs, input: JsonObject): MessageQueue {
  const name = String(input.QueueName ?? '');
  if (!/^[A-Za-z0-9_-]{1,80}$/.test(name)) {
    throw new AwsError('InvalidParameterValue', 'A queue name has 1 to 80 letters, digits, hyphens, underscores.');
  }
  const attributes = writable(input.Attributes);
  const existing = sqs.all().find((queue) => queue.name === name);
  if (!existing) return sqs.create(name, attributes);
  const different = Object.keys(attributes).find((key) => existing.attributes[key] !== attributes[key]);
  if (different) {
    throw new AwsError('QueueNameExists', `A queue of this name exists with another value of ${different}.`);
  }
  return existing;
}

function writable(attributes: unknown): Record<string, string> {
  const given = Object.entries((attributes ?? {}) as Record<string, string>);
  const unknown = given.find(([name]) => !writableAttributes.has(name));
  if (unknown) throw new AwsError('InvalidAttributeName', `Unknown Attribute ${unknown[0]}.`);
  return Object.fromEntries(given);
}

function describe(queue: MessageQueue, requested: unknown): Record<string, string> {
  const names = Array.isArray(requested) ? requested.map(String) : [];
  const seconds = String(Math.floor(queue.createdAt / 1_000));
  const all: Record<string, string> = {
    DelaySeconds: '0',
    MaximumMessageSize: '1048576',
    MessageRetentionPeriod: '345600',
    ReceiveMessageWaitTimeSeconds: '0',
    VisibilityTimeout: '30',
    ...queue.attributes,
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(queue.counts.ready),
    ApproximateNumberOfMessagesDelayed: String(queue.counts.delayed),
    ApproximateNumberOfMessagesNotVisible: String(queue.counts.inFlight),
    CreatedTimestamp: seconds,
    LastModifiedTimestamp: seconds,
  };
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes('All') || names.includes(name)));
}
