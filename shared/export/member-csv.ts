import { stringify } from 'csv-stringify/sync';
import type { LeadStore } from '../lead/lead-store.ts';
import type { MemberListStore, MemberPosition } from '../projection/member-list-store.ts';
import type { Scalar } from '../rule/value.ts';
import { exportHeadings, exportRow } from './export.ts';

/**
 * What a spreadsheet would run as a formula, after whatever it does not show; and such text with a mark in front already,
 * so that no two texts are written the same.
 */
const formula = /^'*(?:[\t\r\n]|[\s\p{C}]*[=+\-@＝＋－＠])/u;

/** Some readers end a row at a lone CR or LF, some end a cell at `;` or tab, some cut spaces off what has no quotes. */
const tornWithoutQuotes = /[\r\n;\t]|^\s|\s$/;

/** Rows as CSV (RFC 4180); text that a spreadsheet would run as a formula gets an apostrophe in front. */
export function csvOf(rows: readonly (readonly (Scalar | undefined)[])[]): string {
  return stringify([...rows], {
    record_delimiter: 'windows',
    quoted_match: tornWithoutQuotes,
    // Not `escape_formulas`, which looks at nothing but the first character.
    cast: { boolean: String, string: (text) => (formula.test(text) ? `'${text}` : text) },
  });
}

/** A piece of an export, and where the next begins; without `next` it is the last. */
export interface CsvPage {
  readonly text: string;
  readonly rows: number;
  readonly next?: MemberPosition;
}

const membersPerPage = 200;

/** The heading line of an export. */
export const csvHeading = (fields: readonly string[]) => csvOf([exportHeadings(fields)]);

/** Reads members page by page, each with its lead document, which has the last word on who is one. */
export function createCsvReader(memberships: MemberListStore, leads: LeadStore) {
  return async (segmentId: string, fields: readonly string[], from: MemberPosition): Promise<CsvPage> => {
    const { members, next } = await memberships.members(segmentId, from, membersPerPage);
    const documents = await leads.read(members.map(({ leadId }) => leadId));
    const rows = members.flatMap(({ leadId }) => {
      const document = documents.get(leadId);
      const row = document && exportRow(document, segmentId, fields);
      return row ? [row] : [];
    });
    return { text: rows.length > 0 ? csvOf(rows) : '', rows: rows.length, ...(next && { next }) };
  };
}
