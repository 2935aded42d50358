import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type DynamoDb, startDynamoDb } from '../../local/dynamodb/dynamodb.ts';
import { indexStreamRecords } from '../../local/dynamodb/dynoxide-database.ts';
import { createTables } from '../../local/dynamodb/tables.ts';
import { collectingLog } from '../../local/log.ts';
import { describeStack } from '../../local/stack-file.ts';
import { readAssembly, synthesize } from '../../local/template/assembly.ts';
import { StackResources } from '../../local/template/resources.ts';
import { unknownAccount } from '../../shared/account/account.ts';
import { createAccountStore } from '../../shared/aws/account-store.ts';
import { createLeadTotalStore } from '../../shared/aws/lead-total-store.ts';
import { createVocabularyStore } from '../../shared/aws/vocabulary-store.ts';
import type { ScaleWorld } from './scale-world.ts';
import { type Item, SeededItems } from './seeded-items.ts';

/** A table of the stack: its name, and how DynamoDB describes it. */
interface SeedTable {
  readonly name: string;
  readonly description: unknown;
}

type Tables = Record<string, SeedTable>;

/** Leads written to one file of an export, in batches; it fits in memory several times over. */
const batchesPerFile = 20;

/**
 * Makes the state directory of a local stack in which everything of that world is stored, and no segment yet. Through the
 * stand-in's import of DynamoDB exports: thirty times as fast as writes over the wire.
 */
export async function seedState(world: ScaleWorld, directory: string): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'seed-'));
  try {
    const resources = await resourcesOfStack(join(directory, 'cdk.out'));
    const tables = await tablesOf(resources, join(work, 'empty'));
    const items = new SeededItems(world);
    await writeExport(items, tables, join(work, 'export'));
    const database = join(directory, 'dynamodb', 'dynoxide.db');
    mkdirSync(dirname(database), { recursive: true });
    await importTables(Object.values(tables), join(work, 'export'), database);
    await noteTheRest(world, items, resources, dirname(database));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const startIn = (directory: string): Promise<DynamoDb> =>
  startDynamoDb(directory, { what: 'DynamoDB', flag: '', port: 0 }, { log: collectingLog(), preferLocal: false });

const nowhere = 'http://127.0.0.1';

async function resourcesOfStack(assemblyDirectory: string): Promise<StackResources> {
  await synthesize('infra/app.ts', assemblyDirectory);
  const { stackName, region, template } = readAssembly(assemblyDirectory);
  return new StackResources(template, { stackName, region, apiUrl: nowhere, sqsUrl: nowhere });
}

/** Makes the tables that are missing; answers the names of all, by their names in the stack file. */
async function namesOfTables(resources: StackResources, database: DynamoDb): Promise<Record<string, string>> {
  const endpoints = { dynamodb: nowhere, sqs: nowhere, eventbridge: nowhere };
  return describeStack(resources, { endpoints, tables: await createTables(resources, database) }).tables;
}

/** The tables as the stack makes them, by their names in the stack file. */
async function tablesOf(resources: StackResources, databaseDirectory: string): Promise<Tables> {
  const database = await startIn(databaseDirectory);
  try {
    const described = Object.entries(await namesOfTables(resources, database)).map(async ([key, name]) => {
      const description = await database.call('DescribeTable', { TableName: name });
      return [key, { name, description }] as const;
    });
    return Object.fromEntries(await Promise.all(described));
  } finally {
    await database.stop();
  }
}

/** Writes items as DynamoDB exports tables: a folder for each, in it files of a JSON line for each item. */
async function writeExport(items: SeededItems, tables: Tables, directory: string): Promise<void> {
  const lines = new Map<string, string[]>();
  let files = 0;
  const flush = () => {
    for (const [key, ofTable] of lines) {
      const data = join(directory, tables[key]!.name, 'data');
      mkdirSync(data, { recursive: true });
      writeFileSync(join(data, `${files++}.json.gz`), gzipSync(`${ofTable.join('\n')}\n`, { level: 1 }));
    }
    lines.clear();
  };
  const add = (key: string, entries: readonly Item[]) => {
    const ofTable = lines.get(key) ?? [];
    lines.set(key, ofTable);
    for (const Item of entries) ofTable.push(JSON.stringify({ Item }));
  };
  let batches = 0;
  for await (const batch of items.batches()) {
    for (const [key, entries] of Object.entries(batch)) add(key, entries);
    if (++batches % batchesPerFile === 0) flush();
  }
  flush();
}

async function importTables(tables: readonly SeedTable[], source: string, database: string): Promise<void> {
  const schema = join(source, 'schema.json');
  writeFileSync(schema, JSON.stringify(tables.map(({ description }) => description)));
  const engine = createRequire(import.meta.url).resolve('@dynoxide/linux-x64/package.json');
  await promisify(execFile)(join(dirname(engine), 'dynoxide'), [
    ...['import', '--source', source, '--schema', schema, '--output', database, '--force'],
  ]);
  await indexStreamRecords(database);
}

/** Stores what is small by the product's own stores: accounts, how many leads there are, the vocabulary. */
async function noteTheRest(
  world: ScaleWorld,
  items: SeededItems,
  resources: StackResources,
  directory: string,
): Promise<void> {
  const database = await startIn(directory);
  const client = new DynamoDBClient({
    ...{ region: 'eu-central-1', endpoint: database.endpoint },
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  try {
    const documents = DynamoDBDocumentClient.from(client);
    const { segments = '', accounts: accountsTable = '' } = await namesOfTables(resources, database);
    await createLeadTotalStore(documents, segments).add(world.leadIds, []);
    await createVocabularyStore(documents, segments).note(items.sightings);
    const accounts = [...items.accounts.values()];
    const writes = accounts.map((after) => ({ before: unknownAccount(after.accountId), after }));
    const results = await createAccountStore(client, accountsTable).write(writes);
    if (results.some((result) => result !== 'done')) throw new Error('An account was not stored');
  } finally {
    client.destroy();
    await database.stop();
  }
}
