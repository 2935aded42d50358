import { stringify } from 'csv-stringify/sync';
import type { ReadPacer } from '../aws/read-pacer.ts';
import type { LeadStore } from '../lead/lead-store.ts';
import { shards } from '../lead/shard.ts';
import type { MemberListStore, MemberPosition } from '../projection/member-list-store.ts';
import type { Scalar } from '../rule/value.ts';
import { type ExportForm, exportHeadings, exportRow } from './export.ts';
import { markFormula } from './formula-mark.ts';

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

/** A piece of an export, and where the next begins; without `next` it is the last. */
export interface CsvPage {
  readonly text: string;
  readonly rows: number;
  readonly next?: MemberPosition;
}

const membersPerPage = 200;

/** By which spreadsheets know that a file is UTF-8. */
const byteOrderMark = '\ufeff';

/** The heading line of an export, with which its file begins. */
export function csvHeading(form: ExportForm): string {
  const text = csvOf([exportHeadings(form)], form);
  return form.purpose === 'data' ? text : `${byteOrderMark}${text}`;
}

/**
 * Reads members page by page, each with its lead document, which has the last word on who is one. Throws `TimeUp` when time
 * is up before the documents may be read.
 */
export function createCsvReader(memberships: MemberListStore, leads: LeadStore, pace: ReadPacer) {
  return async (
    segmentId: string,
    form: ExportForm,
    from: MemberPosition,
    isTimeUp: () => boolean,
  ): Promise<CsvPage> => {
    const { members, next } = await memberships.members(segmentId, from, membersPerPage);
    // A document that is read by its key takes a unit, however small it is; few take more.
    const ConsumedCapacity = { CapacityUnits: members.length };
    const read = async () => ({ documents: await leads.read(members.map(({ leadId }) => leadId)), ConsumedCapacity });
    const { documents } = await pace(shards[from.shard] ?? '', read, isTimeUp);
    const rows = members.flatMap(({ leadId }) => {
      const document = documents.get(leadId);
      const row = document && exportRow(document, segmentId, form);
      return row ? [row] : [];
    });
    return { text: rows.length > 0 ? csvOf(rows, form) : '', rows: rows.length, ...(next && { next }) };
  };
}
