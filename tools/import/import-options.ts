import { parseArgs } from 'node:util';
import { readStackFile, type StackFile } from '../../local/stack-file.ts';
import { type ImportMapping, type ImportQueue, queuesOf } from '../../shared/import/mapping.ts';
import { encodingCalled, encodings } from '../../shared/table/encoding.ts';
import type { KnownFile } from '../../shared/table/inspect.ts';
import { separators } from '../../shared/table/separator.ts';
import { credentialsFor } from '../endpoint.ts';
import type { ApiAddress, ApiImport } from './import-through-api.ts';
import { ImportUsageError, mappingOptions, pairs, readMapping, readOccurredAt } from './mapping-options.ts';

/** What `npm run import -- --help` prints. */
export const importHelp = `Sends the rows of a file as changes to the queues of a running stack.

  npm run import -- FILE                          shows what is in it, and the command to import it
  npm run import -- FILE --lead-id COLUMN [options]
  npm run import -- FILE --accounts --account-id COLUMN [options]

A file is CSV or a workbook (.xlsx). Encoding, separator and header line are found out; dates and
numbers are converted where --as says how they are written. Each row is one profile change: every
named column except the lead id becomes an attribute, under its name and as text. Cells are trimmed,
empty ones are left out: an import never clears an attribute. What cannot be read is left out and
told. docs/importing.md says what is understood.

Leads
  --lead-id COLUMN                 the column with the lead's id
  --slug-lead-ids                  lead ids that are no ids ("Ada Lovelace") become ones (ada-lovelace);
                                   without it such rows are refused
  --level engagement=COLUMN        a column with the engagement level; empty cells are left out
  --level profile=COLUMN           a column with the profile level
  --account COLUMN                 the column with the id of the lead's account
  --event "TYPE=COLUMN"            an event of that type for each row with a moment in that column;
                                   "{COLUMN}=COLUMN" takes the type from a column
  --event-field "TYPE:FIELD=COLUMN"  metadata for these events
Accounts
  --accounts --account-id COLUMN   each row is an account, not a lead
  --level account=COLUMN           a column with the account level
Both
  --as "COLUMN=KIND"               how a column is written: number 1,234.5 or 1.234,5;
                                   date DD/MM/YYYY, MM/DD/YYYY or YYYY-MM-DD; boolean;
                                   list ; or list , and so on
  --skip COLUMN                    no attribute of that column
  --rename "COLUMN=ATTRIBUTE"      an attribute of another name
  --set "ATTRIBUTE=TEXT"           an attribute that all rows get
  --slug-ids                       account ids that are no ids ("Acme Corporation") become ones
                                   (acme-corporation), the same in both kinds of file
  --exact-ids                      ids that are mail addresses stay as they are written; without it
                                   Ann@X.example is ann@x.example, as everywhere else
  --mapping FILE                   all of this from a file of JSON, instead
  --save-mapping FILE              keep what was asked for, or is suggested, as such a file
  --occurred-at COLUMN|MOMENT      when it happened, as of which newer changes win: a column with
                                   dates or date-times, or one for all (default: now)
The file
  --encoding NAME                  such as utf-8, windows-1252, utf-16le, macintosh
  --separator CHARACTER            , ; | or tab
  --sheet NAME                     of a workbook
  --header-line N                  the line of the header; 0: there is none
  --from-line N                    leave out rows that start before line N
What to do
  --dry-run                        send nothing, tell what would be sent and what is wrong
  --refused FILE                   keep rows that were refused or lost a cell, with the reason
Members of a segment
  --segment ID                     all leads of the file become members of this segment, until its
                                   rules say otherwise; this and the next go through the API
  --pin                            they stay members whatever the rules say
  --replace                        and whom people added to it before is no longer kept in it, but
                                   for the leads of the file
  --api URL                        the API (default: that of the stack); a bearer token for it is
                                   read from LEAD_SEGMENTS_TOKEN
Where to
  --stack FILE                     a running local stack (default: .local/stack.json)
  --queue NAME=URL                 any queue instead: NAME is profile, level, event or account
  --endpoint URL --region REGION   with --queue: where that is, when it is not AWS itself

Importing a file again sends the same events with the same ids: nothing is counted twice. An export
of members of this product is read back as it was: --lead-id leadId is all it needs.
Exit code: 0 all sent, 1 some rows were refused or it stopped early, 2 wrong options or a file that
cannot be read, 130 Ctrl-C.
`;

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
  readonly known: KnownFile;
  /** Left out: the file is to be shown, and no more. */
  readonly mapping?: ImportMapping;
  /** Left out: nothing is sent, unless it goes through the API. */
  readonly target?: ImportTarget;
  /** What goes through the API: it makes the leads members of a segment. */
  readonly throughApi?: { readonly api: ApiAddress; readonly segment: ApiImport['segment'] };
  readonly fromLine: number;
  readonly refusedFile?: string;
  /** Where to keep the mapping that is asked for, or suggested. */
  readonly mappingFile?: string;
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
  const fromLine = lineNumber(values['from-line'] ?? '1', '--from-line', 1);
  const kept = args.filter((_, index) => !tokens.some((token) => isFromLine(token, index)));
  const mappingFile = values['save-mapping'];
  const shared = { file, known: readKnown(values), fromLine, ...(mappingFile !== undefined && { mappingFile }) };
  const mapping = readMapping(values);
  if (!mapping) return { ...shared, continueArguments: kept };
  const given = values['occurred-at'];
  const occurredAt = given === undefined ? mapping.occurredAt : readOccurredAt(given);
  const throughApi = readApi(values, mapping);
  return {
    ...shared,
    mapping: { ...mapping, ...(occurredAt && { occurredAt }) },
    ...(throughApi && { throughApi }),
    ...(!values['dry-run'] && !throughApi && { target: readTarget(values, mapping) }),
    ...(values.refused !== undefined && { refusedFile: values.refused }),
    continueArguments: occurredAt ? kept : [...kept, '--occurred-at', startedAt.toISOString()],
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      tokens: true,
      options: {
        ...mappingOptions,
        api: { type: 'string' },
        'dry-run': { type: 'boolean' },
        encoding: { type: 'string' },
        endpoint: { type: 'string' },
        'from-line': { type: 'string' },
        'header-line': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        'occurred-at': { type: 'string' },
        pin: { type: 'boolean' },
        queue: { type: 'string', multiple: true },
        refused: { type: 'string' },
        replace: { type: 'boolean' },
        'save-mapping': { type: 'string' },
        region: { type: 'string' },
        segment: { type: 'string' },
        separator: { type: 'string' },
        sheet: { type: 'string' },
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

function lineNumber(text: string, option: string, least: number): number {
  const line = Number(text);
  if (!Number.isInteger(line) || line < least) throw new ImportUsageError(`${option} is a line number.`);
  return line;
}

function readKnown(values: Values): KnownFile {
  const { encoding: name, separator: mark, sheet, 'header-line': line } = values;
  const encoding = name === undefined ? undefined : encodingCalled(name);
  if (name !== undefined && !encoding) {
    throw new ImportUsageError(`--encoding takes ${encodings.join(', ')}; not ${name}.`);
  }
  const separator = separators.find((one) => one === mark || (one === '\t' && /^(tab|\\t)$/i.test(mark ?? '')));
  if (mark !== undefined && !separator) throw new ImportUsageError(`--separator takes , ; | or tab; not ${mark}.`);
  return {
    ...(encoding && { encoding }),
    ...(separator && { separator }),
    ...(sheet !== undefined && { sheet }),
    ...(line !== undefined && { headerLine: lineNumber(line, '--header-line', 0) }),
  };
}

/** What goes with `--segment`; undefined without it. */
function readApi(values: Values, mapping: ImportMapping): ImportOptions['throughApi'] {
  const { segment: segmentId, pin, replace = false, api, stack } = values;
  if (segmentId === undefined) {
    const option = Object.entries({ api, pin, replace }).find(([, value]) => value)?.[0];
    if (option !== undefined) throw new ImportUsageError(`--${option} goes with --segment ID.`);
    return undefined;
  }
  if (mapping.kind !== 'leads') throw new ImportUsageError('--segment takes leads, not accounts.');
  for (const name of ['dry-run', 'endpoint', 'from-line', 'queue'] as const) {
    if (values[name] !== undefined) throw new ImportUsageError(`Either --segment or --${name}, not both.`);
  }
  const url = api ?? readStackFile(stack ?? stackFile)?.apiUrl;
  if (url === undefined) throw new ImportUsageError(`There is no ${stack ?? stackFile}: where is the API? --api URL.`);
  if (!URL.canParse(url)) throw new ImportUsageError(`--api "${url}" is not a URL.`);
  const token = process.env.LEAD_SEGMENTS_TOKEN;
  return { api: { url, token }, segment: { segmentId, action: pin ? 'pin' : 'add', replace } };
}

/** Where a running stack tells where it is. */
const stackFile = '.local/stack.json';

function readTarget(values: Values, mapping: ImportMapping): ImportTarget {
  if (values.queue === undefined) {
    if (values.endpoint !== undefined) throw new ImportUsageError('--endpoint goes with --queue NAME=URL.');
    const file = values.stack ?? stackFile;
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
