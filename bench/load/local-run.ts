import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { collectingLog } from '../../local/log.ts';
import { type LocalStack, startLocalStack } from '../../local/stack.ts';
import { chunk, mapConcurrently } from '../../shared/aws/batch.ts';
import { createCatalogReader, createSegmentStore } from '../../shared/aws/segment-store.ts';
import { createSegmentWriter } from '../../shared/aws/segment-writer.ts';
import { shards } from '../../shared/lead/shard.ts';
import { planCreate } from '../../shared/segment/save-segment.ts';
import type { Json, OracleChange } from '../world/oracle.ts';
import { BusQueue } from './bus-queue.ts';
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
  'ReevaluationsFunction',
  'ProjectMembershipsFunction',
] as const;

/** The whole product on this machine, driven from outside, with somebody who listens to the bus. */
export class LocalRun {
  readonly bus: BusQueue;
  private readonly stack: LocalStack;
  private readonly sqs: SQSClient;
  private readonly dynamodb: DynamoDBDocumentClient;
  private readonly directory: string;

  private constructor(stack: LocalStack, directory: string) {
    this.stack = stack;
    this.directory = directory;
    const { endpoints, region, credentials, busName } = stack.file;
    const client = (endpoint: string) => ({ region, endpoint, credentials: { ...credentials } });
    this.sqs = new SQSClient(client(endpoints.sqs));
    this.dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient(client(endpoints.dynamodb)), {
      marshallOptions: { removeUndefinedValues: true },
    });
    this.bus = new BusQueue(this.sqs, new EventBridgeClient(client(endpoints.eventbridge)), busName);
  }

  /** Starts in a directory of its own, or again on one that a run was stopped in. */
  static async start(directory = mkdtempSync(join(tmpdir(), 'bench-'))): Promise<LocalRun> {
    const stack = await startLocalStack({ stateDirectory: directory, log: collectingLog(), retryDelayMs: 200 });
    const run = new LocalRun(stack, directory);
    await run.bus.listen();
    return run;
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

  /** Stores segments as long as there are no leads: there is nothing to recalculate, so nobody waits for it. */
  async createSegments(segments: readonly LoadSegment[]): Promise<void> {
    const store = createSegmentStore(this.dynamodb, this.file.tables.segments!);
    const writer = createSegmentWriter(
      store,
      createCatalogReader(store, 400),
      { start: async () => {} },
      async () => {},
    );
    for (const segment of segments) {
      await writer.save(
        (context) => ({ ...planCreate({ ...segment, description: '' }, context), recalculates: false }),
        'bench',
      );
    }
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
  get messagesLeft(): number {
    const { waiting, deadLetters } = this.stack.messagesKept();
    return waiting + deadLetters;
  }

  /** Resolves when everything sent so far is processed, projected, published and heard. */
  async settle(timeoutMs = 500_000): Promise<void> {
    await this.stack.idle({ timeoutMs });
    await this.bus.drain();
  }

  /** Ends a function in the middle of what it does; answers how many threads that were. */
  kill(functionId: string): Promise<number> {
    return this.stack.kill(functionId);
  }

  /** Stops and starts again on the same state. */
  async restart(): Promise<LocalRun> {
    const { heard } = this.bus;
    await this.close();
    const run = await LocalRun.start(this.directory);
    for (const [id, event] of heard) run.bus.heard.set(id, event);
    return run;
  }

  async stop(): Promise<void> {
    await this.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async close(): Promise<void> {
    await this.bus.stop();
    await this.stack.stop();
    this.sqs.destroy();
    this.dynamodb.destroy();
  }
}
