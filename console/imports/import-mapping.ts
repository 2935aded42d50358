import {
  type ColumnMapping,
  type EventMapping,
  type ImportMapping,
  isIdOnly,
  type LeadMapping,
} from '../../shared/import/mapping.ts';
import type { FieldError } from '../../shared/problem/problem.ts';

/** What a column is for; whatever it is, its cells can be an attribute as well. */
export type Role =
  | ('leadId' | 'accountId' | 'engagementLevel' | 'profileLevel' | 'accountLevel')
  | ('event' | 'occurredAt' | 'attribute' | 'skip');

/** Roles that a mapping has by their name, each for one column. */
const named = ['leadId', 'accountId', 'engagementLevel', 'profileLevel', 'accountLevel'] as const;
type NamedRole = (typeof named)[number];

/** What columns of leads and of accounts can be for, as menus offer it. */
export const rolesIn: Readonly<Record<ImportMapping['kind'], readonly Role[]>> = {
  leads: [
    ...(['leadId', 'attribute', 'accountId', 'engagementLevel', 'profileLevel'] as const),
    ...(['event', 'occurredAt', 'skip'] as const),
  ],
  accounts: ['accountId', 'attribute', 'accountLevel', 'occurredAt', 'skip'],
};

const nothing = { columns: [], constants: [], slugIds: false, exactIds: false };

/** The mapping of a file of which nothing could be suggested. */
export const emptyMapping: LeadMapping = { kind: 'leads', leadId: '', events: [], ...nothing };

/** The same mapping for rows that are leads, or accounts: what only the other kind has is gone. */
export function ofKind(mapping: ImportMapping, kind: ImportMapping['kind']): ImportMapping {
  if (mapping.kind === kind) return mapping;
  const { columns, constants, occurredAt, slugIds, exactIds, accountId } = mapping;
  const shared = { columns, constants, slugIds, exactIds, ...(occurredAt && { occurredAt }) };
  if (kind === 'accounts') return { kind, accountId: accountId ?? '', ...shared };
  return { kind, leadId: '', ...(accountId && { accountId }), events: [], ...shared };
}

/** What a column is for. */
export function roleOf(mapping: ImportMapping, column: string): Role {
  const holders: Partial<Record<NamedRole, string | undefined>> = mapping;
  const role = named.find((name) => holders[name] === column);
  if (role) return role;
  if (eventsOf(mapping).some(({ momentColumn }) => momentColumn === column)) return 'event';
  if (mapping.occurredAt && 'column' in mapping.occurredAt && mapping.occurredAt.column === column) return 'occurredAt';
  return ruleOf(mapping, column).skip ? 'skip' : 'attribute';
}

/** Gives a column another role; whichever column had it before becomes an attribute. */
export function withRole(mapping: ImportMapping, column: string, role: Role): ImportMapping {
  if (roleOf(mapping, column) === role) return mapping;
  const isSkipped = role === 'skip';
  const free = withColumn(withoutRole(mapping, column), column, { skip: isSkipped || undefined });
  switch (role) {
    case 'attribute':
    case 'skip':
      return free;
    case 'occurredAt':
      return { ...free, occurredAt: { column } };
    case 'event':
      return withEvents(free, [...eventsOf(free), { eventType: '', momentColumn: column, fields: {} }]);
    default:
      return { ...free, [role]: column };
  }
}

/** A column that is for nothing any more; an id that every row needs is to be chosen again. */
function withoutRole(mapping: ImportMapping, column: string): ImportMapping {
  const role = roleOf(mapping, column);
  if (role === 'event') {
    return withEvents(
      mapping,
      eventsOf(mapping).filter(({ momentColumn }) => momentColumn !== column),
    );
  }
  if (role === 'attribute' || role === 'skip') return mapping;
  if (role === idOf(mapping)) return { ...mapping, [role]: '' };
  const { [role as keyof ImportMapping]: _, ...rest } = mapping;
  return rest as ImportMapping;
}

/** The name of the column that every row needs. */
export function idOf({ kind }: ImportMapping): 'leadId' | 'accountId' {
  return kind === 'leads' ? 'leadId' : 'accountId';
}

/** The events that rows tell of. */
export function eventsOf(mapping: ImportMapping): readonly EventMapping[] {
  return mapping.kind === 'leads' ? mapping.events : [];
}

/** The mapping with other events. */
export function withEvents(mapping: ImportMapping, events: readonly EventMapping[]): ImportMapping {
  return mapping.kind === 'leads' ? { ...mapping, events: [...events] } : mapping;
}

/** What a mapping says of a column by its name. */
export function ruleOf({ columns }: ImportMapping, column: string): Omit<ColumnMapping, 'column'> {
  return columns.find((entry) => entry.column === column) ?? {};
}

/** Says something else of a column; undefined takes it away. */
export function withColumn(
  mapping: ImportMapping,
  column: string,
  change: { readonly [Key in keyof ColumnMapping]?: ColumnMapping[Key] | undefined },
): ImportMapping {
  const merged = { ...ruleOf(mapping, column), ...change };
  const said = Object.entries(merged).filter(([name, value]) => name !== 'column' && value !== undefined);
  const entry = { column, ...Object.fromEntries(said) };
  const index = mapping.columns.findIndex((one) => one.column === column);
  const isListed = index >= 0;
  const columns = mapping.columns.toSpliced(
    isListed ? index : mapping.columns.length,
    isListed ? 1 : 0,
    ...(said.length > 0 ? [entry] : []),
  );
  return { ...mapping, columns };
}

/** Whether a column becomes an attribute, whatever else it is for. */
export function isAttribute(mapping: ImportMapping, column: string): boolean {
  const { skip, attribute } = ruleOf(mapping, column);
  return !skip && (attribute !== undefined || !isIdOnly(column, mapping));
}

/** What is still missing in a mapping, with paths into it as the API gives them. */
export function missingIn(mapping: ImportMapping): FieldError[] {
  const missing = (path: string, message: string): FieldError => ({ path, code: 'required', message });
  const id = idOf(mapping);
  const holders: Partial<Record<'leadId' | 'accountId', string | undefined>> = mapping;
  const who = id === 'leadId' ? 'lead' : 'account';
  return [
    ...(holders[id] ? [] : [missing(`/${id}`, `Choose the column that tells which ${who} a row is.`)]),
    ...eventsOf(mapping).flatMap(({ eventType }, index) =>
      (typeof eventType === 'string' ? eventType : eventType.column) === ''
        ? [missing(`/events/${index}/eventType`, 'Enter what the event is called.')]
        : [],
    ),
    ...mapping.constants.flatMap(({ attribute, value }, index) =>
      attribute && value ? [] : [missing(`/constants/${index}`, 'Enter a name and a value.')],
    ),
  ];
}
