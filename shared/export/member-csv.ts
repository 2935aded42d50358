import { stringify } from 'csv-stringify/sync';
import type { Scalar } from '../rule/value.ts';
import type { ExportForm } from './export.ts';
import { type ExportColumn, exportColumns } from './export-columns.ts';
import type { ExportedMember } from './exported-member.ts';
import { markFormula } from './formula-mark.ts';
import { createTextEncoder, type MemberEncoder } from './member-encoder.ts';

/**
 * Some readers end a row at a lone CR or LF, or wherever Unicode ends a line, some end a cell at `;`, tab or `|`, some cut
 * spaces off what has no quotes.
 */
const tornWithoutQuotes = /[\r\n\v\f\u0085\u2028\u2029;\t|]|^\s|\s$/;

/** Rows as CSV (RFC 4180); for a spreadsheet, text that it would run as a formula gets an apostrophe in front. */
export function csvOf(
  rows: readonly (readonly (Scalar | undefined)[])[],
  { purpose }: Pick<ExportForm, 'purpose'>,
): string {
  return stringify([...rows], {
    record_delimiter: 'windows',
    quoted_match: tornWithoutQuotes,
    // Not `escape_formulas`, which looks at nothing but the first character.
    cast: { boolean: String, ...(purpose !== 'data' && { string: markFormula }) },
  });
}

/** By which spreadsheets know that a file is UTF-8. */
const byteOrderMark = '\ufeff';

/** Encodes members as CSV with a heading line; moments are ISO date-times, what is empty an empty cell. */
export function createCsvEncoder(form: ExportForm, kept?: Uint8Array): MemberEncoder {
  const columns = exportColumns(form);
  const rowOf = (member: ExportedMember) => columns.map((column) => csvCell(column, member));
  const heading = () => csvOf([columns.map((column) => column.heading)], form);
  const start = () => Buffer.from(form.purpose === 'data' ? heading() : `${byteOrderMark}${heading()}`);
  return createTextEncoder(kept ?? start(), (members) => csvOf(members.map(rowOf), form));
}

function csvCell({ kind, cell }: ExportColumn, member: ExportedMember): Scalar | undefined {
  const value = cell(member);
  return kind === 'moment' && typeof value === 'number' ? new Date(value).toISOString() : value;
}
