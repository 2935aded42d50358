import { stringify } from 'csv-stringify/sync';
import { describeProblem, type ImportProblem } from './problem-groups.ts';

/** The last column of a file of refused rows: why. It is left out when the file is imported again. */
export const reasonColumn = 'Import problem';

/** The first line of a file of refused rows, which spreadsheets open as UTF-8. */
export function refusedHeading(header: readonly string[]): string {
  return `\uFEFF${csvLine([...header.filter((name) => name !== reasonColumn), reasonColumn])}`;
}

/** A row with what is wrong with it, ready to be corrected and sent again. */
export function refusedRow(
  header: readonly string[],
  cells: readonly string[],
  problems: readonly ImportProblem[],
): string {
  const own = Array.from({ length: Math.max(header.length, cells.length) }, (_, index) => cells[index] ?? '');
  const reasons = problems.map(describeProblem).join('; ');
  return csvLine([...own.filter((_, index) => header[index] !== reasonColumn), reasons]);
}

function csvLine(cells: readonly string[]): string {
  return stringify([[...cells]], { record_delimiter: 'windows', quoted_match: /[\r\n;\t|]|^\s|\s$/ });
}
