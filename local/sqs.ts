import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { AwsError, type JsonObject, serveAwsJson } from './aws-json.ts';
import type { Listener, LocalServer } from './http-server.ts';
import type { Log } from './log.ts';
import { type JournaledQueue, MessageJournal, readJournal } from './message-journal.ts';
import { type MessageAttributes, MessageQueue, newMessage } from './message-queue.ts';
import { ACCOUNT_ID } from './resources.ts';
import { messageActions } from './sqs-message-actions.ts';

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

/** The SQS stand-in: standard queues whose messages survive the end of this process. */
export class Sqs {
  readonly #queues = new Map<string, MessageQueue>();
  readonly #madeByClients = new Set<string>();
  readonly #region: string;
  readonly #journal: MessageJournal;
  readonly #left: Map<string, JournaledQueue>;
  #server: LocalServer | undefined;

  constructor(stateDirectory: string, region: string, log: Log) {
    const file = join(stateDirectory, 'messages.jsonl');
    this.#region = region;
    this.#left = readJournal(file, log);
    this.#journal = new MessageJournal(file, () => this.#snapshot());
  }

  get url(): string {
    if (!this.#server) throw new Error('The SQS stand-in does not listen yet.');
    return this.#server.url;
  }

  get port(): number {
    return this.#server?.port ?? 0;
  }

  async listen(listener: Listener, log: Log): Promise<void> {
    this.#server = await serveAwsJson(
      {
        targetPrefix: 'AmazonSQS',
        protocol: '1.0',
        bodyLimitBytes: 8 * 1024 * 1024,
        actions: { ...this.#queueActions(), ...messageActions(this) },
        queryErrorCode: (code) => queryErrorCodes[code] ?? code,
      },
      listener,
      log,
    );
  }

  /** Makes a queue of the template, with the messages that an earlier run left in it. */
  open(name: string, attributes: Record<string, string>): MessageQueue {
    if (attributes.FifoQueue === 'true' || name.endsWith('.fifo')) {
      throw new AwsError('UnsupportedOperation', `${name}: the local SQS has no FIFO queues.`);
    }
    const known = this.#queues.get(name);
    if (known) return known;
    const arn = `arn:aws:sqs:${this.#region}:${ACCOUNT_ID}:${name}`;
    const queue = new MessageQueue(name, arn, attributes, this.#journal, (other) => this.byArn(other));
    this.#queues.set(name, queue);
    // Whoever held a message before is gone: what was in flight is ready at once, delays are kept.
    const messages = this.#left.get(name)?.messages ?? [];
    this.#left.delete(name);
    queue.restore(messages.map((message) => (message.receiveCount > 0 ? { ...message, visibleAt: 0 } : message)));
    return queue;
  }

  /** Makes the queues again that clients had made, and forgets messages of queues that the template has no more. */
  reopenQueuesOfClients(log: Log): void {
    for (const { name, attributes, messages } of [...this.#left.values()]) {
      if (attributes) {
        this.#madeByClients.add(name);
        this.open(name, attributes);
      } else if (messages.length > 0) {
        log.warn(`${messages.length} messages were left in ${name}, a queue that the template has no more; dropped.`);
      }
    }
    this.#left.clear();
    this.#journal.compact();
  }

  all(): MessageQueue[] {
    return [...this.#queues.values()];
  }

  byArn(arn: string): MessageQueue | undefined {
    return this.#queues.get(arn.slice(arn.lastIndexOf(':') + 1));
  }

  /** The queue of a QueueUrl, whatever host the client reached it by. */
  byUrl(input: JsonObject): MessageQueue {
    const url = String(input.QueueUrl ?? '');
    const queue = this.#queues.get(url.slice(url.lastIndexOf('/') + 1));
    if (!queue) throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
    return queue;
  }

  /** Puts a message into a queue from inside: bus targets, failure destinations. */
  send(queue: MessageQueue, body: string, attributes?: MessageAttributes): void {
    queue.add([newMessage(body, attributes)]);
  }

  /** Stops answering, and writes what is in the queues as it is now. */
  async stop(): Promise<void> {
    await this.#server?.close();
    for (const queue of this.#queues.values()) queue.close();
    this.#journal.compact();
    this.#journal.close();
  }

  *#snapshot(): Generator<JournaledQueue> {
    for (const [name, queue] of this.#queues) {
      const attributes = this.#madeByClients.has(name) && { attributes: queue.attributes };
      yield { name, ...(attributes || {}), messages: queue.messages() };
    }
  }

  #queueActions(): Record<string, (input: JsonObject) => unknown> {
    const urlOf = (queue: MessageQueue): string => `${this.url}/${ACCOUNT_ID}/${queue.name}`;
    return {
      CreateQueue: (input) => {
        const name = String(input.QueueName ?? '');
        if (!/^[A-Za-z0-9_-]{1,80}$/.test(name)) {
          throw new AwsError(
            'InvalidParameterValue',
            'A queue name has 1 to 80 letters, digits, hyphens, underscores.',
          );
        }
        const attributes = writable(input.Attributes);
        const existing = this.#queues.get(name);
        const different =
          existing && Object.keys(attributes).find((key) => existing.attributes[key] !== attributes[key]);
        if (different) {
          throw new AwsError('QueueNameExists', `A queue of this name exists with another value of ${different}.`);
        }
        if (!existing) {
          this.#journal.created(name, attributes);
          this.#madeByClients.add(name);
        }
        return { QueueUrl: urlOf(existing ?? this.open(name, attributes)) };
      },
      DeleteQueue: (input) => {
        const queue = this.byUrl(input);
        queue.close();
        this.#queues.delete(queue.name);
        this.#madeByClients.delete(queue.name);
        this.#journal.dropped(queue.name);
      },
      GetQueueUrl: ({ QueueName }) => ({ QueueUrl: urlOf(this.byUrl({ QueueUrl: QueueName })) }),
      ListQueues: ({ QueueNamePrefix = '' }) => ({
        QueueUrls: this.all()
          .filter(({ name }) => name.startsWith(String(QueueNamePrefix)))
          .map(urlOf),
      }),
      GetQueueAttributes: (input) => ({ Attributes: describe(this.byUrl(input), input.AttributeNames) }),
      SetQueueAttributes: (input) => {
        const queue = this.byUrl(input);
        queue.attributes = { ...queue.attributes, ...writable(input.Attributes) };
        if (this.#madeByClients.has(queue.name)) this.#journal.created(queue.name, queue.attributes);
      },
      PurgeQueue: (input) => this.byUrl(input).purge(),
      ListDeadLetterSourceQueues: (input) => {
        const { arn } = this.byUrl(input);
        return {
          queueUrls: this.all()
            .filter((q) => q.redrivePolicy?.deadLetterTargetArn === arn)
            .map(urlOf),
        };
      },
      StartMessageMoveTask: (input) => ({ TaskHandle: this.#moveDeadLetters(input) }),
    };
  }

  #moveDeadLetters({ SourceArn, DestinationArn }: JsonObject): string {
    const source = this.byArn(String(SourceArn));
    if (!source) throw new AwsError('ResourceNotFoundException', `There is no queue ${String(SourceArn)}.`, 404);
    const home = this.all().find(({ redrivePolicy }) => redrivePolicy?.deadLetterTargetArn === source.arn);
    if (!home) throw new AwsError('InvalidParameterValue', 'The source is not the dead-letter queue of any queue.');
    for (const { message, receiptHandle } of source.receive(Number.POSITIVE_INFINITY)) {
      const destination = this.byArn(String(DestinationArn ?? message.deadLetterSourceArn ?? home.arn));
      if (!destination) continue;
      const { deadLetterSourceArn: _from, firstReceivedAt: _first, ...sent } = message;
      destination.add([{ ...sent, receiveCount: 0, visibleAt: 0 }]);
      source.delete([receiptHandle]);
    }
    return randomUUID();
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

const queryErrorCodes: Record<string, string> = {
  BatchEntryIdsNotDistinct: 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct',
  BatchRequestTooLong: 'AWS.SimpleQueueService.BatchRequestTooLong',
  EmptyBatchRequest: 'AWS.SimpleQueueService.EmptyBatchRequest',
  InvalidBatchEntryId: 'AWS.SimpleQueueService.InvalidBatchEntryId',
  MessageNotInflight: 'AWS.SimpleQueueService.MessageNotInflight',
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  QueueNameExists: 'QueueAlreadyExists',
  TooManyEntriesInBatchRequest: 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
  UnsupportedOperation: 'AWS.SimpleQueueService.UnsupportedOperation',
};
