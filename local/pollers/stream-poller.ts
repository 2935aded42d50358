import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBRecord } from 'aws-lambda';
import { untilThereIsRoom } from '../lambda/account-concurrency.ts';
import type { LocalFunction } from '../lambda/local-function.ts';
import type { Log } from '../log.ts';
import { failedItems } from './batch-response.ts';
import type { MappingProperties, PollerSettings } from './event-source-mapping.ts';
import type { FailedBatch } from './failed-batch.ts';
import type { StreamReader } from './stream-reader.ts';

interface StreamPollerSettings extends PollerSettings {
  bisects: boolean;
  /** -1: until it succeeds. */
  maxRetries: number;
  /** -1: of any age. */
  maxAgeSeconds: number;
  functionArn: string;
  streamArn: string;
  giveUp: (batch: FailedBatch) => Promise<void>;
}

export function streamPollerSettings(
  properties: MappingProperties,
  common: PollerSettings,
  rest: Pick<StreamPollerSettings, 'functionArn' | 'streamArn' | 'giveUp'>,
): StreamPollerSettings {
  return {
    ...common,
    bisects: properties.BisectBatchOnFunctionError ?? false,
    maxRetries: properties.MaximumRetryAttempts ?? -1,
    maxAgeSeconds: properties.MaximumRecordAgeInSeconds ?? -1,
    ...rest,
  };
}

/** Lambda looks at a stream four times a second. */
const betweenReadsMs = 250;
/** While somebody waits for all to be done, the next look comes sooner; for tests also while there was something lately. */
const betweenLivelyReadsMs = 15;
const livelyForMs = 1_000;
const longestRetryDelayMs = 10_000;

/** Feeds one function from one table's stream, in order, as an event source mapping does. */
export class StreamPoller {
  private readonly reader: StreamReader;
  private readonly target: LocalFunction;
  private readonly settings: StreamPollerSettings;
  private readonly log: Log;
  private readonly stopping = new AbortController();
  private loop: Promise<void> | undefined;
  private emptyReads = 0;
  private livelyUntil = 0;
  private working = false;

  constructor(reader: StreamReader, target: LocalFunction, settings: StreamPollerSettings, log: Log) {
    this.reader = reader;
    this.target = target;
    this.settings = settings;
    this.log = log;
  }

  start(): void {
    this.loop ??= this.poll();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.reader.close();
    await this.loop;
  }

  /** Resolves once a read that began after now has found nothing more, and nothing is being worked on. */
  async caughtUp(): Promise<void> {
    const from = this.emptyReads;
    // The read under way may have begun before now: the second one counts.
    while (!this.stopping.signal.aborted && (this.working || this.emptyReads < from + 2)) {
      this.livelyUntil = Date.now() + livelyForMs;
      await this.pause(5);
    }
  }

  private async poll(): Promise<void> {
    const { signal } = this.stopping;
    let failures = 0;
    while (!signal.aborted) {
      try {
        const records = await this.gather();
        if (signal.aborted) return;
        if (records.length > 0) await this.process(records, 0);
        if (!signal.aborted) this.reader.commit();
        this.working = false;
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        this.log.error(`Reading ${this.settings.streamArn}: ${(error as Error).message}; trying again.`);
        this.reader.rewind();
        await this.pause(Math.min(longestRetryDelayMs, 100 * 2 ** failures));
      }
    }
  }

  /** Collects records that pass the filter until the batch is full or its window is over. */
  private async gather(): Promise<DynamoDBRecord[]> {
    const { batchSize, windowMs } = this.settings;
    const batch: DynamoDBRecord[] = [];
    let until = Number.POSITIVE_INFINITY;
    while (!this.stopping.signal.aborted && batch.length < batchSize && Date.now() < until) {
      const read = await this.reader.read(batchSize - batch.length);
      batch.push(...read.map((record) => this.complete(record)).filter((record) => this.settings.passes(record)));
      if (batch.length > 0) {
        this.working = true;
        until = Math.min(until, Date.now() + windowMs);
      }
      if (read.length > 0) {
        if (this.settings.isEager) this.livelyUntil = Date.now() + livelyForMs;
        continue;
      }
      if (batch.length === 0) {
        this.emptyReads += 1;
        this.reader.commit();
      }
      const idleMs = Date.now() < this.livelyUntil ? betweenLivelyReadsMs : betweenReadsMs;
      await this.pause(Math.min(idleMs, until - Date.now()));
    }
    return batch;
  }

