import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { Json, OracleChange } from '../../oracle/oracle.ts';
import { chunk, mapConcurrently } from '../../shared/batch/batch.ts';
import { shards } from '../../shared/lead/shard.ts';
import { BusQueue } from './bus-queue.ts';
import { type DrivenStack, type StartStack, stackInside } from './driven-stack.ts';
import type { LoadSegment } from './load-world.ts';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const queueOf = {
  profile: 'profileChanges',
  level: 'levelChanges',
  event: 'leadEvents',
  account: 'accountChanges',
} as const;

/** The functions between a change and the bus. */
export const functionsOnTheWay = [
  'ProfileChangesFunction',
  'LevelChangesFunction',
  'LeadEventsFunction',
  'AccountChangesFunction',
  'JobsFunction',
  'ProjectMembershipsFunction',
] as const;

/** The whole product on this machine, driven from outside, with somebody who listens to the bus. */
export class LocalRun<Stack extends DrivenStack = DrivenStack> {
  readonly bus: BusQueue;
  readonly stack: Stack;
  private readonly sqs: SQSClient;
  private readonly dynamodb: DynamoDBDocumentClient;
  private readonly directory: string;
  private readonly startStack: StartStack<Stack>;

  private constructor(stack: Stack, directory: string, startStack: StartStack<Stack>) {
    this.stack = stack;
    this.directory = directory;
    this.startStack = startStack;
    const { endpoints, region, credentials, allQueues } = stack.file;
    const client = (endpoint: string) => ({ region, endpoint, credentials: { ...credentials } });
    this.sqs = new SQSClient(client(endpoints.sqs));
    this.dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient(client(endpoints.dynamodb)), {
      marshallOptions: { removeUndefinedValues: true },
    });
    this.bus = new BusQueue(this.sqs, String(allQueues.subscriber));
  }

  /** Starts in a directory of its own. */
  static start(): Promise<LocalRun> {
    return LocalRun.startIn(mkdtempSync(join(tmpdir(), 'bench-')), stackInside);
  }

  /** Starts in that directory, or again on what a run left in it. */
  static async startIn<Stack extends DrivenStack>(
    directory: string,
    startStack: StartStack<Stack>,
  ): Promise<LocalRun<Stack>> {
    return new LocalRun(await startStack(directory), directory, startStack);
  }

  get file() {
    return this.stack.file;
  }

  /** Asks the API, and answers the body; throws what the API refuses. */
  async api(method: string, path: string, body?: object): Promise<Json> {
    const response = await fetch(`${this.file.apiUrl.replace(/\/$/, '')}${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? {} : JSON.parse(text);
  }

  /** Creates segments; they are recalculated like any others. */
  async createSegments(segments: readonly LoadSegment[]): Promise<void> {
    await mapConcurrently(segments, 2, (segment) => this.api('POST', '/segments', { ...segment, active: true }));
    await this.stack.warm();
  }

  /** All entries of a list, page by page. */
  async all(path: string, name: string): Promise<Json[]> {
    const entries: Json[] = [];
    for (let cursor: unknown = ''; cursor !== undefined; ) {
      const page = await this.api('GET', `${path}?limit=500${cursor ? `&cursor=${cursor}` : ''}`);
      entries.push(...(page[name] as Json[]));
      cursor = page.cursor;
    }
    return entries;
  }

  /** Sends changes to their queues, ten a call; `sent` hears of the moment (epoch ms) before each call. */
  async send(changes: readonly OracleChange[], sent: (change: OracleChange, at: number) => void = () => {}) {
    const calls = Object.entries(queueOf).flatMap(([from, queue]) => {
      const ofQueue = changes.filter((change) => change.queue === from);
      return chunk(ofQueue, 10).map((group) => ({ QueueUrl: this.file.queues[queue]!.url, group }));
    });
    await mapConcurrently(calls, 4, async ({ QueueUrl, group }) => {
      const Entries = group.map(({ message }, index) => ({ Id: String(index), MessageBody: JSON.stringify(message) }));
      const now = Date.now();
      for (const change of group) sent(change, now);
      const { Failed = [] } = await this.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
      if (Failed.length > 0) throw new Error(`Not sent: ${JSON.stringify(Failed)}`);
    });
  }

  /** Ids of all stored raw events of a type. */
  async eventIds(eventType: string): Promise<Set<string>> {
    const ids = new Set<string>();
    for (const shard of shards) {
      const query = {
        TableName: this.file.tables.events,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': `${eventType}#${shard}` },
        ProjectionExpression: 'sk',
        Limit: 1_000,
      };
      for await (const { Items = [] } of paginateQuery({ client: this.dynamodb }, query)) {
        for (const { sk } of Items) ids.add(String(sk).split('#')[2] ?? '');
      }
    }
    return ids;
  }

  /** Messages that nobody will work on again: dead letters, and those that wait although nothing moves. */
  async messagesLeft(): Promise<number> {
    const { waiting, deadLetters } = await this.stack.messagesKept();
    return waiting + deadLetters;
  }

  /** Resolves when everything sent so far is processed, projected, published and heard. */
  async settle(timeoutMs = 500_000): Promise<void> {
    await this.stack.idle({ timeoutMs, withoutWaits: true });
    await this.bus.drain();
  }

  /** Ends a function in the middle of what it does; answers how many threads that were. */
  kill(functionId: string): Promise<number> {
    return this.stack.kill(functionId);
  }

  /**
   * Ends the stack, by stopping it unless told otherwise, and starts it again on the same state. Answers the run that goes
   * on; this one is over.
   */
  async restart(end = () => this.stack.stop()): Promise<LocalRun<Stack>> {
    const listening = this.bus.stop();
    await end();
    await listening;
    this.disconnect();
    const run = await LocalRun.startIn(this.directory, this.startStack);
    for (const [id, event] of this.bus.heard) run.bus.heard.set(id, event);
    return run;
  }

  /** Stops, and forgets everything. */
  async stop(): Promise<void> {
    await this.bus.stop();
    await this.stack.stop();
    this.disconnect();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private disconnect(): void {
    this.sqs.destroy();
    this.dynamodb.destroy();
  }
}
