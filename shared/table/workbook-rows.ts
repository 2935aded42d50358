import readWorkbook, { InvalidInputError, InvalidSpreadsheetError } from 'read-excel-file/universal';
import type { TableRow } from './csv-rows.ts';
import { UnreadableFileError } from './unreadable-file.ts';
import { unpackedBytes } from './zip-size.ts';

/** A workbook is read as a whole: above this, a file takes more memory than a function has. */
const maximumWorkbookBytes = 30_000_000;
/** A few kilobytes can be made to unpack to gigabytes. */
const maximumUnpackedBytes = 200_000_000;

/** A sheet of a workbook and its cells as text. */
export interface Sheet {
  readonly name: string;
  readonly rows: readonly TableRow[];
}

/**
 * Reads the sheets of an `.xlsx` file. Numbers are as they are stored, not as they are shown; dates become ISO texts.
 * Throws `UnreadableFileError`.
 */
export async function readSheets(chunks: AsyncIterable<Uint8Array>): Promise<Sheet[]> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    parts.push(new Uint8Array(chunk));
    bytes += chunk.length;
    if (bytes > maximumWorkbookBytes) {
      throw new UnreadableFileError('A workbook may have at most 30 MB: save the sheet as CSV (UTF-8).');
    }
  }
  const archive = await new Blob(parts).arrayBuffer();
  if ((unpackedBytes(new Uint8Array(archive)) ?? 0) > maximumUnpackedBytes) {
    throw new UnreadableFileError('The workbook unpacks to more than 200 MB: save the sheet as CSV (UTF-8).');
  }
  try {
    const sheets = await readWorkbook(archive, { trim: false, parseNumber: plainNumber });
    return sheets.map(({ sheet, data }) => ({
      name: sheet,
      rows: data.map((cells, index) => ({
        line: index + 1,
        lastLine: index + 1,
        cells: cells.map(textOf),
        endsAt: Math.round((bytes * (index + 1)) / data.length),
      })),
    }));
  } catch (error) {
    if (!(error instanceof InvalidInputError || error instanceof InvalidSpreadsheetError)) throw error;
    throw new UnreadableFileError(`This is no workbook (.xlsx) that can be read: ${error.message}`);
  }
}

function plainNumber(stored: string): string {
  return /e/i.test(stored) ? String(Number(stored)) : stored;
}

function textOf(value: string | number | boolean | Date | null | (() => unknown)): string {
  if (value === null) return '';
  if (!(value instanceof Date)) return String(value);
  const iso = value.toISOString();
  return iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : iso.replace('.000Z', 'Z');
}
