import { parseArgs } from 'node:util';
import { readStackFile, type StackFile } from '../../local/stack-file.ts';
import { credentialsFor } from '../endpoint.ts';
import { UsageError } from '../redrive/usage-error.ts';
import { type EventColumn, type ImportMapping, type ImportQueue, queuesOf, readMoment } from './import-mapping.ts';

/** What `npm run import -- --help` prints. */
export const importHelp = `Sends the rows of a CSV file as changes to the queues of a running stack.

  npm run import -- leads.csv --lead-id COLUMN [options]
  npm run import -- accounts.csv --accounts --account-id COLUMN [options]

Each row is one profile change: every named column except the lead id becomes an attribute, under
its exact name and as text (a plain decimal such as 42.5 compares as a number anyway, and "01234"
stays what it is). Empty cells are left out: an import never clears an attribute. Columns used by
the options below are attributes, too.

Leads
  --lead-id COLUMN                 the column with the lead's id
  --level engagement=COLUMN        a column with the engagement level; empty cells are left out
  --level profile=COLUMN           a column with the profile level
  --account COLUMN                 the column with the id of the lead's account
  --event "TYPE=COLUMN"            an event of that type for each row with a moment in that column
  --event-field "TYPE:FIELD=COLUMN"  metadata for these events
Accounts
  --accounts --account-id COLUMN   each row is an account, not a lead
  --level account=COLUMN           a column with the account level
Both
  --slug-ids                       account ids that are no ids ("Acme Corporation") become ones
                                   (acme-corporation), the same in both kinds of file
  --exact-ids                      ids that are mail addresses stay as they are written; without it
                                   Ann@X.example is ann@x.example, as everywhere else
  --occurred-at COLUMN|MOMENT      when it happened, as of which newer changes win: a column with
                                   dates or date-times, or one for all (default: now)
  --from-line N                    leave out rows that start before line N
Where to
  --stack FILE                     a running local stack (default: .local/stack.json)
  --queue NAME=URL                 any queue instead: NAME is profile, level, event or account
  --endpoint URL --region REGION   with --queue: where that is, when it is not AWS itself

Moments are 2026-11-22, 2026-11-22T09:30:00Z or 2026-11-22 09:30:00 (UTC). Importing a file again
sends the same events with the same ids: nothing is counted twice. An export of members of this
product is read back as it was: --lead-id leadId is all it needs.
Exit code: 0 all sent, 1 some rows were refused or it stopped early, 2 wrong options, 130 Ctrl-C.
`;

/** A mistake in the options, for the person who typed them. */
export class ImportUsageError extends UsageError {
  override name = 'ImportUsageError';
}

/** Where to send: queue URLs, and where SQS answers. */
export interface ImportTarget {
  readonly queues: Readonly<Partial<Record<ImportQueue, string>>>;
  readonly endpoint?: string;
  readonly region?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** An import as asked for. */
export interface ImportOptions {
  readonly file: string;
  readonly mapping: ImportMapping;
  readonly target: ImportTarget;
  readonly fromLine: number;
  /** The arguments that continue this import at another line, with the same moment. */
  readonly continueArguments: readonly string[];
}

const queueNames: Readonly<Record<ImportQueue, string>> = {
  profile: 'profileChanges',
  level: 'levelChanges',
  event: 'leadEvents',
  account: 'accountChanges',
};

/** Reads the command line; `undefined` when help is asked for. Throws `ImportUsageError`. */
export function readImportOptions(args: readonly string[], startedAt: Date): ImportOptions | undefined {
  const { values, positionals, tokens } = parse(args);
  if (values.help) return undefined;
  const [file, ...others] = positionals;
  if (file === undefined) throw new ImportUsageError('Which CSV file? See --help.');
  if (others.length > 0) throw new ImportUsageError(`One file at a time, not also ${others.join(', ')}.`);
  const fromLine = Number(values['from-line'] ?? 1);
  if (!Number.isInteger(fromLine) || fromLine < 1) throw new ImportUsageError('--from-line is a line number.');

  const moment = values['occurred-at'] ?? startedAt.toISOString();
  const iso = readMoment(moment);
  const occurredAt = iso === undefined ? { column: moment } : { moment: iso };
  const mapping = readMapping(values, occurredAt);
  const kept = args.filter((_, index) => !tokens.some((token) => isFromLine(token, index)));
  const continueArguments = values['occurred-at'] === undefined ? [...kept, '--occurred-at', moment] : kept;
  return { file, mapping, target: readTarget(values, mapping), fromLine, continueArguments };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      tokens: true,
      options: {
        account: { type: 'string' },
        'account-id': { type: 'string' },
        accounts: { type: 'boolean' },
        endpoint: { type: 'string' },
        'exact-ids': { type: 'boolean' },
        event: { type: 'string', multiple: true },
        'event-field': { type: 'string', multiple: true },
        'from-line': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        'lead-id': { type: 'string' },
        level: { type: 'string', multiple: true },
        'occurred-at': { type: 'string' },
        queue: { type: 'string', multiple: true },
        region: { type: 'string' },
        'slug-ids': { type: 'boolean' },
        stack: { type: 'string' },
      },
    });
  } catch (error) {
    const isUsage = error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
    throw isUsage ? new ImportUsageError(error.message) : error;
  }
}

type Values = ReturnType<typeof parse>['values'];
type Token = ReturnType<typeof parse>['tokens'][number];

