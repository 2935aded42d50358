import { setMaxListeners } from 'node:events';
import type { SQSRecord } from 'aws-lambda';
import { md5, md5OfAttributes } from '../aws/sqs/message-md5.ts';
import type { MessageQueue, ReceivedMessage } from '../aws/sqs/message-queue.ts';
import { systemAttributes } from '../aws/sqs/sqs-message-actions.ts';
import { untilThereIsRoom } from '../lambda/account-concurrency.ts';
import type { LocalFunction } from '../lambda/local-function.ts';
import { failedItems } from './batch-response.ts';
import type { PollerSettings } from './event-source-mapping.ts';

/** What Lambda accepts as one event. */
const eventLimitBytes = 6 * 1024 * 1024;

/** Feeds one function from one queue, as an event source mapping does. */
export class QueuePoller {
  readonly queue: MessageQueue;
  private readonly target: Pick<LocalFunction, 'invoke'>;
  private readonly settings: PollerSettings;
  private readonly concurrency: number;
  private readonly stopping = new AbortController();
  private readonly running = new Set<Promise<void>>();
  private loop: Promise<void> | undefined;
  private gathering = false;

  constructor(
    queue: MessageQueue,
    target: Pick<LocalFunction, 'invoke'>,
    settings: PollerSettings,
    concurrency: number,
  ) {
    this.queue = queue;
    this.target = target;
    this.settings = settings;
    this.concurrency = concurrency;
    // Each batch that waits for room listens.
    setMaxListeners(0, this.stopping.signal);
  }

  /** Whether it holds no message, and none is ready or in flight. Delayed ones do not count. */
  get idle(): boolean {
    const { ready, inFlight } = this.queue.counts;
    return this.running.size === 0 && !this.gathering && ready === 0 && inFlight === 0;
  }

  /** Has messages come again at once that nobody works on, as if the time was over for which they are hidden. */
  endWaits(): void {
    if (this.running.size === 0 && !this.gathering) this.queue.reveal();
  }

  start(): void {
    this.loop ??= this.poll();
  }

  /** Takes no more messages, and waits for those that are being worked on. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
    await Promise.all(this.running);
  }

  private async poll(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      if (this.running.size >= this.concurrency) await Promise.race(this.running);
      await this.queue.waitForMessage(20_000, signal);
      if (signal.aborted) return;
      this.gathering = true;
      const batch = await this.gather(signal);
      if (batch.length > 0) {
        const run = this.process(batch).finally(() => this.running.delete(run));
        this.running.add(run);
      }
      this.gathering = false;
    }
  }

  /** Collects messages until the batch is full or its window is over; those the filter refuses are deleted. */
  private async gather(signal: AbortSignal): Promise<ReceivedMessage[]> {
    const { batchSize, windowMs } = this.settings;
    const batch: ReceivedMessage[] = [];
    let bytes = 0;
    const take = (): void => {
      for (const one of this.queue.receive(batchSize - batch.length, undefined, eventLimitBytes - bytes)) {
        bytes += one.message.body.length;
        if (this.settings.passes(this.filterable(one))) batch.push(one);
        else this.queue.delete([one.receiptHandle]);
      }
    };
    take();
    const until = Date.now() + windowMs;
    while (batch.length < batchSize && bytes < eventLimitBytes / 2 && Date.now() < until && !signal.aborted) {
      await this.queue.waitForMessage(until - Date.now(), signal);
      take();
    }
    return batch;
  }

  private async process(batch: ReceivedMessage[]): Promise<void> {
    const failed = await this.invoke(batch);
    const succeeded = batch.filter(({ message }) => failed !== 'all' && !failed.has(message.id));
    this.queue.delete(succeeded.map(({ receiptHandle }) => receiptHandle));
    // The others come again when their visibility timeout is over, unless the function has changed it.
  }

  private async invoke(batch: ReceivedMessage[]): Promise<'all' | Set<string>> {
    try {
      const event = JSON.stringify({ Records: batch.map((one) => this.record(one)) });
      const traces = batch.map(({ message }) => systemAttributes(message).AWSTraceHeader);
      const patience = { patienceMs: this.queue.visibilityTimeoutMs, signal: this.stopping.signal };
      const response = await untilThereIsRoom(() => this.target.invoke(event, traces), patience);
      if (!this.settings.reportsItemFailures) return new Set();
      return failedItems(response, new Set(batch.map(({ message }) => message.id)));
    } catch {
      // The function has logged its failure by itself, if it ran at all; here it means that every message comes back.
      return 'all';
    }
  }

  private record({ message, receiptHandle }: ReceivedMessage): SQSRecord {
    const attributes = message.attributes ?? {};
    return {
      messageId: message.id,
      receiptHandle,
      body: message.body,
      attributes: systemAttributes(message) as unknown as SQSRecord['attributes'],
      messageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
          name,
          {
            ...(StringValue !== undefined && { stringValue: StringValue }),
            ...(BinaryValue !== undefined && { binaryValue: BinaryValue }),
            stringListValues: [],
            binaryListValues: [],
            dataType: DataType,
          } as SQSRecord['messageAttributes'][string],
        ]),
      ),
      ...(message.attributes && { md5OfMessageAttributes: md5OfAttributes(attributes) }),
      md5OfBody: md5(message.body),
      eventSource: 'aws:sqs',
      eventSourceARN: this.queue.arn,
      awsRegion: this.settings.region,
    };
  }

  /** A filter sees a JSON body by its fields. */
  private filterable(one: ReceivedMessage): object {
    const record = this.record(one);
    try {
      return { ...record, body: JSON.parse(record.body) as unknown };
    } catch (error) {
      if (error instanceof SyntaxError) return record;
      throw error;
    }
  }
}
