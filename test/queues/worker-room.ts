import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { afterAll, beforeAll, inject } from 'vitest';
import type { QueueFunction } from '../../functions/queues/queue-frame.ts';
import type { JsonObject } from '../../local/aws/aws-json.ts';
import { startDynamoDb } from '../../local/aws/dynamodb/dynamodb.ts';
import { Sqs } from '../../local/aws/sqs/sqs.ts';
import { collectingLog } from '../../local/log.ts';
import { readAssembly } from '../../local/template/assembly.ts';
import { type Clients, createClients } from '../../shared/aws/clients.ts';
import { deliveryKey } from '../../shared/aws/segments-keys.ts';
import { placeEmptyDatabase } from '../empty-database.ts';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const queueNames = [
  ...['PROFILE_CHANGES', 'LEVEL_CHANGES', 'LEAD_EVENTS', 'ACCOUNT_CHANGES'],
  ...['PROMPT_JOBS', 'JOBS', 'BACKGROUND_JOBS', 'DUE_LEADS', 'IMPORTS'],
];
const tableNames = ['Segments', 'Leads', 'Accounts', 'Events', 'Memberships', 'Transitions'];

/** A letter in the dead letters. */
export interface Letter {
  readonly body: string;
  readonly reason: string | undefined;
}

/** The real stores and queues, and nothing that wakes by itself: tests call workers as Lambda would. */
export interface WorkerRoom {
  readonly clients: Clients;
  /** Has the worker handle bodies as one batch; answers the messages that are to come again, by their position. */
  readonly deliver: (
    worker: QueueFunction,
    bodies: readonly (string | object)[],
    options?: {
      readonly sentAt?: number;
      readonly deliveries?: number;
      /** How long (ms) the invocation may still run. */
      readonly remainingMs?: number;
      /** Message attributes, all text. */
      readonly attributes?: Readonly<Record<string, string>>;
    },
  ) => Promise<number[]>;
  /** The URL of a queue by its name in settings. */
  readonly urlOf: (queue: string) => string;
  /** Takes everything out of the queues of jobs. */
  readonly takeJobs: () => Promise<Letter[]>;
  /** Takes everything out of a queue. */
  readonly take: (queue: string) => Promise<Letter[]>;
}

/** What the template says of its tables, by their names without the hash. */
function tablesOfStack(): Map<string, JsonObject> {
  const { Resources } = readAssembly(inject('assembly')).template;
  const tables = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::DynamoDB::Table');
  return new Map(tables.map(([id, { Properties }]) => [id.replace(/[0-9A-F]{8}$/, ''), Properties as JsonObject]));
}

/** The stand-ins for the tests of one file, with the tables and settings of the stack. */
export function useWorkerRoom(): WorkerRoom {
  const directory = mkdtempSync(join(tmpdir(), 'workers-'));
  const log = collectingLog();
  const sqs = new Sqs(directory, 'eu-central-1', log);
  let database: Awaited<ReturnType<typeof startDynamoDb>> | undefined;
  let clients: Clients | undefined;
  const urlOf = (queue: string) => `${sqs.url}/000000000000/${queue}`;

  beforeAll(async () => {
    placeEmptyDatabase(directory);
    database = await startDynamoDb(directory, { what: 'DynamoDB', flag: '', port: 0 }, { log, preferLocal: false });
    await sqs.listen({ what: 'SQS', flag: '', port: 0 }, log);
    const tables = tablesOfStack();
    for (const name of tableNames) {
      const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, BillingMode } = tables.get(name)!;
      await database.call('CreateTable', {
        ...{ TableName: name, AttributeDefinitions, KeySchema, BillingMode },
        ...(GlobalSecondaryIndexes ? { GlobalSecondaryIndexes } : {}),
      });
    }
    for (const queue of [
      ...queueNames,
      ...queueNames.map((name) => `${name}_DEAD_LETTERS`),
      'DEAD_LETTERS',
      'SOURCE',
      'BUS_DEAD_LETTERS',
      'STREAM_DEAD_LETTERS',
    ]) {
      sqs.open(queue, {});
      process.env[`${queue}_QUEUE_URL`] = urlOf(queue);
    }
    for (const name of tableNames) process.env[`${name.toUpperCase()}_TABLE`] = name;
    Object.assign(process.env, {
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_DYNAMODB: database.endpoint,
      AWS_ENDPOINT_URL_SQS: sqs.url,
      EVENT_RETENTION_DAYS: '400',
      TRANSITION_RETENTION_DAYS: '400',
      HASH_KEY: 'a key of tests',
      MAXIMUM_DELIVERIES: '5',
      VISIBILITY_TIMEOUT_SECONDS: '360',
      EXPORTS_BUCKET: 'exports',
      IMPORT_FILES_BUCKET: 'import-files',
      CATALOG_SNAPSHOTS_BUCKET: 'catalog-snapshots',
      BUS_NAME: 'bus',
    });
    clients = createClients();
  });
  afterAll(async () => {
    clients?.dynamodb.destroy();
    clients?.sqs.destroy();
    await database?.stop();
    await sqs.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const take: WorkerRoom['take'] = async (queue) => {
    const letters: Letter[] = [];
    for (;;) {
      const { Messages = [] } = await clients!.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: urlOf(queue),
          MaxNumberOfMessages: 10,
          MessageAttributeNames: ['All'],
        }),
      );
      if (Messages.length === 0) return letters;
      for (const { ReceiptHandle } of Messages) {
        await clients!.sqs.send(new DeleteMessageCommand({ QueueUrl: urlOf(queue), ReceiptHandle }));
      }
      letters.push(
        ...Messages.map(({ Body = '', MessageAttributes }) => ({
          body: Body,
          reason: MessageAttributes?.reason?.StringValue,
        })),
      );
    }
  };

  let sent = 0;
  return {
    get clients() {
      if (!clients) throw new Error('The room is open from the first test on');
      return clients;
    },
    deliver: async (
      worker,
      bodies,
      { sentAt = Date.now(), deliveries = 1, remainingMs = 60_000, attributes = {} } = {},
    ) => {
      const Records = bodies.map(
        (body) =>
          ({
            messageId: `m${sent++}`,
            receiptHandle: `${randomUUID()}/${randomUUID()}`,
            body: typeof body === 'string' ? body : JSON.stringify(body),
            attributes: { SentTimestamp: String(sentAt), ApproximateReceiveCount: String(deliveries) },
            messageAttributes: Object.fromEntries(
              Object.entries(attributes).map(([name, stringValue]) => [name, { dataType: 'String', stringValue }]),
            ),
          }) as SQSRecord,
      );
      // As if a worker had got them each time.
      for (const { messageId } of deliveries > 1 ? Records : []) {
        const Item = { ...deliveryKey(messageId), deliveries: deliveries - 2 };
        await clients!.documents.send(new PutCommand({ TableName: 'Segments', Item }));
      }
      const event: SQSEvent = { Records };
      const { batchItemFailures } = await worker(event, { getRemainingTimeInMillis: () => remainingMs });
      return batchItemFailures.map(({ itemIdentifier }) =>
        Records.findIndex(({ messageId }) => messageId === itemIdentifier),
      );
    },
    urlOf,
    take,
    takeJobs: async () => [...(await take('PROMPT_JOBS')), ...(await take('JOBS')), ...(await take('BACKGROUND_JOBS'))],
  };
}
