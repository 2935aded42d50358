import { type ExportFile, exportFileOf } from '../export/read-export.ts';
import { isEmpty } from '../rule/value.ts';
import type { ColumnKind } from '../table/column-kind.ts';
import { columnsIn, type ImportMapping, isIdOnly } from './mapping.ts';
import { reasonColumn } from './refused-rows.ts';

/** The mapping cannot be applied to a file with this header. */
export class MappingError extends Error {
  override name = 'MappingError';
}

/** A column that becomes an attribute. */
interface AttributeColumn {
  readonly column: string;
  readonly attribute: string;
  readonly kind: ColumnKind;
}

/** A mapping and where its columns are in a file. */
export interface BoundMapping {
  /** The mapping, with what an export of members says by itself. */
  readonly mapping: ImportMapping;
  /** How to read the file, where it is an export of members. */
  readonly exported: ExportFile | undefined;
  readonly width: number;
  readonly positions: ReadonlyMap<string, number>;
  /** The kinds of those columns for which the mapping says one. */
  readonly kinds: ReadonlyMap<string, ColumnKind>;
  readonly attributes: readonly AttributeColumn[];
  /** What the header has that is left out, for people to know. */
  readonly notices: readonly string[];
}

/** The columns of an export of members that say something of the lead. */
const ofExport = { accountId: 'accountId', engagementLevel: 'engagementLevel', profileLevel: 'profileLevel' };

const exportNotice =
  'This is an export of members: its levels and accounts are taken over; since, source and accountLevel are left out, ' +
  'for they are not of the leads.';

const asText: ColumnKind = { kind: 'text' };

/**
 * Binds a mapping to a header. The columns of an export of members need no mapping: it is read back as it was before.
 * Throws `MappingError` for columns that the header does not have.
 */
export function bindMapping(header: readonly string[], asked: ImportMapping): BoundMapping {
  const exported = asked.kind === 'leads' ? exportFileOf(header) : undefined;
  const mapping = exported ? { ...ofExport, ...asked, slugIds: false, exactIds: true } : asked;
  const names = exported ? header : header.map((name) => name.trim());
  const { positions, notices } = place(names);
  for (const column of columnsIn(mapping)) {
    if (!positions.has(column)) throw new MappingError(`There is no column "${column}". ${suggest(column, names)}`);
  }
  const rules = new Map(mapping.columns.map((rule) => [rule.column, rule]));
  const attributes = [...positions.keys()].flatMap((column): AttributeColumn[] => {
    const rule = rules.get(column);
    if (rule?.skip || column === reasonColumn || (isIdOnly(column, mapping) && !rule?.attribute)) return [];
    return [{ column, attribute: rule?.attribute ?? column, kind: rule?.as ?? asText }];
  });
  if (!exported) refuseTwice([...attributes, ...mapping.constants].map(({ attribute }) => attribute));
  else notices.push(exportNotice);
  const kinds = new Map(mapping.columns.flatMap(({ column, as }) => (as ? [[column, as]] : [])));
  return { mapping, exported, width: header.length, positions, kinds, attributes, notices };
}

function place(names: readonly string[]) {
  const notices: string[] = [];
  const positions = new Map<string, number>();
  for (const [index, name] of names.entries()) {
    const first = positions.get(name);
    if (isEmpty(name)) notices.push(`Column ${index + 1} has no name and is left out.`);
    else if (first === undefined) positions.set(name, index);
    else notices.push(`Column ${index + 1} is named "${name}" as column ${first + 1} is, and is left out.`);
  }
  return { positions, notices };
}

function refuseTwice(names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new MappingError(`Two columns become the attribute "${twice}".`);
}

function suggest(column: string, header: readonly string[]): string {
  const folded = column.trim().toLowerCase();
  const near = header.find((name) => name.toLowerCase() === folded);
  if (near !== undefined) return `Did you mean "${near}"?`;
  return `The header has: ${header.filter((name) => !isEmpty(name)).join(', ')}.`;
}
