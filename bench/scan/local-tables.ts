import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDynamoDb } from '../../local/aws/dynamodb/dynamodb.ts';
import { collectingLog } from '../../local/log.ts';

const text = (name: string) => ({ AttributeName: name, AttributeType: 'S' });

/** The tables as the stack makes them, as far as capacity goes: keys and indexes. */
const tables = {
  SEGMENTS_TABLE: { keys: ['pk', 'sk'] },
  LEADS_TABLE: { keys: ['shard', 'leadId'], index: { name: 'due', keys: ['shard', 'dueAt'], projects: 'KEYS_ONLY' } },
  ACCOUNTS_TABLE: { keys: ['accountId', 'sk'] },
  EVENTS_TABLE: { keys: ['pk', 'sk'] },
  MEMBERSHIPS_TABLE: { keys: ['pk', 'sk'] },
  TRANSITIONS_TABLE: {
    keys: ['leadId', 'sk'],
    index: { name: 'bySegment', keys: ['segmentShard', 'at'], projects: 'ALL' },
  },
} as const;

/** Where the tables are until they are stopped. */
export interface LocalTables {
  readonly endpoint: string;
  readonly stop: () => Promise<void>;
}

/** Starts the DynamoDB stand-in with empty tables, and tells this process of them as a function would be told. */
export async function startLocalTables(): Promise<LocalTables> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  const anyPort = { what: 'DynamoDB', flag: '--dynamodb-port', port: 0 };
  const dynamoDb = await startDynamoDb(directory, anyPort, { log: collectingLog(), preferLocal: false });
  for (const [setting, table] of Object.entries(tables)) {
    const index = 'index' in table ? table.index : undefined;
    const names = new Set([...table.keys, ...(index?.keys ?? [])]);
    const schema = ([hash, range]: readonly [string, string]) => [
      { AttributeName: hash, KeyType: 'HASH' },
      { AttributeName: range, KeyType: 'RANGE' },
    ];
    await dynamoDb.call('CreateTable', {
      TableName: setting,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: schema(table.keys),
      AttributeDefinitions: [...names].map((name) =>
        name === 'dueAt' ? { AttributeName: name, AttributeType: 'N' } : text(name),
      ),
      ...(index && {
        GlobalSecondaryIndexes: [
          { IndexName: index.name, KeySchema: schema(index.keys), Projection: { ProjectionType: index.projects } },
        ],
      }),
    });
    process.env[setting] = setting;
  }
  process.env.AWS_ENDPOINT_URL_DYNAMODB = dynamoDb.endpoint;
  process.env.AWS_REGION ??= 'eu-central-1';
  process.env.AWS_ACCESS_KEY_ID ??= 'local';
  process.env.AWS_SECRET_ACCESS_KEY ??= 'local';
  process.env.EVENT_RETENTION_DAYS ??= '400';
  process.env.TRANSITION_RETENTION_DAYS ??= '400';
  process.env.HASH_KEY ??= 'the key of a bench';
  process.env.CATALOG_SNAPSHOTS_BUCKET ??= 'unused';
  for (const unused of ['DUE_LEADS', 'JOBS', 'BUS_DEAD_LETTERS']) {
    process.env[`${unused}_QUEUE_URL`] ??= 'unused';
  }
  process.env.BUS_NAME ??= 'unused';
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  return {
    endpoint: dynamoDb.endpoint,
    stop: async () => {
      await dynamoDb.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
