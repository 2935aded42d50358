import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { ExportCellError, exportFileOf } from '../../shared/export/read-export.ts';
import {
  accountChangeSchema,
  isOutsideId,
  leadEventSchema,
  levelChangeSchema,
  maximumClockSkewMs,
  profileChangeSchema,
} from '../../shared/lead/change.ts';
import { isEmpty, periodOf } from '../../shared/rule/value.ts';

/** The queues that an import sends to, by the names its options use. */
export type ImportQueue = 'profile' | 'level' | 'event' | 'account';

/** An event type that rows tell of: one event for each row with a moment in that column. */
export interface EventColumn {
  readonly eventType: string;
  readonly momentColumn: string;
  /** Metadata of the event, by column. */
  readonly fields: Readonly<Record<string, string>>;
}

/** How columns become messages. */
export type ImportMapping = LeadMapping | AccountMapping;

/** Each row is a lead. */
export interface LeadMapping {
  readonly kind: 'leads';
  readonly leadId: string;
  readonly accountId?: string;
  readonly engagementLevel?: string;
  readonly profileLevel?: string;
  readonly events: readonly EventColumn[];
  /** A column with a moment in each row, or one moment (ISO) for all rows. */
  readonly occurredAt: { readonly column: string } | { readonly moment: string };
  readonly slugIds: boolean;
  /** Whether ids that are mail addresses stay as they are written. */
  readonly exactIds: boolean;
}

/** Each row is an account. */
export interface AccountMapping {
  readonly kind: 'accounts';
  readonly accountId: string;
  readonly accountLevel?: string;
  readonly occurredAt: LeadMapping['occurredAt'];
  readonly slugIds: boolean;
  readonly exactIds: boolean;
}

/** A message for one queue, as its JSON. */
export interface ImportMessage {
  readonly queue: ImportQueue;
  readonly body: string;
}

/** What a row says: its messages, and its id if that is a mail address that was folded; or why nothing can be sent. */
export type MappedRow =
  | { readonly messages: readonly ImportMessage[]; readonly foldedId?: string }
  | { readonly problem: string };

/** The columns of an export of members that say something of the lead. */
const ofExport = { accountId: 'accountId', engagementLevel: 'engagementLevel', profileLevel: 'profileLevel' };

const exportNotice =
  'This is an export of members: its levels and accounts are taken over; since, source and accountLevel are left out, ' +
  'for they are not of the leads.';

/** A mapping bound to the header of a file. */
export interface RowMapper {
  /** `now`: epoch ms, which moments must not be far ahead of. */
  mapRow(cells: readonly string[], now: number): MappedRow;
  /** What the header has that is left out, for people to know. */
  readonly notices: readonly string[];
  /** The queues that the messages of its rows are for. */
  readonly queues: readonly ImportQueue[];
}

/** The mapping cannot be applied to a file with this header. */
export class MappingError extends Error {
  override name = 'MappingError';
}

class RowProblem extends Error {}

type Cells = (column: string) => string | undefined;

/**
 * Binds a mapping to a header. The columns of an export of members need no mapping: it is read back as it was before.
 * Throws `MappingError` for columns that the header does not have.
 */
