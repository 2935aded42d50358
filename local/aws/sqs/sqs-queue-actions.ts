import { randomUUID } from 'node:crypto';
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
    DeleteQueue: (input) => sqs.remove(sqs.byUrl(input)),
    GetQueueUrl: ({ QueueName }) => ({ QueueUrl: sqs.urlOf(sqs.byUrl({ QueueUrl: QueueName })) }),
    ListQueues: ({ QueueNamePrefix = '' }) => {
      const found = sqs.all().filter(({ name }) => name.startsWith(String(QueueNamePrefix)));
      return { QueueUrls: found.map((queue) => sqs.urlOf(queue)) };
    },
    GetQueueAttributes: (input) => ({ Attributes: describe(sqs.byUrl(input), input.AttributeNames) }),
    SetQueueAttributes: (input) => sqs.change(sqs.byUrl(input), writable(input.Attributes)),
    PurgeQueue: (input) => sqs.byUrl(input).purge(),
    ListDeadLetterSourceQueues: (input) => {
      const { arn } = sqs.byUrl(input);
      const sources = sqs.all().filter(({ redrivePolicy }) => redrivePolicy?.deadLetterTargetArn === arn);
      return { queueUrls: sources.map((queue) => sqs.urlOf(queue)) };
    },
    StartMessageMoveTask: (input) => {
      moveDeadLetters(sqs, input);
      return { TaskHandle: randomUUID() };
    },
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

/** Each message goes back to the queue that it came from, unless a destination is given. */
function moveDeadLetters(sqs: QueuesOfSqs, { SourceArn, DestinationArn }: JsonObject): void {
  const source = sqs.byArn(String(SourceArn));
  if (!source) throw new AwsError('ResourceNotFoundException', `There is no queue ${String(SourceArn)}.`, 404);
  const home = sqs.all().find(({ redrivePolicy }) => redrivePolicy?.deadLetterTargetArn === source.arn);
  if (!home) throw new AwsError('InvalidParameterValue', 'The source is not the dead-letter queue of any queue.');
  for (const { message, receiptHandle } of source.receive(Number.POSITIVE_INFINITY)) {
    const destination = sqs.byArn(String(DestinationArn ?? message.deadLetterSourceArn ?? home.arn)) ?? home;
    const { deadLetterSourceArn: _from, firstReceivedAt: _first, ...sent } = message;
    destination.add([{ ...sent, receiveCount: 0, visibleAt: 0 }]);
    source.delete([receiptHandle]);
  }
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
