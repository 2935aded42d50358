import { NoSuchKey } from '@aws-sdk/client-s3';
import { type Item, marshallItem, unmarshallItem } from './attribute-value.ts';
import { Database, type Input } from './database.ts';
import { MessageQueue } from './message-queue.ts';
import type { TableShape } from './table.ts';

/** Which client a call is made with. */
export type Service = 'dynamodb' | 'documents' | 'sqs' | 'eventBridge' | 's3';

/** One call to AWS. `command`: as the API calls it, `GetItem`; `by`: the name of who makes it. */
export interface Call {
  readonly by: string;
  readonly service: Service;
  readonly command: string;
  readonly input: Input;
}

interface SentMessage {
  readonly Id: string;
  readonly MessageBody: string;
  readonly DelaySeconds?: number;
  readonly MessageAttributes?: Readonly<Record<string, { readonly StringValue: string }>>;
}

/** An event as it was put on the bus. */
export interface PublishedEvent {
  readonly by: string;
  readonly type: string;
  readonly detail: string;
}

const tableShapes: readonly TableShape[] = [
  { name: 'Segments', keys: { partition: 'pk', sort: 'sk' }, hasStream: true },
  {
    name: 'Leads',
    keys: { partition: 'shard', sort: 'leadId' },
    hasStream: true,
    indexes: { due: { partition: 'shard', sort: 'dueAt', isKeysOnly: true } },
  },
  { name: 'Accounts', keys: { partition: 'accountId', sort: 'sk' } },
  { name: 'Events', keys: { partition: 'pk', sort: 'sk' } },
  { name: 'Memberships', keys: { partition: 'pk', sort: 'sk' } },
  {
    name: 'Transitions',
    keys: { partition: 'leadId', sort: 'sk' },
    indexes: { bySegment: { partition: 'segmentShard', sort: 'at' } },
  },
];

export const queueNames = [
  'profile-changes',
  'level-changes',
  'lead-events',
  'account-changes',
  'jobs',
  'due-leads',
  'dead-letters',
  'bus-dead-letters',
] as const;
export type QueueName = (typeof queueNames)[number];

/** What the functions' environment says of this cloud. */
export const settings: Readonly<Record<string, string>> = {
  ...Object.fromEntries(tableShapes.map(({ name }) => [`${name.toUpperCase()}_TABLE`, name])),
  ...Object.fromEntries(queueNames.map((name) => [`${name.replaceAll('-', '_').toUpperCase()}_QUEUE_URL`, name])),
  AWS_LAMBDA_FUNCTION_NAME: 'function',
  BUS_NAME: 'bus',
  EXPORTS_BUCKET: 'exports',
  CATALOG_SNAPSHOTS_BUCKET: 'catalog-snapshots',
  SOURCE_QUEUE_URL: 'source',
  // In which of them a job waits makes no difference here.
  PROMPT_JOBS_QUEUE_URL: 'jobs',
  BACKGROUND_JOBS_QUEUE_URL: 'jobs',
  MAXIMUM_DELIVERIES: '99',
  VISIBILITY_TIMEOUT_SECONDS: '360',
  EVENT_RETENTION_DAYS: '400',
  TRANSITION_RETENTION_DAYS: '400',
  HASH_KEY: 'a key of tests',
  WARM_READ_UNITS: '12000',
};

/** Tables, queues, the bus and files in memory. */
export class Cloud {
  readonly database = new Database(tableShapes);
  readonly queues = new Map(queueNames.map((name) => [name, new MessageQueue(name)]));
  readonly published: PublishedEvent[] = [];
  readonly files = new Map<string, Uint8Array>();
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  /** Runs one call at once and whole; throws what AWS would answer as an error. */
  perform({ by, service, command, input }: Call): Input {
    switch (service) {
      case 'dynamodb':
        return this.database.execute(command, input);
      case 'documents':
        return fromItems(this.database.execute(documentCommands[command] ?? command, asItems(input)));
      case 'sqs':
        return this.performOnQueue(command, input);
      case 'eventBridge':
        return this.publish(by, command, input);
      case 's3':
        return this.performOnFiles(command, input);
    }
  }

