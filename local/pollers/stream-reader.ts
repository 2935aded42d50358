import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { DynamoDBRecord } from 'aws-lambda';
import { AwsError } from '../aws/aws-json.ts';
import type { DynamoDb } from '../aws/dynamodb/dynamodb.ts';
import type { Log } from '../log.ts';

/** How far one event source mapping has come in one stream: the last sequence number of each shard. */
interface Checkpoint {
  streamArn: string;
  shards: Record<string, string>;
}

/** To replace a file takes some file systems a millisecond: not for every batch. */
const betweenWritesMs = 100;

/**
 * The checkpoints of all mappings, in one file, which is a moment behind: after this process was killed, the last records
 * are delivered once more, as those of a stream may be at any time.
 */
export class Checkpoints {
  private readonly file: string;
  private readonly all: Record<string, Checkpoint>;
  private nextWrite: NodeJS.Timeout | undefined;
  private waits = true;

  constructor(file: string) {
    this.file = file;
    this.all = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, Checkpoint>) : {};
  }

  of(mapping: string, streamArn: string): Record<string, string> {
    const known = this.all[mapping];
    // Another stream means another table of the same name: its sequence numbers start again.
    if (known?.streamArn === streamArn) return { ...known.shards };
    return {};
  }

  save(mapping: string, checkpoint: Checkpoint): void {
    this.all[mapping] = checkpoint;
    if (this.waits) this.nextWrite ??= setTimeout(() => this.write(), betweenWritesMs);
    else this.write();
  }

  /** Writes what is not written yet, and from now on everything at once: the run ends. */
  close(): void {
    this.waits = false;
    if (this.nextWrite) this.write();
  }

  private write(): void {
    clearTimeout(this.nextWrite);
    this.nextWrite = undefined;
    writeFileSync(`${this.file}.new`, JSON.stringify(this.all, null, 2));
    renameSync(`${this.file}.new`, this.file);
  }
}

interface Shard {
  id: string;
  parentId: string | undefined;
  iterator: string | undefined;
  ended: boolean;
  /** The last sequence number that was read. */
  last: string | undefined;
}

interface ShardDescription {
  ShardId: string;
  ParentShardId?: string;
}

/** Reads one stream from where its mapping has come to, parents before children. */
export class StreamReader {
  private readonly dynamoDb: DynamoDb;
  private readonly streamArn: string;
  private readonly mapping: string;
  private readonly startingPosition: string;
  private readonly checkpoints: Checkpoints;
  private readonly log: Log;
  private shards: Shard[] = [];
  private positions: Record<string, string>;
  /** Read, and not yet known to be processed; in order. */
  private pending: Array<{ shardId: string; sequenceNumber: string }> = [];

  constructor(
    dynamoDb: DynamoDb,
    source: { streamArn: string; mapping: string; startingPosition: string },
    checkpoints: Checkpoints,
    log: Log,
  ) {
    this.dynamoDb = dynamoDb;
    this.streamArn = source.streamArn;
    this.mapping = source.mapping;
    this.startingPosition = source.startingPosition;
    this.checkpoints = checkpoints;
    this.log = log;
    this.positions = checkpoints.of(source.mapping, source.streamArn);
  }

  /** The next records, up to a limit; none if there are none now. */
  async read(limit: number): Promise<DynamoDBRecord[]> {
    if (this.shards.every(({ ended }) => ended)) await this.findShards();
    const records: DynamoDBRecord[] = [];
    for (const shard of this.shards) {
      const parent = this.shards.find(({ id }) => id === shard.parentId);
      if (shard.ended || (parent && !parent.ended) || records.length >= limit) continue;
      records.push(...(await this.readShard(shard, limit - records.length)));
    }
    return records;
  }

  /** Notes that everything up to this record is processed. */
  passed(record: DynamoDBRecord | undefined): void {
    const at = this.pending.findIndex(({ sequenceNumber }) => sequenceNumber === record?.dynamodb?.SequenceNumber);
    this.settle(at + 1);
  }

  /** Notes that everything that was read is processed. */
  commit(): void {
    this.settle(this.pending.length);
  }

  /** Leaves nothing to be read again by the next run; call it when the run is about to end. */
  close(): void {
    this.checkpoints.close();
  }

  /** Reads again from the last record that is known to be processed. */
  rewind(): void {
    this.pending = [];
    this.shards = [];
  }

  private settle(count: number): void {
    if (count === 0) return;
    for (const { shardId, sequenceNumber } of this.pending.splice(0, count)) this.positions[shardId] = sequenceNumber;
    this.checkpoints.save(this.mapping, { streamArn: this.streamArn, shards: this.positions });
  }

  private async findShards(): Promise<void> {
    const found: ShardDescription[] = [];
    let last: unknown;
    do {
      const { StreamDescription } = await this.dynamoDb.callStreams('DescribeStream', {
        StreamArn: this.streamArn,
        ...(last !== undefined && { ExclusiveStartShardId: last }),
      });
      const description = StreamDescription as { Shards: ShardDescription[]; LastEvaluatedShardId?: string };
      found.push(...description.Shards);
      last = description.LastEvaluatedShardId;
    } while (last !== undefined);
    // Whether a shard is closed is not asked here: dynoxide gives open shards an ending sequence number.
    this.shards = found.map(
      ({ ShardId: id, ParentShardId: parentId }) =>
        this.shards.find((known) => known.id === id) ?? {
          id,
          parentId,
          iterator: undefined,
          ended: false,
          last: this.positions[id],
        },
    );
  }

  private async readShard(shard: Shard, limit: number): Promise<DynamoDBRecord[]> {
    shard.iterator ??= await this.newIterator(shard);
    const answer = await this.dynamoDb.callStreams('GetRecords', {
      ShardIterator: shard.iterator,
      Limit: Math.min(1_000, limit),
    });
    const records = answer.Records as DynamoDBRecord[];
    shard.iterator = answer.NextShardIterator as string | undefined;
    shard.ended = shard.iterator === undefined;
    this.checkForGap(shard, records[0]?.dynamodb?.SequenceNumber);
    shard.last = records.at(-1)?.dynamodb?.SequenceNumber ?? shard.last;
    for (const { dynamodb } of records) {
      this.pending.push({ shardId: shard.id, sequenceNumber: dynamodb?.SequenceNumber ?? '' });
    }
    return records;
  }

  /** dynoxide counts a table's changes without gaps, and trims without telling readers that are behind. */
  private checkForGap(shard: Shard, first: string | undefined): void {
    if (this.dynamoDb.engine !== 'dynoxide' || first === undefined || shard.last === undefined) return;
    const missed = Number(first) - Number(shard.last) - 1;
    if (missed > 0) this.log.error(`${this.mapping} has missed ${missed} changes: the stream keeps no more.`);
  }

  private async newIterator(shard: Shard): Promise<string> {
    const after = this.positions[shard.id];
    const fromStart = this.startingPosition !== 'LATEST' || shard.parentId !== undefined;
    const position =
      after === undefined
        ? { ShardIteratorType: fromStart ? 'TRIM_HORIZON' : 'LATEST' }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after };
    const where = { StreamArn: this.streamArn, ShardId: shard.id };
    try {
      return String((await this.dynamoDb.callStreams('GetShardIterator', { ...where, ...position })).ShardIterator);
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'TrimmedDataAccessException') throw error;
      this.log.error(`${this.mapping} has missed changes: the stream was trimmed beyond where it had come to.`);
      const answer = await this.dynamoDb.callStreams('GetShardIterator', {
        ...where,
        ShardIteratorType: 'TRIM_HORIZON',
      });
      return String(answer.ShardIterator);
    }
  }
}
