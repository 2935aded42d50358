import { parseArgs } from 'node:util';
import { readStackFile } from '../../local/stack-file.ts';
import { credentialsFor } from '../endpoint.ts';
import { isRedrivable, type RedrivableQueue, redrivableQueues } from './redrive-queues.ts';
import { UsageError } from './usage-error.ts';

/** What `npm run redrive -- --help` prints. */
export const redriveHelp = `Shows messages that could not be handled, and sends them back.

  npm run redrive -- list                     how many wait, of which queue, and why
  npm run redrive -- show QUEUE [options]     the messages themselves, the oldest first
  npm run redrive -- send QUEUE [options]     sends messages back to where they came from

QUEUE is ${redrivableQueues.slice(0, 4).join(', ')},
${redrivableQueues.slice(4).join(', ')}
(busDeadLetters: events that the bus refused, they go back to it; streamDeadLetters: batches that
a stream gave up, their function is invoked with them again).

show
  --limit N             so many at most (default 10)
  --json                whole, one JSON object a line, as send --edit takes them
send
  --id MESSAGE_ID       this message; may be given again
  --all                 all that wait
  --edit FILE           corrected messages, one JSON object a line: {"messageId", "body"}; with
                        nothing else, just these
Where
  --stack FILE          a running local stack (default: .local/stack.json)
  --queue NAME=URL      any queue instead: the queue itself, not its dead letters; may be given for
                        each; NAME can be left out where the URL has it, as the stack's URLs do
  --bus NAME            with --queue busDeadLetters=URL: the bus
  --endpoint URL --region REGION   with --queue: where that is, when it is not AWS itself

A message is deleted from the dead letters only after it was taken at its destination, and one
that would be refused again stays. Sending twice is harmless.
Exit code: 0 done, 1 some messages were not sent, 2 wrong options or corrections, 130 Ctrl-C.
`;

/** Which messages to send. */
export interface Selection {
  readonly messageIds: readonly string[];
  readonly all: boolean;
  /** The file with corrected messages. */
  readonly editFile?: string;
}

/** What to do. */
export type RedriveCommand =
  | { readonly kind: 'list' }
  | { readonly kind: 'show'; readonly queue: RedrivableQueue; readonly limit: number; readonly json: boolean }
  | { readonly kind: 'send'; readonly queue: RedrivableQueue; readonly selection: Selection };

/** What to do, and where. */
export interface RedriveOptions {
  readonly command: RedriveCommand;
  readonly queueUrls: Readonly<Partial<Record<RedrivableQueue, string>>>;
  readonly busName?: string;
  readonly endpoints: Readonly<Partial<Record<'sqs' | 'eventBridge' | 's3' | 'lambda', string>>>;
  readonly region?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Reads the command line; `undefined` when help is asked for. Throws `UsageError`. */
export function readRedriveOptions(args: readonly string[]): RedriveOptions | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const place = readPlace(values);
  const command = readCommand(positionals, values);
  if (command.kind !== 'list' && place.queueUrls[command.queue] === undefined) {
    throw new UsageError(`Where is ${command.queue}? --queue ${command.queue}=URL is missing.`);
  }
  if (command.kind === 'send' && command.queue === 'busDeadLetters' && place.busName === undefined) {
    throw new UsageError('--bus NAME is missing: events go back to the bus.');
  }
  return { command, ...place };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        all: { type: 'boolean' },
        bus: { type: 'string' },
        edit: { type: 'string' },
        endpoint: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        id: { type: 'string', multiple: true },
        json: { type: 'boolean' },
        limit: { type: 'string' },
        queue: { type: 'string', multiple: true },
        region: { type: 'string' },
        stack: { type: 'string' },
      },
    });
  } catch (error) {
    const isUsage = error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
    throw isUsage ? new UsageError(error.message) : error;
  }
}

type Values = ReturnType<typeof parse>['values'];

const optionsOf = { list: [], show: ['limit', 'json'], send: ['id', 'all', 'edit'] } as const;

