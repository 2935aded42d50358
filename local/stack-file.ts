import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { LocalTable } from './aws/dynamodb/tables.ts';
import type { StackResources } from './template/resources.ts';

/** A queue as clients address it. */
export interface QueueAddress {
  url: string;
  deadLetterUrl?: string;
}

/** Where everything of a running local stack is: `.local/stack.json`, there while the stack answers. */
export interface StackFile {
  apiUrl: string;
  consoleUrl?: string;
  region: string;
  endpoints: { dynamodb: string; sqs: string; eventbridge: string; lambda?: string; s3?: string };
  /** The queues that upstream systems send to, by name: `profileChanges` and so on. */
  queues: Record<string, QueueAddress>;
  /** Every queue, inner ones and dead letters too. */
  allQueues: Record<string, string>;
  /** Table names: `segments`, `leads` and so on. */
  tables: Record<string, string>;
  busName: string;
  busArn: string;
  /** For tools that insist on credentials; any others do as well. */
  credentials: { accessKeyId: string; secretAccessKey: string };
  pid: number;
}

/** Describes the stack from its template: queues that upstream sends to are those whose URL is a stack output. */
export function describeStack(
  resources: StackResources,
  { endpoints, tables }: { endpoints: StackFile['endpoints']; tables: LocalTable[] },
): StackFile {
  const key = (logicalId: string): string => lowerFirst(resources.plainName(logicalId));
  const queueIds = resources.ofType('AWS::SQS::Queue').map(([logicalId]) => logicalId);
  const outputs = new Set(Object.values(resources.outputs()));
  const queues: StackFile['queues'] = {};
  for (const logicalId of queueIds) {
    const policy = resources.properties<{ RedrivePolicy?: { deadLetterTargetArn: string } }>(logicalId).RedrivePolicy;
    const { ref: url } = resources.physical(logicalId);
    const deadLetters = queueIds.find((id) => resources.physical(id).attributes.Arn === policy?.deadLetterTargetArn);
    if (!outputs.has(url) || !deadLetters) continue;
    queues[key(logicalId)] = { url, deadLetterUrl: resources.physical(deadLetters).ref };
  }
  const [bus] = resources.ofType('AWS::Events::EventBus');
  const physicalBus = bus && resources.physical(bus[0]);
  return {
    apiUrl: resources.place.apiUrl,
    region: resources.place.region,
    endpoints,
    queues,
    allQueues: Object.fromEntries(queueIds.map((id) => [key(id), resources.physical(id).ref])),
    tables: Object.fromEntries(tables.map(({ logicalId, name }) => [key(logicalId).replace(/Table$/, ''), name])),
    busName: physicalBus?.ref ?? 'default',
    busArn: physicalBus?.attributes.Arn ?? '',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    pid: process.pid,
  };
}

/** Writes the file whole: whoever waits for it never reads half of it. */
export function writeStackFile(file: string, stack: StackFile): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(stack, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

/** Reads the file of a stack; undefined when there is none, so no stack that answers. */
export function readStackFile(file: string): StackFile | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as StackFile;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
