import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type DynamoDb, startDynamoDb } from '../../local/aws/dynamodb/dynamodb.ts';
import { createTables } from '../../local/aws/dynamodb/tables.ts';
import { collectingLog } from '../../local/log.ts';
import { describeStack } from '../../local/stack-file.ts';
import { readAssembly, synthesize } from '../../local/template/assembly.ts';
import { StackResources } from '../../local/template/resources.ts';
import { unknownAccount } from '../../shared/account/account.ts';
import { createAccountStore } from '../../shared/account/account-store.ts';
import { putItems } from '../../shared/aws/write-items.ts';
import { createLeadTotalStore } from '../../shared/lead/lead-total-store.ts';
import { createKeyedHash } from '../../shared/privacy/keyed-hash.ts';
import { createVocabularyStore } from '../../shared/vocabulary/vocabulary-store.ts';
import { benchStackOptions, subscribedApp } from '../load/driven-stack.ts';
import { type ImportedTable, importItems } from './import-items.ts';
import type { ScaleWorld } from './scale-world.ts';
import { SeededItems } from './seeded-items.ts';

/** Makes the state directory of a local stack in which everything of that world is stored, and no segment yet. */
export async function seedState(world: ScaleWorld, directory: string): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'seed-'));
  try {
    const resources = await resourcesOfStack(directory);
    const { engine, tables } = await tablesOf(resources, join(work, 'empty'));
    const items = new SeededItems(world);
    const database = join(directory, 'dynamodb');
    if (engine === 'dynoxide') await importItems(items, tables, { work, database: join(database, 'dynoxide.db') });
    else await sendItems(items, resources, database);
    await noteTheRest(world, items, resources, database);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const startIn = (directory: string): Promise<DynamoDb> =>
  startDynamoDb(directory, { what: 'DynamoDB', flag: '', port: 0 }, { log: collectingLog(), preferLocal: false });

const nowhere = 'http://127.0.0.1';

async function resourcesOfStack(directory: string): Promise<StackResources> {
  const { assembly: assemblyDirectory = join(directory, 'cdk.out') } = benchStackOptions;
  if (!benchStackOptions.assembly) await synthesize(subscribedApp, assemblyDirectory);
  const { stackName, region, template } = readAssembly(assemblyDirectory);
  return new StackResources(template, { stackName, region, apiUrl: nowhere, sqsUrl: nowhere });
}

/** Makes the tables that are missing; answers the names of all, by their names in the stack file. */
async function namesOfTables(resources: StackResources, database: DynamoDb): Promise<Record<string, string>> {
  const endpoints = { dynamodb: nowhere, sqs: nowhere, eventbridge: nowhere };
  return describeStack(resources, { endpoints, tables: await createTables(resources, database) }).tables;
}

/** The tables as the stack makes them, by their names in the stack file; and what makes them here. */
async function tablesOf(
  resources: StackResources,
  directory: string,
): Promise<Pick<DynamoDb, 'engine'> & { tables: Record<string, ImportedTable> }> {
  const database = await startIn(directory);
  try {
    const described = Object.entries(await namesOfTables(resources, database)).map(async ([key, name]) => {
      const description = await database.call('DescribeTable', { TableName: name });
      return [key, { name, description }] as const;
    });
    return { engine: database.engine, tables: Object.fromEntries(await Promise.all(described)) };
  } finally {
    await database.stop();
  }
}

/** Writes the items over the wire, for a stand-in that imports nothing. */
async function sendItems(items: SeededItems, resources: StackResources, directory: string): Promise<void> {
  await withDatabase(directory, resources, async (client, names) => {
    for await (const batch of items.batches()) {
      for (const [key, entries] of Object.entries(batch)) await putItems(client, names[key]!, entries);
    }
  });
}

/** Stores what is small by the product's own stores: accounts, how many leads there are, the vocabulary. */
async function noteTheRest(
  world: ScaleWorld,
  items: SeededItems,
  resources: StackResources,
  directory: string,
): Promise<void> {
  await withDatabase(directory, resources, async (client, { segments = '', accounts: accountsTable = '' }) => {
    const documents = DynamoDBDocumentClient.from(client);
    await createLeadTotalStore(documents, segments).add(world.leadIds, []);
    await createVocabularyStore(documents, segments, createKeyedHash('a key of benches')).note(items.mentions);
    const accounts = [...items.accounts.values()];
    const writes = accounts.map((after) => ({ before: unknownAccount(after.accountId), after }));
    const results = await createAccountStore(client, accountsTable).write(writes);
    if (results.some((result) => result !== 'done')) throw new Error('An account was not stored');
  });
}

/** Does something with the database in a directory and the names of the stack's tables in it, all of which there are. */
async function withDatabase(
  directory: string,
  resources: StackResources,
  use: (client: DynamoDBClient, names: Record<string, string>) => Promise<void>,
): Promise<void> {
  const database = await startIn(directory);
  const client = new DynamoDBClient({
    ...{ region: 'eu-central-1', endpoint: database.endpoint },
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  try {
    await use(client, await namesOfTables(resources, database));
  } finally {
    client.destroy();
    await database.stop();
  }
}
