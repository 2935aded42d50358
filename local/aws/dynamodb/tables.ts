import type { StackResources } from '../../template/resources.ts';
import { TemplateError } from '../../template/template.ts';
import { AwsError, type JsonObject } from '../aws-json.ts';
import type { DynamoDb } from './dynamodb.ts';

interface KeyElement {
  AttributeName: string;
  KeyType: string;
}

interface SecondaryIndex {
  IndexName: string;
  KeySchema: KeyElement[];
  Projection: JsonObject;
}

interface TableProperties {
  KeySchema: KeyElement[];
  AttributeDefinitions: JsonObject[];
  GlobalSecondaryIndexes?: SecondaryIndex[];
  LocalSecondaryIndexes?: SecondaryIndex[];
  StreamSpecification?: { StreamViewType: string };
  TimeToLiveSpecification?: { AttributeName: string; Enabled?: boolean };
}

interface TableDescription {
  KeySchema: KeyElement[];
  GlobalSecondaryIndexes?: Array<{ IndexName: string }>;
  LatestStreamArn?: string;
}

/** A table of the template as it exists here. */
export interface LocalTable {
  logicalId: string;
  name: string;
  /** The name of the stream that the stand-in gives it, for its own calls. */
  streamArn: string | undefined;
}

/** Creates the tables that are missing, and adds indexes that the template has gained. */
export async function createTables(resources: StackResources, dynamoDb: DynamoDb): Promise<LocalTable[]> {
  const tables: LocalTable[] = [];
  for (const [logicalId] of resources.ofType('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable')) {
    const properties = resources.properties<TableProperties>(logicalId);
    const physical = resources.physical(logicalId);
    const existing = await describe(dynamoDb, physical.ref);
    const table = existing ?? (await create(dynamoDb, physical.ref, properties));
    if (existing) await alignIndexes(dynamoDb, logicalId, physical.ref, properties, existing);
    const streamLabel = table.LatestStreamArn?.split('/stream/')[1];
    if (streamLabel) physical.attributes.StreamArn = `${physical.attributes.Arn}/stream/${streamLabel}`;
    tables.push({ logicalId, name: physical.ref, streamArn: table.LatestStreamArn });
  }
  return tables;
}

async function describe(dynamoDb: DynamoDb, name: string): Promise<TableDescription | undefined> {
  try {
    return (await dynamoDb.call('DescribeTable', { TableName: name })).Table as TableDescription;
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

async function create(dynamoDb: DynamoDb, name: string, properties: TableProperties): Promise<TableDescription> {
  const { GlobalSecondaryIndexes: indexes, StreamSpecification: stream, TimeToLiveSpecification: ttl } = properties;
  await dynamoDb.call('CreateTable', {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: properties.KeySchema,
    AttributeDefinitions: properties.AttributeDefinitions,
    ...(indexes && { GlobalSecondaryIndexes: indexes.map(onlyWhatMatters) }),
    ...(properties.LocalSecondaryIndexes && { LocalSecondaryIndexes: properties.LocalSecondaryIndexes }),
    ...(stream && { StreamSpecification: { StreamEnabled: true, StreamViewType: stream.StreamViewType } }),
  });
  if (ttl) {
    await dynamoDb.call('UpdateTimeToLive', {
      TableName: name,
      TimeToLiveSpecification: { AttributeName: ttl.AttributeName, Enabled: ttl.Enabled ?? true },
    });
  }
  return (await describe(dynamoDb, name)) as TableDescription;
}

async function alignIndexes(
  dynamoDb: DynamoDb,
  logicalId: string,
  name: string,
  properties: TableProperties,
  existing: TableDescription,
): Promise<void> {
  if (keys(properties.KeySchema) !== keys(existing.KeySchema)) {
    throw new TemplateError(logicalId, `table ${name} exists here with other keys; start once with --fresh`);
  }
  const known = new Set(existing.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName));
  for (const index of properties.GlobalSecondaryIndexes ?? []) {
    if (known.has(index.IndexName)) continue;
    await dynamoDb.call('UpdateTable', {
      TableName: name,
      AttributeDefinitions: properties.AttributeDefinitions,
      GlobalSecondaryIndexUpdates: [{ Create: onlyWhatMatters(index) }],
    });
  }
}

function onlyWhatMatters({ IndexName, KeySchema, Projection }: SecondaryIndex): SecondaryIndex {
  return { IndexName, KeySchema, Projection };
}

function keys(schema: KeyElement[]): string {
  return JSON.stringify(schema.map(({ AttributeName, KeyType }) => [KeyType, AttributeName]).sort());
}
