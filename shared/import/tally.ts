import type { TableRow } from '../table/csv-rows.ts';
import type { ImportQueue } from './mapping.ts';
import type { PlannedRow } from './plan-rows.ts';
import { createProblemGroups, type ProblemGroup } from './problem-groups.ts';

/** What was done with the rows of a file. */
export interface Tally {
  /** Messages, by queue. */
  readonly sent: Readonly<Partial<Record<ImportQueue, number>>>;
  readonly rows: number;
  readonly refusedRows: number;
  /** Why rows were refused, and what was left out of others. */
  readonly refused: readonly ProblemGroup[];
  readonly leftOut: readonly ProblemGroup[];
  /** Rows of a lead or account that an earlier row is of, too. */
  readonly repeatedRows: number;
  /** Rows whose id is a mail address that was folded, and one of them. */
  readonly foldedIds: { readonly rows: number; readonly example?: string | undefined };
  /** Everything up to this line is done, but for the rows that were refused; 0: nothing is. */
  readonly sentThroughLine: number;
}

/** What was done with no rows. */
export const nothingDone: Tally = {
  ...{ sent: {}, rows: 0, refusedRows: 0, refused: [], leftOut: [], repeatedRows: 0 },
  ...{ foldedIds: { rows: 0 }, sentThroughLine: 0 },
};

/** Counts what is done with rows, beside what was done before, in bounded memory. */
export function createTally(before = nothingDone) {
  const sent: Partial<Record<ImportQueue, number>> = { ...before.sent };
  const refused = createProblemGroups(before.refused);
  const leftOut = createProblemGroups(before.leftOut);
  const { rows, refusedRows, repeatedRows, sentThroughLine } = before;
  const counts = { rows, refusedRows, repeatedRows, sentThroughLine };
  let { foldedIds } = before;
  return {
    add(
      { line, lastLine }: Pick<TableRow, 'line' | 'lastLine'>,
      { messages, problems, isRefused, isRepeat, foldedId }: PlannedRow,
    ): void {
      counts.rows++;
      if (isRefused) counts.refusedRows++;
      if (isRepeat) counts.repeatedRows++;
      counts.sentThroughLine = lastLine;
      for (const { queue } of messages) sent[queue] = (sent[queue] ?? 0) + 1;
      for (const problem of problems) (isRefused ? refused : leftOut).add(line, problem);
      if (foldedId !== undefined) foldedIds = { rows: foldedIds.rows + 1, example: foldedIds.example ?? foldedId };
    },
    result: (): Tally => ({ sent, refused: refused.list(), leftOut: leftOut.list(), foldedIds, ...counts }),
  };
}
