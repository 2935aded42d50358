import { readFileSync } from 'node:fs';
import type { ParseArgsConfig } from 'node:util';
import {
  type ColumnMapping,
  type EventMapping,
  type ImportMapping,
  importMappingSchema,
} from '../../shared/import/mapping.ts';
import { readAs } from '../../shared/problem/read-as.ts';
import { columnKinds, kindCalled, nameOfKind } from '../../shared/table/column-kind.ts';
import { readDate } from '../../shared/table/date-text.ts';
import { UsageError } from '../redrive/usage-error.ts';

/** A mistake in the options, for the person who typed them. */
export class ImportUsageError extends UsageError {
  override name = 'ImportUsageError';
}

/** The options that say what columns are for. */
export const mappingOptions = {
  account: { type: 'string' },
  'account-id': { type: 'string' },
  accounts: { type: 'boolean' },
  as: { type: 'string', multiple: true },
  event: { type: 'string', multiple: true },
  'event-field': { type: 'string', multiple: true },
  'exact-ids': { type: 'boolean' },
  'lead-id': { type: 'string' },
  level: { type: 'string', multiple: true },
  mapping: { type: 'string' },
  rename: { type: 'string', multiple: true },
  set: { type: 'string', multiple: true },
  skip: { type: 'string', multiple: true },
  'slug-ids': { type: 'boolean' },
  'slug-lead-ids': { type: 'boolean' },
} as const satisfies ParseArgsConfig['options'];

type Several = readonly string[] | undefined;

/** What was given for them. */
export type MappingValues = {
  readonly [Name in keyof typeof mappingOptions]?:
    | ((typeof mappingOptions)[Name] extends { multiple: true }
        ? string[]
        : (typeof mappingOptions)[Name] extends { type: 'boolean' }
          ? boolean
          : string)
    | undefined;
};

/** The mapping that options ask for; undefined when none of them is given. Throws `ImportUsageError`. */
export function readMapping(values: MappingValues): ImportMapping | undefined {
  const given = (Object.keys(mappingOptions) as (keyof MappingValues)[]).filter((name) => values[name] !== undefined);
  if (given.length === 0) return undefined;
  if (values.mapping === undefined) return mappingOf(values);
  const other = given.find((name) => name !== 'mapping');
  if (other) throw new ImportUsageError(`Either --mapping or --${other}, not both.`);
  return readMappingFile(values.mapping);
}

function readMappingFile(file: string): ImportMapping {
  const content = readFileSync(file, 'utf8');
  try {
    const reading = readAs(importMappingSchema, JSON.parse(content));
    if (reading.success) return reading.data;
    const { path, message } = reading.errors[0]!;
    throw new ImportUsageError(`${file} is no mapping: ${path} ${message}`);
  } catch (error) {
    if (error instanceof SyntaxError) throw new ImportUsageError(`${file} is not JSON: ${error.message}`);
    throw error;
  }
}

function mappingOf(values: MappingValues): ImportMapping {
  const levels = pairs('--level', values.level, 'engagement=COLUMN');
  const ofBoth = {
    columns: columnsOf(values),
    constants: pairs('--set', values.set, 'status=unsubscribed').map(([attribute, value]) => ({ attribute, value })),
    slugIds: values['slug-ids'] ?? false,
    exactIds: values['exact-ids'] ?? false,
  };
  const refuse = (options: readonly (keyof MappingValues)[], reason: string) => {
    const option = options.find((name) => values[name] !== undefined);
    if (option) throw new ImportUsageError(`--${option} ${reason}`);
  };
  const known = values.accounts ? ['account'] : ['engagement', 'profile'];
  const wrong = levels.find(([name]) => !known.includes(name));
  if (wrong) {
    const advice = wrong[0] === 'account' ? ' Account levels come with an accounts file: --accounts.' : '';
    throw new ImportUsageError(`--level takes ${known.join('=COLUMN or ')}=COLUMN here, not ${wrong[0]}.${advice}`);
  }
  const level = Object.fromEntries(levels) as { engagement?: string; profile?: string; account?: string };
  if (values.accounts) {
    refuse(['lead-id', 'slug-lead-ids', 'account', 'event', 'event-field'], 'does not go with --accounts.');
    const accountId = values['account-id'];
    if (accountId === undefined) throw new ImportUsageError('--account-id COLUMN is missing.');
    return { kind: 'accounts', accountId, ...(level.account && { accountLevel: level.account }), ...ofBoth };
  }
  refuse(['account-id'], 'goes with --accounts; the account of a lead is --account COLUMN.');
  const leadId = values['lead-id'];
  if (leadId === undefined) throw new ImportUsageError('--lead-id COLUMN is missing.');
  return {
    kind: 'leads',
    leadId,
    ...(values['slug-lead-ids'] && { slugLeadIds: true }),
    ...(values.account !== undefined && { accountId: values.account }),
    ...(level.engagement && { engagementLevel: level.engagement }),
    ...(level.profile && { profileLevel: level.profile }),
    events: readEvents(values),
    ...ofBoth,
  };
}