function readCommand([kind, queue, ...others]: readonly string[], values: Values): RedriveCommand {
  if (kind !== 'list' && kind !== 'show' && kind !== 'send') {
    throw new UsageError(`${kind === undefined ? 'What to do?' : `"${kind}" is nothing to do.`} list, show or send.`);
  }
  for (const [owner, options] of Object.entries(optionsOf)) {
    const stray = options.find((option) => values[option] !== undefined);
    if (stray && owner !== kind) throw new UsageError(`--${stray} goes with ${owner}.`);
  }
  if (kind === 'list') {
    if (queue !== undefined) throw new UsageError('list shows all queues; for one of them: show QUEUE.');
    return { kind };
  }
  if (queue === undefined || !isRedrivable(queue)) {
    throw new UsageError(`Which queue? ${redrivableQueues.join(', ')}${queue ? `; not "${queue}"` : ''}.`);
  }
  if (others.length > 0) throw new UsageError(`One queue at a time, not also ${others.join(', ')}.`);
  if (kind === 'show') {
    const limit = Number(values.limit ?? 10);
    if (!Number.isInteger(limit) || limit < 1) throw new UsageError('--limit is a whole number from 1.');
    return { kind, queue, limit, json: values.json ?? false };
  }
  const { id = [], all = false, edit } = values;
  if (edit !== undefined && queue === 'streamDeadLetters') throw new UsageError('Batches of streams go as they are.');
  if (id.length === 0 && !all && edit === undefined) throw new UsageError('Which messages? --id, --all or --edit.');
  return { kind, queue, selection: { messageIds: id, all, ...(edit !== undefined && { editFile: edit }) } };
}

function readPlace(values: Values): Omit<RedriveOptions, 'command'> {
  const { queue, endpoint, region, bus } = values;
  if (queue === undefined) {
    const stray = (['endpoint', 'bus'] as const).find((option) => values[option] !== undefined);
    if (stray) throw new UsageError(`--${stray} goes with --queue.`);
    return placeOfStack(values.stack ?? '.local/stack.json');
  }
  if (values.stack !== undefined) throw new UsageError('Either --stack or --queue, not both.');
  if (endpoint !== undefined && !URL.canParse(endpoint)) throw new UsageError(`--endpoint "${endpoint}" is not a URL.`);
  const credentials = credentialsFor(endpoint);
  return {
    queueUrls: Object.fromEntries(queue.map(readQueue)),
    endpoints: endpoint === undefined ? {} : { sqs: endpoint, eventBridge: endpoint, s3: endpoint, lambda: endpoint },
    ...(region !== undefined && { region }),
    ...(bus !== undefined && { busName: bus }),
    ...(credentials && { credentials }),
  };
}

function readQueue(text: string): [RedrivableQueue, string] {
  const [, name, url = ''] = /^(?:([A-Za-z]+)=)?(.*)$/s.exec(text) ?? [];
  if (!URL.canParse(url)) throw new UsageError(`--queue is NAME=URL; "${url}" is not a URL.`);
  const fitting = redrivableQueues.filter((one) => url.toLowerCase().includes(one.toLowerCase()));
  // Names may end in others: the longest is meant.
  const named = name ?? fitting.sort((a, b) => b.length - a.length)[0] ?? '';
  if (!isRedrivable(named)) {
    throw new UsageError(`--queue NAME=URL: NAME is one of ${redrivableQueues.join(', ')}; ${text} has none.`);
  }
  return [named, url];
}

function placeOfStack(file: string): Omit<RedriveOptions, 'command'> {
  const stack = readStackFile(file);
  if (!stack)
    throw new UsageError(`There is no ${file}: start the stack first (npm start), or name queues with --queue.`);
  const queueUrls = Object.fromEntries(Object.entries(stack.allQueues).filter(([name]) => isRedrivable(name)));
  return {
    queueUrls,
    busName: stack.busName,
    endpoints: {
      sqs: stack.endpoints.sqs,
      eventBridge: stack.endpoints.eventbridge,
      ...(stack.endpoints.s3 !== undefined && { s3: stack.endpoints.s3 }),
      ...(stack.endpoints.lambda !== undefined && { lambda: stack.endpoints.lambda }),
    },
    region: stack.region,
    credentials: stack.credentials,
  };
}
