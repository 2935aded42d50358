import type { JsonObject } from '../aws/aws-json.ts';

/** What one call, or one part of it, asks IAM for. */
export interface AwsAccess {
  readonly action: string;
  /** An ARN. */
  readonly resource: string;
  /** The partition key of the item that it is about, where that is known. */
  readonly leadingKey?: string;
}

/** How resources that calls name are called in policies. */
export interface ResourceNames {
  table(name: string): string;
  /** The name of a table's partition key. */
  partitionKey(table: string): string;
  queue(url: string): string;
  bus(name: string): string;
}

/** A call that is not known here, so that nobody can tell whether it is allowed. */
export class UnknownCallError extends Error {}

/** A value as DynamoDB takes it, as far as partition keys go. */
interface KeyValue {
  S?: string;
  N?: string;
}

type Item = Record<string, KeyValue>;

/** One write of a batch or transaction, or a read of one; `Get` and the others have a `TableName` of their own. */
type Part = { TableName: string; Key?: Item; Item?: Item };

type Access = (input: JsonObject, names: ResourceNames) => AwsAccess[];

/** What a call of a service that speaks JSON asks for, by its `X-Amz-Target`. */
export function accessOfJsonCall(target: string, input: JsonObject, names: ResourceNames): AwsAccess[] {
  const access = Object.hasOwn(calls, target) ? calls[target] : undefined;
  if (!access) throw new UnknownCallError(`The local run does not know what ${target} needs.`);
  return access(input, names);
}

/** What a request to S3 asks for, by its method and its URL: `/BUCKET/KEY`, and a query for uploads in parts. */
export function accessOfObjectCall(method: string, url: string): AwsAccess {
  const { pathname, searchParams } = new URL(url, 'http://s3');
  const [, bucket = '', ...key] = pathname.split('/');
  const isAbort = method === 'DELETE' && searchParams.has('uploadId');
  const action = isAbort ? 's3:AbortMultipartUpload' : objectActions[method];
  if (!action || key.join('/') === '') {
    throw new UnknownCallError(`The local run does not know what ${method} ${url} needs.`);
  }
  return { action, resource: `arn:aws:s3:::${bucket}/${decodeURIComponent(key.join('/'))}` };
}

/** What S3 asks for before it says that an object does not exist. */
export function accessToMissingObject({ resource }: AwsAccess): AwsAccess {
  return { action: 's3:ListBucket', resource: resource.split('/')[0] ?? '' };
}

/** Uploads in parts are started and completed with POST, and are one permission with PUT. */
const objectActions: Record<string, string> = {
  GET: 's3:GetObject',
  HEAD: 's3:GetObject',
  PUT: 's3:PutObject',
  POST: 's3:PutObject',
  DELETE: 's3:DeleteObject',
};

const dynamoDb = 'DynamoDB_20120810';

const calls: Record<string, Access> = {
  [`${dynamoDb}.Query`]: (input, names) => [read('Query', input, names)],
  [`${dynamoDb}.Scan`]: (input, names) => [read('Scan', input, names)],
  [`${dynamoDb}.GetItem`]: (input, names) => [itemAccess('GetItem', input as unknown as Part, names)],
  [`${dynamoDb}.PutItem`]: (input, names) => [itemAccess('PutItem', input as unknown as Part, names)],
  [`${dynamoDb}.UpdateItem`]: (input, names) => [itemAccess('UpdateItem', input as unknown as Part, names)],
  [`${dynamoDb}.DeleteItem`]: (input, names) => [itemAccess('DeleteItem', input as unknown as Part, names)],
  [`${dynamoDb}.BatchGetItem`]: ({ RequestItems }, names) =>
    Object.entries(RequestItems as Record<string, { Keys: Item[] }>).flatMap(([TableName, { Keys }]) =>
      Keys.map((Key) => itemAccess('BatchGetItem', { TableName, Key }, names)),
    ),
  [`${dynamoDb}.BatchWriteItem`]: ({ RequestItems }, names) =>
    Object.entries(RequestItems as Record<string, Array<Record<string, object>>>).flatMap(([TableName, requests]) =>
      requests.flatMap((request) =>
        Object.values(request).map((part) => itemAccess('BatchWriteItem', { TableName, ...part }, names)),
      ),
    ),
  [`${dynamoDb}.TransactWriteItems`]: transaction,
  [`${dynamoDb}.TransactGetItems`]: transaction,
  [`${dynamoDb}.BatchExecuteStatement`]: ({ Statements }, names) =>
    (Statements as Array<{ Statement: string }>).map(({ Statement }) => statementAccess(Statement, names)),
  'AmazonSQS.SendMessage': queueAccess('SendMessage'),
  'AmazonSQS.SendMessageBatch': queueAccess('SendMessage'),
  'AmazonSQS.ReceiveMessage': queueAccess('ReceiveMessage'),
  'AmazonSQS.DeleteMessage': queueAccess('DeleteMessage'),
  'AmazonSQS.DeleteMessageBatch': queueAccess('DeleteMessage'),
  'AmazonSQS.ChangeMessageVisibility': queueAccess('ChangeMessageVisibility'),
  'AmazonSQS.ChangeMessageVisibilityBatch': queueAccess('ChangeMessageVisibility'),
  'AmazonSQS.GetQueueAttributes': queueAccess('GetQueueAttributes'),
  'AWSEvents.PutEvents': ({ Entries }, names) =>
    (Entries as Array<{ EventBusName?: string }>).map(({ EventBusName }) => ({
      action: 'events:PutEvents',
      resource: names.bus(EventBusName ?? 'default'),
    })),
};

const actionsOfParts: Record<string, string> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
  Get: 'GetItem',
};

/** Each part of a transaction needs what it would need alone. */
function transaction({ TransactItems }: JsonObject, names: ResourceNames): AwsAccess[] {
  return (TransactItems as Array<Record<string, Part>>).flatMap((parts) =>
    Object.entries(parts).map(([kind, part]) => itemAccess(actionsOfParts[kind] ?? kind, part, names)),
  );
}

function itemAccess(action: string, { TableName, Key, Item }: Part, names: ResourceNames): AwsAccess {
  const { S, N } = (Key ?? Item)?.[names.partitionKey(TableName)] ?? {};
  const leadingKey = S ?? N;
  return {
    action: `dynamodb:${action}`,
    resource: names.table(TableName),
    ...(leadingKey !== undefined && { leadingKey }),
  };
}

function read(action: string, { TableName, IndexName }: JsonObject, names: ResourceNames): AwsAccess {
  const table = names.table(String(TableName));
  return {
    action: `dynamodb:${action}`,
    resource: IndexName === undefined ? table : `${table}/index/${String(IndexName)}`,
  };
}

const statementPattern = /^\s*(SELECT\s.*?\sFROM|INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+"([^"]+)"(?:\."([^"]+)")?/is;

function statementAccess(statement: string, names: ResourceNames): AwsAccess {
  const [, verb = '', table, index] = statementPattern.exec(statement) ?? [];
  if (!table) throw new UnknownCallError(`The local run does not know what this statement needs: ${statement}`);
  const word = verb.split(/\s/)[0]!.toLowerCase();
  const action = `dynamodb:PartiQL${word.charAt(0).toUpperCase()}${word.slice(1)}`;
  return { action, resource: index ? `${names.table(table)}/index/${index}` : names.table(table) };
}

function queueAccess(action: string): Access {
  return ({ QueueUrl }, names) => [{ action: `sqs:${action}`, resource: names.queue(String(QueueUrl)) }];
}