function columnsOf(values: MappingValues): ColumnMapping[] {
  const columns = new Map<string, ColumnMapping>();
  const add = (column: string, what: Omit<ColumnMapping, 'column'>) =>
    columns.set(column, { ...columns.get(column), column, ...what });
  for (const column of values.skip ?? []) add(column, { skip: true });
  for (const [column, attribute] of pairs('--rename', values.rename, '"E-Mail=email"')) add(column, { attribute });
  for (const [column, name] of lastPairs('--as', values.as, '"Born=date DD/MM/YYYY"')) {
    const as = kindCalled(name);
    if (!as) throw new ImportUsageError(`--as takes ${columnKinds.map(nameOfKind).join(', ')}; not "${name}".`);
    add(column, { as });
  }
  return [...columns.values()];
}

/** An event type in braces is the column that tells it. */
const typeColumn = /^\{(.+)\}$/;

function readEvents(values: MappingValues): EventMapping[] {
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
  return events.map(([type, momentColumn]) => {
    const [, column] = typeColumn.exec(type) ?? [];
    return { eventType: column === undefined ? type : { column }, momentColumn, fields: fields.get(type) ?? {} };
  });
}

/** Pairs of `NAME=VALUE`. Throws `ImportUsageError` for what is none. */
export function pairs(option: string, given: Several, example: string): [string, string][] {
  return (given ?? []).map((pair) => parted(option, pair, pair.indexOf('='), example));
}

/** Pairs of which the name may have a `=` in it. */
function lastPairs(option: string, given: Several, example: string): [string, string][] {
  return (given ?? []).map((pair) => parted(option, pair, pair.lastIndexOf('='), example));
}

function parted(option: string, pair: string, at: number, example: string): [string, string] {
  if (at < 1 || at === pair.length - 1) throw new ImportUsageError(`${option} is like ${example}, not "${pair}".`);
  return [pair.slice(0, at), pair.slice(at + 1)];
}

/** When rows happened: the column, or the moment for all. */
export function readOccurredAt(text: string): NonNullable<ImportMapping['occurredAt']> {
  const date = readDate(text, 'YMD');
  return date === undefined ? { column: text } : { moment: new Date(date).toISOString() };
}

/** The options that ask for a mapping. */
export function optionsFor(mapping: ImportMapping): string[] {
  const { columns, constants, slugIds, exactIds } = mapping;
  const several = (option: string, values: readonly string[]) => values.flatMap((value) => [option, value]);
  const level = (name: string, column: string | undefined) => (column === undefined ? [] : [`${name}=${column}`]);
  const own =
    mapping.kind === 'accounts'
      ? [
          ...['--accounts', '--account-id', mapping.accountId],
          ...several('--level', level('account', mapping.accountLevel)),
        ]
      : [
          ...['--lead-id', mapping.leadId],
          ...(mapping.slugLeadIds ? ['--slug-lead-ids'] : []),
          ...(mapping.accountId === undefined ? [] : ['--account', mapping.accountId]),
          ...several('--level', level('engagement', mapping.engagementLevel)),
          ...several('--level', level('profile', mapping.profileLevel)),
          ...mapping.events.flatMap(eventOptions),
        ];
  return [
    ...own,
    ...(slugIds ? ['--slug-ids'] : []),
    ...(exactIds ? ['--exact-ids'] : []),
    ...several(
      '--as',
      columns.flatMap(({ column, as }) => (as ? [`${column}=${nameOfKind(as)}`] : [])),
    ),
    ...several(
      '--rename',
      columns.flatMap(({ column, attribute }) => (attribute ? [`${column}=${attribute}`] : [])),
    ),
    ...several(
      '--skip',
      columns.flatMap(({ column, skip }) => (skip ? [column] : [])),
    ),
    ...several(
      '--set',
      constants.map(({ attribute, value }) => `${attribute}=${value}`),
    ),
  ];
}

function eventOptions({ eventType, momentColumn, fields }: EventMapping): string[] {
  const type = typeof eventType === 'string' ? eventType : `{${eventType.column}}`;
  const metadata = Object.entries(fields).flatMap(([field, column]) => ['--event-field', `${type}:${field}=${column}`]);
  return ['--event', `${type}=${momentColumn}`, ...metadata];
}
