import { parse } from 'csv-parse/sync';
import { csvOptions } from './csv-rows.ts';

/** What can stand between cells. */
export const separators = [',', ';', '\t', '|'] as const;

/** What stands between cells. */
export type Separator = (typeof separators)[number];

/** The separator that the first line names, as Excel writes and reads it: `sep=;`. */
export function namedSeparator(text: string): Separator | undefined {
  const [, name] = /^"?sep=([^\r\n]?)"?[,;\t|]*(?:\r|\n|$)/i.exec(text) ?? [];
  return separators.find((separator) => separator === name);
}

/**
 * The separator with which most rows are equally wide; between several, the one with the most cells. `text`: the beginning
 * of the file; `isWhole`: all of it.
 */
export function detectSeparator(text: string, isWhole: boolean): Separator {
  const scores = separators.map((separator) => ({ separator, score: evenness(rowsOf(text, separator, isWhole)) }));
  return scores.reduce((best, next) => (next.score > best.score ? next : best)).separator;
}

/** The rows of a text's beginning, without the one that is cut off. */
export function rowsOf(text: string, separator: Separator, isWhole: boolean): string[][] {
  const rows: string[][] = [];
  const collect = (record: unknown) => {
    rows.push(record as string[]);
    return null;
  };
  try {
    parse(text, { ...csvOptions, delimiter: separator, on_record: collect });
    if (!isWhole) rows.pop();
  } catch (error) {
    // The row that is cut off ends within quotes.
    if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_'))) throw error;
  }
  return rows;
}

/** From 0 (one cell a row) to nearly 1 (all rows have the same, large number of cells). */
function evenness(rows: readonly (readonly string[])[]): number {
  const widths = new Map<number, number>();
  let filled = 0;
  for (const row of rows) {
    if (row.length === 1 && row[0]!.trim() === '') continue;
    filled++;
    if (row.length > 1) widths.set(row.length, (widths.get(row.length) ?? 0) + 1);
  }
  const scores = [...widths].map(([width, count]) => (count / filled) * (1 - 1 / width));
  return Math.max(0, ...scores);
}