function isFromLine(token: Token, index: number): boolean {
  if (token.kind !== 'option' || token.name !== 'from-line') return false;
  return index === token.index || (!token.inlineValue && index === token.index + 1);
}

function readMapping(values: Values, occurredAt: ImportMapping['occurredAt']): ImportMapping {
  const levels = pairs('--level', values.level, 'engagement=COLUMN');
  const shared = { occurredAt, slugIds: values['slug-ids'] ?? false, exactIds: values['exact-ids'] ?? false };
  const refuse = (options: readonly (keyof Values)[], reason: string) => {
    const given = options.find((option) => values[option] !== undefined);
    if (given) throw new ImportUsageError(`--${given} ${reason}`);
  };
  const known = values.accounts ? ['account'] : ['engagement', 'profile'];
  const wrong = levels.find(([name]) => !known.includes(name));
  if (wrong) {
    const advice = wrong[0] === 'account' ? ' Account levels come with an accounts file: --accounts.' : '';
    throw new ImportUsageError(`--level takes ${known.join('=COLUMN or ')}=COLUMN here, not ${wrong[0]}.${advice}`);
  }
  const level = Object.fromEntries(levels) as { engagement?: string; profile?: string; account?: string };
  if (values.accounts) {
    refuse(['lead-id', 'account', 'event', 'event-field'], 'does not go with --accounts.');
    const accountId = values['account-id'];
    if (accountId === undefined) throw new ImportUsageError('--account-id COLUMN is missing.');
    return { kind: 'accounts', accountId, ...(level.account && { accountLevel: level.account }), ...shared };
  }
  refuse(['account-id'], 'goes with --accounts; the account of a lead is --account COLUMN.');
  const leadId = values['lead-id'];
  if (leadId === undefined) throw new ImportUsageError('--lead-id COLUMN is missing.');
  return {
    kind: 'leads',
    leadId,
    ...(values.account !== undefined && { accountId: values.account }),
    ...(level.engagement && { engagementLevel: level.engagement }),
    ...(level.profile && { profileLevel: level.profile }),
    events: readEvents(values),
    ...shared,
  };
}

function readEvents(values: Values): EventColumn[] {
  const events = pairs('--event', values.event, '"Form Submit=COLUMN"');
  const eventTypes = new Set(events.map(([eventType]) => eventType));
  const fields = new Map<string, Record<string, string>>();
  for (const [target, column] of pairs('--event-field', values['event-field'], '"Form Submit:form_id=COLUMN"')) {
    const eventType = [...eventTypes].find((type) => target.startsWith(`${type}:`));
    if (eventType === undefined) {
      throw new ImportUsageError(`--event-field "${target}": no --event "TYPE=COLUMN" is given for that TYPE:FIELD.`);
    }
    const ofType = fields.get(eventType) ?? {};
    fields.set(eventType, { ...ofType, [target.slice(eventType.length + 1)]: column });
  }
  return events.map(([eventType, momentColumn]) => ({ eventType, momentColumn, fields: fields.get(eventType) ?? {} }));
}

function pairs(option: string, given: readonly string[] = [], example: string): [string, string][] {
  return given.map((pair) => {
    const at = pair.indexOf('=');
    if (at < 1 || at === pair.length - 1) throw new ImportUsageError(`${option} is like ${example}, not "${pair}".`);
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
}

function readTarget(values: Values, mapping: ImportMapping): ImportTarget {
  if (values.queue === undefined) {
    if (values.endpoint !== undefined) throw new ImportUsageError('--endpoint goes with --queue NAME=URL.');
    const file = values.stack ?? '.local/stack.json';
    const stack = readStackFile(file);
    if (stack) return targetOf(stack, mapping, values);
    throw new ImportUsageError(`There is no ${file}: start the stack first (npm start), or name queues with --queue.`);
  }
  if (values.stack !== undefined) throw new ImportUsageError('Either --stack or --queue, not both.');
  const queues = Object.fromEntries(pairs('--queue', values.queue, 'profile=URL'));
  const unknown = Object.keys(queues).find((name) => !(name in queueNames));
  if (unknown) throw new ImportUsageError(`--queue takes ${Object.keys(queueNames).join(', ')}, not ${unknown}.`);
  for (const name of queuesOf(mapping)) {
    if (!(name in queues))
      throw new ImportUsageError(`--queue ${name}=URL is missing: these rows have ${name} changes.`);
  }
  const { endpoint } = values;
  if (endpoint !== undefined && !URL.canParse(endpoint)) {
    throw new ImportUsageError(`--endpoint "${endpoint}" is not a URL.`);
  }
  const credentials = credentialsFor(endpoint);
  return {
    queues,
    ...(endpoint !== undefined && { endpoint }),
    ...(values.region !== undefined && { region: values.region }),
    ...(credentials && { credentials }),
  };
}

function targetOf(stack: StackFile, mapping: ImportMapping, values: Values): ImportTarget {
  // The header may ask for more than the options do: an export of members has levels.
  const names: readonly ImportQueue[] = mapping.kind === 'leads' ? ['profile', 'level', 'event'] : ['account'];
  const queues = names.map((name) => {
    const address = stack.queues[queueNames[name]];
    if (!address) throw new ImportUsageError(`The stack has no queue ${queueNames[name]}.`);
    return [name, address.url];
  });
  return {
    queues: Object.fromEntries(queues),
    endpoint: stack.endpoints.sqs,
    region: values.region ?? stack.region,
    credentials: stack.credentials,
  };
}
