import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, inject } from 'vitest';
import { collectingLog } from '../../local/log.ts';
import { type LocalStack, startLocalStack } from '../../local/stack.ts';
import { ApiClient } from '../api-client.ts';
import { placeEmptyDatabase } from '../empty-database.ts';
import { reportUnusedGrants } from '../unused-grants.ts';
import { type BusListener, listenToBus } from './bus-listener.ts';

/** The queues that upstream systems send to. */
export type ChangeQueue = 'profileChanges' | 'levelChanges' | 'leadEvents' | 'accountChanges';

/** A message as a queue gave it. */
export interface ReceivedMessage {
  readonly body: string;
  readonly attributes: Readonly<Record<string, string | undefined>>;
}

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/** The whole product, run on this machine and driven from outside: over HTTP, SQS and EventBridge. */
export class RunningStack {
  readonly api: ApiClient;
  readonly sqs: SQSClient;
  readonly eventBridge: EventBridgeClient;
  readonly dynamodb: DynamoDBDocumentClient;
  private readonly stack: LocalStack;
  /** What functions and the stack itself warned of. */
  readonly problems: readonly string[];

  private constructor(stack: LocalStack, problems: readonly string[]) {
    this.stack = stack;
    this.problems = problems;
    const { apiUrl, endpoints, region, credentials } = stack.file;
    const client = (endpoint: string) => ({ region, endpoint, credentials: { ...credentials } });
    this.api = new ApiClient(apiUrl);
    this.sqs = new SQSClient(client(endpoints.sqs));
    this.eventBridge = new EventBridgeClient(client(endpoints.eventbridge));
    this.dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient(client(endpoints.dynamodb)));
  }

  static async start(stateDirectory: string): Promise<RunningStack> {
    const log = collectingLog();
    const stack = await startLocalStack({
      stateDirectory,
      assembly: inject('assembly'),
      log,
      // Journeys run what schedules run by themselves, and do not wait for messages that may still come.
      schedules: false,
      movableClock: true,
      eagerStreams: true,
      retryDelayMs: 200,
      enforceIam: true,
    });
    return new RunningStack(stack, log.problems);
  }

  get file() {
    return this.stack.file;
  }

  /** Sends messages as they are, ten a call. */
  async send(queue: ChangeQueue, ...messages: readonly (object | string)[]): Promise<void> {
    const QueueUrl = this.file.queues[queue]!.url;
    for (let from = 0; from < messages.length; from += 10) {
      const Entries = messages.slice(from, from + 10).map((message, index) => ({
        Id: String(index),
        MessageBody: typeof message === 'string' ? message : JSON.stringify(message),
      }));
      const { Failed = [] } = await this.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
      if (Failed.length > 0) throw new Error(`Not sent: ${JSON.stringify(Failed)}`);
    }
  }

  /** Resolves when everything sent so far is processed, projected and published. */
  async settle(timeoutMs = 200_000): Promise<void> {
    await this.stack.idle({ timeoutMs, withoutWaits: true });
  }

  /** The messages in the dead letters of a queue. */
  async deadLettersOf(queue: ChangeQueue): Promise<ReceivedMessage[]> {
    return this.receiveAll(this.file.queues[queue]!.deadLetterUrl!);
  }

  /** Receives until a queue has no more to give; `thenDeletes`: as a consumer would, so that none comes again. */
  async receiveAll(QueueUrl: string, { thenDeletes = false } = {}): Promise<ReceivedMessage[]> {
    const received: ReceivedMessage[] = [];
    for (;;) {
      const { Messages = [] } = await this.sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
      );
      if (Messages.length === 0) return received;
      for (const { Body = '', MessageAttributes = {} } of Messages) {
        const attributes = Object.entries(MessageAttributes).map(([name, value]) => [name, value.StringValue]);
        received.push({ body: Body, attributes: Object.fromEntries(attributes) });
      }
      if (!thenDeletes) continue;
      const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      await this.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    }
  }

  /** Hears from now on what the bus publishes, as a subscriber would: by a rule to a queue. */
  listenToBus(name: string, pattern: object): Promise<BusListener> {
    return listenToBus(this, name, pattern);
  }

  /** Ends the threads of a function in the middle of what they do; answers how many there were. */
  kill(functionName: string): Promise<number> {
    return this.stack.kill(`${functionName}Function`);
  }

  /** Runs a schedule now. */
  fire(scheduleId: string): void {
    this.stack.fire(scheduleId);
  }

  /** The time that functions, queues and the bus see, epoch ms. */
  now(): number {
    return this.clock.now();
  }

  /** Jumps forward; messages whose moment passes are delivered at once. */
  advanceClock(ms: number): void {
    this.clock.advance(ms);
  }

  /** Lets time stand still until it is released, so that only jumps move it, however slow the machine. */
  holdClock(): void {
    this.clock.hold();
  }

  releaseClock(): void {
    this.clock.release();
  }

  private get clock() {
    if (!this.stack.clock) throw new Error('The clock of this run does not move');
    return this.stack.clock;
  }

  async stop(): Promise<void> {
    for (const client of [this.sqs, this.eventBridge, this.dynamodb]) client.destroy();
    await this.stack.stop();
    if (this.stack.accessControl) reportUnusedGrants(this.stack.accessControl);
  }
}

/** The one stack of a test file. */
export interface StackInUse {
  readonly current: RunningStack;
  /** Starts it again on the state it left. */
  readonly start: () => Promise<void>;
  readonly restart: () => Promise<void>;
}

/** One stack for the tests of a file: started before the first, gone with its state after the last. */
export function useRunningStack(): StackInUse {
  const stateDirectory = mkdtempSync(join(tmpdir(), 'journey-'));
  let current: RunningStack | undefined;
  const start = async () => {
    current = await RunningStack.start(stateDirectory);
  };
  beforeAll(async () => {
    placeEmptyDatabase(join(stateDirectory, 'dynamodb'));
    await start();
  });
  afterAll(async () => {
    await current?.stop();
    rmSync(stateDirectory, { recursive: true, force: true });
  });
  return {
    get current() {
      if (!current) throw new Error('The stack runs from the first test on');
      return current;
    },
    start,
    restart: async () => {
      await current?.stop();
      await start();
    },
  };
}