export function createRowMapper(header: readonly string[], asked: ImportMapping): RowMapper {
  const exported = asked.kind === 'leads' ? exportFileOf(header) : undefined;
  const mapping = exported ? { ...ofExport, ...asked, slugIds: false, exactIds: true } : asked;
  const notices: string[] = [];
  const positions = new Map<string, number>();
  for (const [index, name] of header.entries()) {
    const first = positions.get(name);
    if (isEmpty(name)) notices.push(`Column ${index + 1} has no name and is left out.`);
    else if (first === undefined) positions.set(name, index);
    else notices.push(`Column ${index + 1} is named "${name}" as column ${first + 1} is, and is left out.`);
  }
  for (const column of columnsOf(mapping)) {
    if (!positions.has(column)) throw new MappingError(`There is no column "${column}". ${suggest(column, header)}`);
  }
  if (exported) notices.push(exportNotice);
  const attributeNames = [...positions.keys()].filter((name) => !isIdOnly(name, mapping));
  const attributesIn = (cells: readonly string[], cell: Cells) =>
    exported?.attributesOf(cells) ??
    Object.fromEntries(
      attributeNames.flatMap((name) => {
        const text = cell(name);
        return text === undefined ? [] : [[name, text]];
      }),
    );

  return {
    notices,
    queues: queuesOf(mapping),
    mapRow(cells, now) {
      const extra = cells.slice(header.length).findIndex((cell) => !isEmpty(cell));
      if (extra >= 0) return { problem: `has ${cells.length} cells, the header has ${header.length}` };
      const cell: Cells = (column) => {
        const text = cells[positions.get(column)!] ?? '';
        return isEmpty(text) ? undefined : (exported?.textOf(text) ?? text);
      };
      // What was exported is as it was sent, spaces included.
      const trimmed: Cells = exported ? cell : (column) => cell(column)?.trim();
      try {
        const messages = messagesOf(mapping, cell, trimmed, attributesIn(cells, cell), now);
        const id = trimmed(mapping.kind === 'leads' ? mapping.leadId : mapping.accountId) ?? '';
        return { messages, ...(foldId(id, mapping) !== id && { foldedId: id }) };
      } catch (error) {
        if (error instanceof RowProblem || error instanceof ExportCellError) return { problem: error.message };
        throw error;
      }
    },
  };
}

function messagesOf(
  mapping: ImportMapping,
  cell: Cells,
  trimmed: Cells,
  attributes: object,
  now: number,
): ImportMessage[] {
  const messages: ImportMessage[] = [];
  const add = (queue: ImportQueue, schema: z.ZodType<{ occurredAt: number }>, content: object) => {
    const result = schema.safeParse(content);
    if (!result.success) {
      const [issue] = result.error.issues;
      throw new RowProblem(`${issue!.path.join('/') || 'row'}: ${issue!.message}`);
    }
    if (result.data.occurredAt > now + maximumClockSkewMs) throw new RowProblem('its moment is more than 24 h ahead');
    messages.push({ queue, body: JSON.stringify(content) });
  };
  const when = mapping.occurredAt;
  const occurredAt = 'moment' in when ? when.moment : required(momentIn(trimmed, when.column), 'moment', when.column);

  if (mapping.kind === 'accounts') {
    const id = accountIdIn(trimmed, mapping.accountId, mapping);
    const accountId = required(id, 'account id', mapping.accountId);
    const accountLevel = mapping.accountLevel && trimmed(mapping.accountLevel);
    const level = accountLevel && { accountLevel };
    add('account', accountChangeSchema, { accountId, occurredAt, attributes, ...level });
    return messages;
  }

  const leadId = required(idIn(trimmed, mapping.leadId, mapping), 'lead id', mapping.leadId);
  const accountId = mapping.accountId && accountIdIn(trimmed, mapping.accountId, mapping);
  add('profile', profileChangeSchema, { leadId, occurredAt, ...(accountId && { accountId }), attributes });
  const engagementLevel = mapping.engagementLevel && trimmed(mapping.engagementLevel);
  const profileLevel = mapping.profileLevel && trimmed(mapping.profileLevel);
  if (engagementLevel || profileLevel) {
    const levels = { ...(engagementLevel && { engagementLevel }), ...(profileLevel && { profileLevel }) };
    add('level', levelChangeSchema, { leadId, occurredAt, ...levels });
  }
  for (const { eventType, momentColumn, fields } of mapping.events) {
    const moment = momentIn(trimmed, momentColumn);
    if (moment === undefined) continue;
    const metadata = Object.fromEntries(
      Object.entries(fields).flatMap(([field, column]) => {
        const text = cell(column);
        return text === undefined ? [] : [[field, text]];
      }),
    );
    const eventId = eventIdOf(leadId, eventType, moment, metadata);
    add('event', leadEventSchema, { eventId, leadId, eventType, occurredAt: moment, metadata });
  }
  return messages;
}

function required(text: string | undefined, what: string, column: string): string {
  if (text === undefined) throw new RowProblem(`has no ${what} in column "${column}"`);
  return text;
}

/**
 * The same event of the same file has the same id each time, so that importing it again changes nothing; one with another
 * value in a field is another event.
 */
function eventIdOf(leadId: string, eventType: string, moment: string, metadata: Record<string, string>): string {
  const fields = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  const event = [leadId, eventType, moment, ...(fields.length > 0 ? [fields] : [])];
  return `import-${createHash('sha256').update(JSON.stringify(event)).digest('hex').slice(0, 32)}`;
}