  /** Invokes until every record is done or given up; returns early only when stopping. */
  private async process(records: DynamoDBRecord[], earlierAttempts: number): Promise<void> {
    const { bisects, maxRetries, maxAgeSeconds, retryDelayMs, giveUp, functionArn, streamArn } = this.settings;
    let rest = records;
    let attempts = earlierAttempts;
    while (rest.length > 0) {
      const fresh = rest.filter((record) => maxAgeSeconds < 0 || ageSeconds(record) <= maxAgeSeconds);
      if (fresh.length < rest.length) {
        const old = rest.filter((record) => !fresh.includes(record));
        await giveUp({ functionArn, streamArn, records: old, attempts, condition: 'RecordAgeExceeded' });
        rest = fresh;
        continue;
      }
      const outcome = await this.invoke(rest);
      if (this.stopping.signal.aborted && outcome !== 'done') return;
      if (outcome === 'done') return this.reader.passed(rest.at(-1));
      if (typeof outcome === 'number' && outcome > 0) {
        this.reader.passed(rest[outcome - 1]);
        rest = rest.slice(outcome);
        attempts = 0;
      } else if (bisects && rest.length > 1) {
        // Splitting does not count as a retry.
        const middle = Math.ceil(rest.length / 2);
        await this.process(rest.slice(0, middle), attempts);
        if (this.stopping.signal.aborted) return;
        await this.process(rest.slice(middle), attempts);
        return;
      }
      attempts += 1;
      if (maxRetries >= 0 && attempts > maxRetries) {
        await giveUp({ functionArn, streamArn, records: rest, attempts, condition: 'RetryAttemptsExhausted' });
        return this.reader.passed(rest.at(-1));
      }
      await this.pause(Math.min(longestRetryDelayMs, retryDelayMs * 2 ** (attempts - 1)));
      if (this.stopping.signal.aborted) return;
    }
  }

  /** `done`, `failed` as a whole, or the position of the first record that failed. */
  private async invoke(records: DynamoDBRecord[]): Promise<'done' | 'failed' | number> {
    try {
      // Without room for the function the batch waits, which counts as no attempt.
      const patience = { patienceMs: Number.POSITIVE_INFINITY, signal: this.stopping.signal };
      const response = await untilThereIsRoom(() => this.target.invoke(JSON.stringify({ Records: records })), patience);
      if (!this.settings.reportsItemFailures) return 'done';
      const sequenceNumbers = records.map(({ dynamodb }) => dynamodb?.SequenceNumber ?? '');
      const failed = failedItems(response, new Set(sequenceNumbers));
      if (failed === 'all') return 'failed';
      if (failed.size === 0) return 'done';
      return sequenceNumbers.findIndex((sequenceNumber) => failed.has(sequenceNumber));
    } catch {
      // The function has logged its failure by itself.
      return 'failed';
    }
  }

  private complete(record: DynamoDBRecord): DynamoDBRecord {
    const { streamArn, region } = this.settings;
    const eventID = createHash('md5').update(`${streamArn}/${record.dynamodb?.SequenceNumber}`).digest('hex');
    return { ...record, eventID, awsRegion: region, eventSourceARN: streamArn };
  }

  /** Waits, less long when it is to stop. */
  private async pause(ms: number): Promise<void> {
    if (ms > 0) await sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}

function ageSeconds(record: DynamoDBRecord): number {
  return Date.now() / 1_000 - (record.dynamodb?.ApproximateCreationDateTime ?? 0);
}
