import { join } from 'node:path';
import { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import { accountId } from '../../template/resources.ts';
import { AwsError, type JsonObject, serveAwsJson } from '../aws-json.ts';
import type { Listener, LocalServer } from '../http-server.ts';
import { type Message, type MessageAttributes, newMessage } from './message.ts';
import { MessageJournal, readJournal } from './message-journal.ts';
import { MessageQueue } from './message-queue.ts';
import type { QueuesOfSqs } from './queues-of-sqs.ts';
import { messageActions } from './sqs-message-actions.ts';
import { queueActions } from './sqs-queue-actions.ts';

/** The SQS stand-in: standard queues; the messages of those of the template survive the end of this process. */
export class Sqs implements QueuesOfSqs {
  private readonly queues = new Map<string, MessageQueue>();
  private readonly journaled = new Set<MessageQueue>();
  private readonly region: string;
  private readonly journal: MessageJournal;
  private readonly left: Map<string, Message[]>;
  private server: LocalServer | undefined;

  readonly clock: Clock;

  constructor(stateDirectory: string, region: string, log: Log, clock = new Clock()) {
    const file = join(stateDirectory, 'messages.jsonl');
    this.region = region;
    this.clock = clock;
    this.left = readJournal(file, log);
    this.journal = new MessageJournal(file, () => this.snapshot());
  }

  get url(): string {
    if (!this.server) throw new Error('The SQS stand-in does not listen yet.');
    return this.server.url;
  }

  get port(): number {
    return this.server?.port ?? 0;
  }

  async listen(listener: Listener, log: Log): Promise<void> {
    this.server = await serveAwsJson(
      {
        targetPrefix: 'AmazonSQS',
        protocol: '1.0',
        bodyLimitBytes: 8 * 1024 * 1024,
        actions: { ...queueActions(this), ...messageActions(this) },
        queryErrorCode: (code) => queryErrorCodes[code] ?? code,
      },
      listener,
      log,
    );
  }

  /** Makes a queue of the template, with the messages that an earlier run left in it. */
  open(name: string, attributes: Record<string, string>): MessageQueue {
    const known = this.queues.get(name);
    if (known) return known;
    const queue = this.add(name, attributes, this.journal);
    // Whoever held a message before is gone: what was in flight is ready at once, delays are kept.
    const messages = this.left.get(name) ?? [];
    this.left.delete(name);
    queue.restore(messages.map((message) => (message.receiveCount > 0 ? { ...message, visibleAt: 0 } : message)));
    return queue;
  }

  /** Makes a queue for a client: it lasts as long as this process. */
  create(name: string, attributes: Record<string, string>): MessageQueue {
    return this.add(name, attributes);
  }

  /** Forgets the messages of queues that the template has no more. */
  forgetOtherQueues(log: Log): void {
    for (const [name, { length }] of this.left) {
      if (length > 0)
        log.warn(`${length} messages were left in ${name}, a queue that the template has no more; dropped.`);
    }
    this.left.clear();
    this.journal.compact();
  }

  all(): MessageQueue[] {
    return [...this.queues.values()];
  }

  byArn(arn: string): MessageQueue | undefined {
    return this.queues.get(arn.slice(arn.lastIndexOf(':') + 1));
  }

  /** The queue of a QueueUrl, whatever host the client reached it by. */
  byUrl(input: JsonObject): MessageQueue {
    const url = String(input.QueueUrl ?? '');
    const queue = this.queues.get(url.slice(url.lastIndexOf('/') + 1));
    if (!queue) throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
    return queue;
  }

  urlOf(queue: MessageQueue): string {
    return `${this.url}/${accountId}/${queue.name}`;
  }

  /** Puts a message into a queue from inside: bus targets, failure destinations. */
  send(queue: MessageQueue, body: string, attributes?: MessageAttributes): void {
    queue.add([newMessage(body, attributes, 0, this.clock.now())]);
  }

  /** Stops answering, and writes what is in the queues as it is now. */
  async stop(): Promise<void> {
    await this.server?.close();
    for (const queue of this.queues.values()) queue.close();
    this.journal.compact();
    this.journal.close();
  }

  private add(name: string, attributes: Record<string, string>, journal?: MessageJournal): MessageQueue {
    if (attributes.FifoQueue === 'true' || name.endsWith('.fifo')) {
      throw new AwsError('UnsupportedOperation', `${name}: the local SQS has no FIFO queues.`);
    }
    const arn = `arn:aws:sqs:${this.region}:${accountId}:${name}`;
    const queue = new MessageQueue(name, arn, attributes, journal, (other) => this.byArn(other), this.clock);
    this.queues.set(name, queue);
    if (journal) this.journaled.add(queue);
    return queue;
  }

  private *snapshot(): Generator<[queue: string, messages: Message[]]> {
    for (const queue of this.journaled) yield [queue.name, queue.messages()];
    // A start that fails half way must not forget the queues that it did not come to.
    yield* this.left;
  }
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