  queue(name: string): MessageQueue {
    const queue = this.queues.get(name as QueueName);
    if (!queue) throw new Error(`There is no queue ${name}`);
    return queue;
  }

  /** Sends all dead letters back to where they came from, as people do with `npm run redrive`. */
  redrive(): void {
    const letters = this.queue('dead-letters');
    for (const { body, formerId = '' } of letters.messages)
      this.queue(formerId.replace(/-\d+$/, '')).send(body, this.now());
    letters.messages = [];
  }

  private performOnQueue(command: string, input: Input): Input {
    // What failed comes again at any time here, whatever was asked for.
    if (command === 'ChangeMessageVisibilityBatch') return { Successful: [], Failed: [] };
    const queue = this.queue(input.QueueUrl);
    if (command === 'GetQueueAttributes') return { Attributes: queue.depth(this.now()) };
    if (command !== 'SendMessageBatch') throw new Error(`The command ${command} is not known to the simulator`);
    const entries = input.Entries as SentMessage[];
    if (entries.length === 0 || entries.length > 10) throw new Error('1 to 10 messages are possible');
    for (const { MessageBody, DelaySeconds, MessageAttributes = {} } of entries)
      queue.send(MessageBody, this.now(), DelaySeconds, MessageAttributes.messageId?.StringValue);
    return { Successful: entries.map(({ Id }) => ({ Id })), Failed: [] };
  }

  private performOnFiles(command: string, { Key, Body }: Input): Input {
    if (command === 'PutObject') this.files.set(Key, Body);
    else if (command === 'DeleteObject') this.files.delete(Key);
    else if (command !== 'GetObject') throw new Error(`The command ${command} is not known to the simulator`);
    if (command !== 'GetObject') return {};
    const file = this.files.get(Key);
    if (!file) throw new NoSuchKey({ message: `There is no ${Key}`, $metadata: {} });
    return { Body: { transformToByteArray: async () => file } };
  }

  private publish(by: string, command: string, input: Input): Input {
    if (command !== 'PutEvents') throw new Error(`The command ${command} is not known to the simulator`);
    const entries = input.Entries as { DetailType: string; Detail: string }[];
    if (entries.length === 0 || entries.length > 10) throw new Error('1 to 10 events are possible');
    for (const { DetailType, Detail } of entries) this.published.push({ by, type: DetailType, detail: Detail });
    return { FailedEntryCount: 0, Entries: entries.map((_, index) => ({ EventId: String(index) })) };
  }
}

const documentCommands: Readonly<Record<string, string>> = {
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  BatchGet: 'BatchGetItem',
  BatchWrite: 'BatchWriteItem',
  TransactWrite: 'TransactWriteItems',
};

const itemNames = ['Item', 'Key', 'ExclusiveStartKey', 'LastEvaluatedKey', 'Attributes', 'ExpressionAttributeValues'];

/** The low-level input of a document client's input: plain records become items, wherever they are. */
function asItems(input: Input): Input {
  return translate(input, marshallItem);
}

function fromItems(answer: Input): Input {
  return translate(answer, (record) => unmarshallItem(record as Item));
}

function translate(input: Input, one: (record: object) => object): Input {
  const all = (records: object[]) => records.map(one);
  const entries = Object.entries(input).map(([name, value]) => {
    if (value === undefined) return [name, value];
    if (itemNames.includes(name)) return [name, one(value)];
    if (name === 'Items' || name === 'Keys') return [name, all(value)];
    if (name === 'Responses') return [name, mapValues(value, all)];
    if (name === 'RequestItems' || name === 'UnprocessedKeys') {
      return [name, mapValues(value, (request: Input) => translate(request, one))];
    }
    if (name === 'TransactItems') {
      return [name, value.map((item: Input) => mapValues(item, (write: Input) => translate(write, one)))];
    }
    return [name, value];
  });
  return Object.fromEntries(entries);
}

function mapValues<T, R>(record: Record<string, T>, one: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, one(value)]));
}
