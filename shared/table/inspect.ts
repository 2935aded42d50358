import { isEmpty } from '../rule/value.ts';
import { type ColumnProfile, createColumnProfile } from './column-profile.ts';
import type { TableRow } from './csv-rows.ts';
import { detectFormat, type FileFormat, type KnownFormat, type ReadBytes, readRows } from './table-file.ts';
import { createRowPlaces, findTable, layoutRows, type RowPlace, type TableLayout } from './table-layout.ts';
import { UnreadableFileError } from './unreadable-file.ts';

/** What was found out about a file. */
export interface Inspection {
  readonly format: FileFormat;
  readonly layout: TableLayout;
  readonly columns: readonly ColumnProfile[];
  /** Rows of the table that were looked at, and whether these are all. */
  readonly rows: number;
  readonly isWhole: boolean;
  /** What people should know: lines that are no rows, columns without a name. */
  readonly notices: readonly string[];
}

/** What a person says about a file, which is not found out then. */
export interface KnownFile extends KnownFormat {
  /** The line of the header; 0: there is none. */
  readonly headerLine?: number;
}

/** Kinds of columns are told from so many rows. */
const inspectedRows = 10_000;

/** Finds out how a file is read and where its table is. Reads all of its bytes. Throws `UnreadableFileError`. */
export async function openTable(
  read: ReadBytes,
  known: KnownFile = {},
): Promise<{ format: FileFormat; layout: TableLayout }> {
  const format = await detectFormat(read, known);
  const first: TableRow[] = [];
  try {
    for await (const row of readRows(read, format)) {
      first.push(row);
      if (first.length >= Math.max(layoutRows, known.headerLine ?? 0)) break;
    }
  } catch (error) {
    // The rows before it can be imported; where it is comes up again when they have been.
    if (!(error instanceof UnreadableFileError) || first.length < 2) throw error;
  }
  const layout = findTable(first, known.headerLine);
  if (layout) return { format, layout };
  if (known.headerLine === undefined) throw new UnreadableFileError('The file has no rows.');
  throw new UnreadableFileError(`No row begins in line ${known.headerLine}.`);
}

/** Looks at a file: how it is read, where its table is, and what is in its columns. Throws `UnreadableFileError`. */
export async function inspectFile(
  read: ReadBytes,
  known: KnownFile = {},
  maximumRows = inspectedRows,
): Promise<Inspection> {
  const { format, layout } = await openTable(read, known);
  const hint = format.kind === 'csv' ? { separator: format.separator } : {};
  const profiles = layout.header.map((name) => createColumnProfile(name.trim(), hint));
  const around = createSurroundings();
  const placeOf = createRowPlaces(layout);
  let rows = 0;
  let isWhole = true;
  for await (const row of readRows(read, format)) {
    const place = placeOf(row);
    around.add(row, place, layout);
    if (place !== 'row') continue;
    if (rows === maximumRows) {
      isWhole = false;
      break;
    }
    rows++;
    for (const [index, profile] of profiles.entries()) profile.add(row.cells[index] ?? '');
  }
  const columns = profiles.map((profile) => profile.result());
  return { format, layout, columns, rows, isWhole, notices: around.notices() };
}

const maximumLines = 5;

/** Collects the lines that are around a table, to tell of them. */
export function createSurroundings() {
  const found = { preamble: { count: 0, lines: '' }, header: { count: 0, lines: '' }, footer: { count: 0, lines: '' } };
  let sample = '';
  return {
    add({ line, cells }: TableRow, place: RowPlace, { headerLine }: TableLayout): void {
      if (place === 'row' || place === 'blank' || line === headerLine) return;
      const group = found[place];
      group.count++;
      if (group.count <= maximumLines) group.lines += `${group.count > 1 ? ', ' : ''}${line}`;
      else if (group.count === maximumLines + 1) group.lines += ', …';
      if (place === 'footer' && sample === '')
        sample = cells
          .find((cell) => !isEmpty(cell))!
          .trim()
          .slice(0, 60);
    },
    notices(): string[] {
      const { preamble, header, footer } = found;
      const told: [number, string][] = [
        [preamble.count, `Left out in front of the header: line ${preamble.lines}.`],
        [header.count, `Left out, the header again: line ${header.lines}.`],
        [footer.count, `Left out, no rows of the table: line ${footer.lines}, such as "${sample}".`],
      ];
      return told.flatMap(([count, notice]) => (count > 0 ? [notice] : []));
    },
  };
}
