import { exportFileOf } from '../export/read-export.ts';
import { periodOf } from '../rule/value.ts';
import { type ColumnKind, nameOfKind } from '../table/column-kind.ts';
import type { ColumnProfile } from '../table/column-profile.ts';
import { isForSlug } from './import-ids.ts';
import { isCalled, knownEvents, plainName } from './known-columns.ts';
import type { ColumnMapping, EventMapping, ImportMapping } from './mapping.ts';
import { reasonColumn } from './refused-rows.ts';

/** A mapping that fits a file, as far as its columns tell, and what a person has to know or to decide. */
export interface Suggestion {
  /** Left out where no column can be an id. */
  readonly mapping?: ImportMapping;
  readonly notices: readonly string[];
}

/** An export of members says by its columns what they are. */
const ofOwnExport: ImportMapping = {
  ...{ kind: 'leads', leadId: 'leadId', events: [], columns: [], constants: [], slugIds: false, exactIds: false },
};

/** Suggests a mapping for columns, from their names and what they hold. A person has the last word. */
export function suggestMapping(columns: readonly ColumnProfile[]): Suggestion {
  const named = columns.filter(({ name }, index) => name !== '' && columns.findIndex((c) => c.name === name) === index);
  if (exportFileOf(columns.map(({ name }) => name))) return { mapping: ofOwnExport, notices: [] };
  const notices: string[] = [];
  const settled = settleKinds(named, notices);
  const lead = leadIdAmong(named);
  const account = accountIdAmong(named, lead);
  if (!lead && !account) return { notices: [...notices, 'No column is an id by its looks: say which one is.'] };
  const id = (lead ?? account)!;
  const without = id.rows - id.filled;
  if (without > 0) notices.push(`Rows that would be refused, for "${id.name}" is empty: ${without} of ${id.rows}.`);
  const events = lead ? eventsAmong(named, settled) : [];
  const shared = {
    columns: named.flatMap((column) => (column === id ? [] : columnMapping(column, settled.get(column.name)))),
    constants: [],
    slugIds: account?.samples.some(isForSlug) ?? false,
    exactIds: false,
  };
  const level = (kind: string) => named.find(({ name }) => plainName(name).replace(' ', '') === `${kind}level`)?.name;
  if (!lead) {
    const accountLevel = level('account');
    return {
      mapping: { kind: 'accounts', accountId: id.name, ...(accountLevel && { accountLevel }), ...shared },
      notices,
    };
  }
  const [engagementLevel, profileLevel] = [level('engagement'), level('profile')];
  const mapping: ImportMapping = {
    kind: 'leads',
    leadId: lead.name,
    ...(account && { accountId: account.name }),
    ...(engagementLevel && { engagementLevel }),
    ...(profileLevel && { profileLevel }),
    events,
    ...shared,
  };
  return { mapping, notices };
}

const isFull = ({ filled, rows }: ColumnProfile, share: number) => rows > 0 && filled >= rows * share;

/** A lead's id of ours; then a mail address, which other tools know as well; then what another tool calls its id. */
function leadIdAmong(columns: readonly ColumnProfile[]): ColumnProfile | undefined {
  const mails = columns.filter((column) => column.addresses >= 0.8);
  const mail =
    mails.find((column) => isCalled('mail', column) && isFull(column, 0.9)) ?? mails.find((c) => isFull(c, 0.9));
  const own = columns.find((column) => isCalled('ownId', column) && isFull(column, 0.9));
  const id = columns.find((column) => isCalled('personId', column) && isFull(column, 0.9) && column.isUnique);
  return own ?? mail ?? id ?? mails.find((column) => isCalled('mail', column)) ?? mails[0];
}

function accountIdAmong(columns: readonly ColumnProfile[], lead: ColumnProfile | undefined) {
  const others = columns.filter((column) => column !== lead && column.filled > 0);
  return others.find((column) => isCalled('companyId', column)) ?? others.find((column) => isCalled('company', column));
}

/** Kinds that are certain, with those that another column of the file decides: nobody writes dates in two orders. */
function settleKinds(columns: readonly ColumnProfile[], notices: string[]): ReadonlyMap<string, ColumnKind> {
  const certain = columns.filter(({ orElse }) => orElse.length === 0).map(({ kind }) => nameOfKind(kind));
  const settled = new Map<string, ColumnKind>();
  for (const { name, kind, orElse, samples } of columns) {
    const possible = [kind, ...orElse];
    const chosen = possible.length === 1 ? kind : possible.find((one) => certain.includes(nameOfKind(one)));
    if (chosen) settled.set(name, chosen);
    else {
      const names = possible.map((one) => `"${nameOfKind(one)}"`).join(' or ');
      notices.push(`"${name}" can be read in two ways, such as ${samples[0]}: it stays text unless you say ${names}.`);
    }
  }
  return settled;
}

/** What of a column is not as it would be by itself: its name, as text. */
function columnMapping({ name, samples, isPlain }: ColumnProfile, kind: ColumnKind | undefined): ColumnMapping[] {
  if (name === reasonColumn) return [{ column: name, skip: true }];
  if (!kind || kind.kind === 'text' || isPlain) return [];
  // What rules read as it is stays as it is.
  if (kind.kind === 'date' && samples.every((text) => periodOf(text))) return [];
  if (kind.kind === 'boolean' && !samples.every((text) => /^(true|false)$/i.test(text))) return [];
  return [{ column: name, as: kind }];
}

function eventsAmong(columns: readonly ColumnProfile[], settled: ReadonlyMap<string, ColumnKind>): EventMapping[] {
  return knownEvents.flatMap(({ moment, eventType, fields }) => {
    const column = columns.find(({ name }) => moment.test(plainName(name)) && settled.get(name)?.kind === 'date');
    if (!column) return [];
    const found = Object.entries(fields).flatMap(([field, pattern]) => {
      const source = columns.find(({ name }) => pattern.test(plainName(name)));
      return source ? [[field, source.name]] : [];
    });
    return [{ eventType, momentColumn: column.name, fields: Object.fromEntries(found) }];
  });
}