/** An ISO date-time for a cell with a date or a date-time; undefined for an empty cell. */
function momentIn(trimmed: Cells, column: string): string | undefined {
  const text = trimmed(column);
  if (text === undefined) return undefined;
  const moment = readMoment(text);
  if (moment === undefined) {
    throw new RowProblem(`"${text.slice(0, 60)}" in column "${column}" is not a date (2026-11-22) or date-time`);
  }
  return moment;
}

/** A date or date-time in UTC, ISO or with a space for the T, as an ISO date-time; undefined for other text. */
export function readMoment(text: string): string | undefined {
  const period = periodOf(text.replace(/^(\d{4}-\d{2}-\d{2}) (?=\d)/, '$1T'));
  return period && new Date(period.start).toISOString();
}

/** Not an id of another system that has one in it, such as `crm:Ann@X.example`. */
const mailAddress = /^[^\s@:|]+@[^\s@:|]+\.[^\s@:|]+$/;

/** An id as it is meant: mail addresses are the same in upper and lower case. */
function foldId(id: string, { exactIds }: ImportMapping): string {
  return !exactIds && mailAddress.test(id) ? id.toLowerCase() : id;
}

function idIn(trimmed: Cells, column: string, mapping: ImportMapping): string | undefined {
  const text = trimmed(column);
  return text === undefined ? undefined : foldId(text, mapping);
}

/** An id of which no slug is made, though ids may have more: names that differ only in accents share a slug. */
const plainId = /^[A-Za-z0-9._:@+|=-]{1,128}$/;

function accountIdIn(trimmed: Cells, column: string, mapping: ImportMapping): string | undefined {
  const text = idIn(trimmed, column, mapping);
  if (text === undefined || (mapping.slugIds ? plainId.test(text) : isOutsideId(text))) return text;
  const shown = `"${text.slice(0, 60)}" in column "${column}"`;
  if (!mapping.slugIds) {
    const advice = "letters, digits and . _ : @ + | = - ' & $ * ? ^ ` { } ~ are possible";
    throw new RowProblem(`${shown} is no account id (${advice}); see --slug-ids`);
  }
  const slug = slugOf(text);
  if (slug !== '') return slug;
  if (isOutsideId(text)) return text;
  throw new RowProblem(`${shown} has nothing to make a slug of`);
}

/** An id made of a name: "Acme Corporation" is `acme-corporation`. Names that differ only in accents, case or punctuation share it. */
export function slugOf(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return plain
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 128)
    .replace(/^-|-$/g, '');
}

/** Whether the column is only an id. A name that is made a slug of is kept as an attribute: the slug loses it. */
function isIdOnly(column: string, mapping: ImportMapping): boolean {
  if (mapping.kind === 'leads') return column === mapping.leadId;
  return column === mapping.accountId && !mapping.slugIds;
}

/** The queues that rows are for, by a mapping. */
export function queuesOf(mapping: ImportMapping): ImportQueue[] {
  if (mapping.kind === 'accounts') return ['account'];
  const hasLevels = mapping.engagementLevel !== undefined || mapping.profileLevel !== undefined;
  return [
    'profile',
    ...(hasLevels ? ['level' as const] : []),
    ...(mapping.events.length > 0 ? ['event' as const] : []),
  ];
}

function columnsOf(mapping: ImportMapping): string[] {
  const when = 'column' in mapping.occurredAt ? [mapping.occurredAt.column] : [];
  const { accountId } = mapping;
  const own =
    mapping.kind === 'accounts'
      ? [mapping.accountLevel]
      : [
          mapping.leadId,
          mapping.engagementLevel,
          mapping.profileLevel,
          ...mapping.events.flatMap(({ momentColumn, fields }) => [momentColumn, ...Object.values(fields)]),
        ];
  return [accountId, ...own, ...when].filter((column) => column !== undefined);
}

function suggest(column: string, header: readonly string[]): string {
  const folded = column.trim().toLowerCase();
  const near = header.find((name) => name.trim().toLowerCase() === folded);
  if (near !== undefined) return `Did you mean "${near}"?`;
  return `The header has: ${header.filter((name) => !isEmpty(name)).join(', ')}.`;
}
