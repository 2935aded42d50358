import type { SQSEvent } from 'aws-lambda';
import type { Clients } from '../../shared/aws/clients.ts';
import { segmentsPartition } from '../../shared/aws/segments-keys.ts';
import type { SimulatedClients } from './clients.ts';
import type { Item } from './store/attribute-value.ts';
import type { Cloud } from './store/cloud.ts';
import type { Input } from './store/database.ts';
import { type Send, withAnswers } from './with-answers.ts';

/**
 * The release after this one, which raised the formats of leads, segments and messages to 2. It reads both formats, as each
 * release reads the one before. In format 2 a lead has `writtenAs`, always its version; and a message has all it says in `job`.
 */
const nextFormat = 2;

/** The clients of a function of the next release, around those of this one's code. */
export function asNextRelease(clients: SimulatedClients): SimulatedClients {
  const reading = readingNextFormat(clients);
  return {
    ...reading,
    dynamodb: withAnswers(reading.dynamodb, (command, send) => send(ofInput(command, leadsInNextFormat))),
    documents: withAnswers(reading.documents, (command, send) => send(ofInput(command, segmentsInNextFormat))),
    sqs: withAnswers(reading.sqs, (command, send) => send(ofInput(command, messagesInNextFormat))),
  };
}

/** Clients that answer items of the next format as if they had this one's. */
export function readingNextFormat<Some extends Clients>(clients: Some): Some {
  const read = async (command: { input: Input }, send: Send) => withoutFormats(await send(command));
  return {
    ...clients,
    dynamodb: withAnswers(clients.dynamodb, read),
    documents: withAnswers(clients.documents, read),
  };
}

/** A batch of messages as the next release reads it. */
export function readMessages<Event extends SQSEvent>(event: Event): Event {
  const Records = event.Records.map((record) => {
    const content = JSON.parse(record.body);
    return content.formatVersion === nextFormat ? { ...record, body: JSON.stringify(content.job) } : record;
  });
  return { ...event, Records };
}

/** An item as the next release reads it. */
export function readItem<T extends object>(item: T): T {
  const { formatVersion: _, writtenAs: __, ...rest } = item as T & { formatVersion?: unknown; writtenAs?: unknown };
  return rest as unknown as T;
}

/** What a release did to items whose format it does not know. */
export function formatErrors(cloud: Cloud): string[] {
  const known = new Map<string, boolean>();
  return [...cloud.database.table('Leads').stream, ...cloud.database.table('Segments').stream].flatMap(
    ({ keys, newImage }) => {
      const key = Object.values(keys)
        .map(({ S }) => S)
        .join('/');
      const isNext = newImage?.formatVersion !== undefined;
      const wasNext = known.get(key) ?? false;
      known.set(key, isNext);
      if (wasNext && newImage && !isNext) return [`${key} had the next format, and was written in this one's`];
      if (newImage?.writtenAs?.N === newImage?.version?.N || !isNext || keys.pk) return [];
      return [`${key} has the next format, and was written by a release that does not know it`];
    },
  );
}

const ofInput = <T extends { input: Input }>(command: T, change: (input: Input) => Input): T =>
  Object.assign(Object.create(command), { input: change(command.input) });

function withoutFormats(answer: Input): Input {
  const items = (list: object[]) => list.map(readItem);
  const { Item, Items, Attributes, Responses } = answer;
  return {
    ...answer,
    ...(Item && { Item: readItem(Item) }),
    ...(Items && { Items: items(Items) }),
    ...(Attributes && { Attributes: readItem(Attributes) }),
    ...(Responses && {
      Responses: Array.isArray(Responses) ? Responses.map(withoutFormats) : mapValues(Responses, items),
    }),
  };
}

const mapValues = <T, R>(record: Record<string, T>, one: (value: T) => R): Record<string, R> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, one(value)]));

/** The format's number, and what only this format has. */
const marksOf = (version: Item[string]): Item => ({ formatVersion: { N: String(nextFormat) }, writtenAs: version });

function leadsInNextFormat(input: Input): Input {
  const { Statements, TableName, Item } = input;
  if (TableName === 'Leads' && Item) return { ...input, Item: { ...Item, ...marksOf(Item.version) } };
  if (!Statements) return input;
  return {
    ...input,
    Statements: Statements.map(({ Statement, Parameters }: { Statement: string; Parameters: Item[string][] }) => {
      const [insert, update] = ['INSERT INTO "Leads" VALUE {', 'UPDATE "Leads" SET '];
      const start = [insert, update].find((begin) => Statement.startsWith(begin));
      if (start === undefined) return { Statement, Parameters };
      const names = [...Statement.matchAll(/['"](\w+)['"](?:: | = )\?/g)].map(([, name]) => name);
      const marks = marksOf(Parameters[names.indexOf('version')]!);
      const set = Object.keys(marks).map((name) => (start === insert ? `'${name}': ?, ` : `"${name}" = ?, `));
      return {
        Statement: start + set.join('') + Statement.slice(start.length),
        Parameters: [...Object.values(marks), ...Parameters],
      };
    }),
  };
}

function segmentsInNextFormat(input: Input): Input {
  const { Item, TransactItems } = input;
  if (Item?.pk === segmentsPartition) return { ...input, Item: { ...Item, formatVersion: nextFormat } };
  if (!TransactItems) return input;
  return { ...input, TransactItems: TransactItems.map((write: Input) => mapValues(write, segmentsInNextFormat)) };
}

function messagesInNextFormat(input: Input): Input {
  if (!input.Entries || !['jobs', 'due-leads'].includes(input.QueueUrl)) return input;
  const Entries = input.Entries.map((entry: { MessageBody: string }) => {
    const job = JSON.parse(entry.MessageBody);
    return { ...entry, MessageBody: JSON.stringify({ formatVersion: nextFormat, job }) };
  });
  return { ...input, Entries };
}
