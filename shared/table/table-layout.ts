import { isEmpty } from '../rule/value.ts';
import type { TableRow } from './csv-rows.ts';
import { readDate } from './date-text.ts';
import { readNumber } from './number-text.ts';

/** Where in a file the table is. */
export interface TableLayout {
  /** The line of the header; 0: there is none, and columns are called `Column 1` and so on. */
  readonly headerLine: number;
  /** The name of each column as it stands there; empty where it has none. */
  readonly header: readonly string[];
}

/** So many rows are looked at to find the header: reports have a few lines in front of it. */
export const layoutRows = 500;

const maximumPreambleRows = 60;
const longestName = 300;

/** Whether a row has nothing in it: a blank line, or only separators. */
export function isBlankRow(cells: readonly string[]): boolean {
  return cells.every(isEmpty);
}

/**
 * Finds the header among the first rows of a file: the row of labels, and not of values, that most rows of its width
 * follow. `headerLine` says where it is (0: nowhere) when a person knows better; undefined when there is no such line.
 */
export function findTable(rows: readonly TableRow[], headerLine?: number): TableLayout | undefined {
  const filled = rows.filter(({ cells }) => !isBlankRow(cells));
  if (headerLine === 0) return withoutHeader(filled);
  if (headerLine !== undefined) {
    const row = filled.find(({ line }) => line === headerLine);
    return row && layoutOf(row);
  }
  let best: { row: TableRow; score: number } | undefined;
  for (const [index, row] of filled.slice(0, maximumPreambleRows).entries()) {
    const score = isHeaderLike(row.cells) ? scoreOf(filled, index) : 0;
    if (score > (best?.score ?? 0)) best = { row, score };
  }
  return best ? layoutOf(best.row) : withoutHeader(filled);
}

function layoutOf({ line, cells }: TableRow): TableLayout {
  return { headerLine: line, header: cells };
}

function withoutHeader(rows: readonly TableRow[]): TableLayout | undefined {
  const width = Math.max(0, ...rows.map(({ cells }) => cells.length));
  if (width === 0) return undefined;
  return { headerLine: 0, header: Array.from({ length: width }, (_, index) => `Column ${index + 1}`) };
}

const address = /\S@\S+\.\S|^https?:\/\//;

function isValue(cell: string): boolean {
  return readNumber(cell, '.') !== undefined || readNumber(cell, ',') !== undefined || isDate(cell);
}

function isDate(cell: string): boolean {
  return readDate(cell, 'DMY') !== undefined || readDate(cell, 'MDY') !== undefined;
}

/** Whether a row may be names of columns: no address, hardly a number or a date, and not the same all over. */
function isHeaderLike(cells: readonly string[]): boolean {
  const filled = cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
  if (filled.some((cell) => cell.length > longestName || address.test(cell))) return false;
  const isNamed = new Set(filled).size * 2 > filled.length && filled.length * 2 >= cells.length;
  return isNamed && filled.filter(isValue).length * 4 <= filled.length;
}

const personal = /e-?mail|name|lead|contact|customer|subscriber/i;

/** Cells that count for how much of a table a header has: wider ones are not better. */
const fullWidth = 8;

/** How much of a table follows a header, until there is a wider row or another header; more where it is one of people. */
function scoreOf(rows: readonly TableRow[], index: number): number {
  const { cells } = rows[index]!;
  let following = 0;
  for (const { cells: next } of rows.slice(index + 1)) {
    if (next.length > cells.length) break;
    if (next.length === cells.length) following++;
    else if (next.length > 1 && isHeaderLike(next)) break;
  }
  const isPersonal = cells.some((cell) => personal.test(cell));
  return (following + (isPersonal ? 1.5 : 0.5)) * Math.min(cells.length, fullWidth);
}

/** What a row is to the table: one of its own, or why not. */
export type RowPlace = 'row' | 'preamble' | 'blank' | 'header' | 'footer';

const footer =
  /^(report name|copyright|confidential|generated (by|at|on)|filtered by|(grand |sub)?totals?\b|record count|sum\b|source:)/i;

/** Tells rows of the table from what stands around it, one after the other. */
export function createRowPlaces({ headerLine, header }: TableLayout): (row: TableRow) => RowPlace {
  let isAfterBlank = false;
  let isOutside = false;
  return ({ line, cells }) => {
    if (line < headerLine) return 'preamble';
    if (isBlankRow(cells)) {
      isAfterBlank = true;
      return 'blank';
    }
    const wasAfterBlank = isAfterBlank;
    isAfterBlank = false;
    if (headerLine > 0 && isSame(cells, header)) {
      isOutside = false;
      return 'header';
    }
    // A row of one cell may be an id whose other cells are left out; a title has spaces, or stands apart.
    const isTitle =
      header.length > 2 && cells.length === 1 && (wasAfterBlank || isOutside || /\s/.test(cells[0]!.trim()));
    const isTotal =
      header.length > 1 && footer.test(cells[0]!.trim()) && cells.filter((cell) => !isEmpty(cell)).length <= 2;
    if (isTitle || isTotal) isOutside = true;
    else if (cells.length === header.length) isOutside = false;
    return isOutside ? 'footer' : 'row';
  };
}

function isSame(cells: readonly string[], header: readonly string[]): boolean {
  return cells.length === header.length && cells.every((cell, index) => cell.trim() === header[index]!.trim());
}
