import { z } from 'zod';
import { type Position, readCsvRows, type TableRow } from './csv-rows.ts';
import { type DetectedEncoding, detectEncoding, type Encoding, encodings, headBytes, markOf } from './encoding.ts';
import { kindOfFile } from './file-kind.ts';
import { detectSeparator, namedSeparator, type Separator, separators } from './separator.ts';
import { createTranscoder } from './transcode.ts';
import { UnreadableFileError } from './unreadable-file.ts';
import { readSheets, type Sheet } from './workbook-rows.ts';

/** Reads a file's bytes from that offset on, as often as it is called. */
export type ReadBytes = (from: number) => AsyncIterable<Uint8Array>;

/** How a file is read as rows. */
export const fileFormatSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('csv'),
    encoding: z.enum(encodings),
    /** Bytes of the byte order mark. */
    markBytes: z.int().min(0).max(3),
    separator: z.enum(separators),
    /** Whether the first line names the separator: `sep=;`. */
    hasSeparatorLine: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('workbook'), sheet: z.string() }),
]);

/** How a file is read as rows: CSV with its encoding and separator, or a sheet of a workbook. */
export type FileFormat = z.infer<typeof fileFormatSchema>;

/** What is not to be found out. */
export interface KnownFormat {
  readonly encoding?: Encoding;
  readonly separator?: Separator;
  /** The name of the sheet of a workbook. */
  readonly sheet?: string;
}

/**
 * Finds out how a file is read: CSV of any encoding and separator, or a workbook, of which the first sheet with a cell is
 * taken. Reads all of it: that it is UTF-8 is only certain at its end. Throws `UnreadableFileError`.
 */
export async function detectFormat(read: ReadBytes, known: KnownFormat = {}): Promise<FileFormat> {
  const { head, isWhole } = await headOf(read);
  if (head.length === 0) throw new UnreadableFileError('The file is empty.');
  const kind = kindOfFile(head);
  if (typeof kind === 'object') {
    throw new UnreadableFileError(`This is ${kind.other}: what can be read is CSV and workbooks (.xlsx).`);
  }
  if (kind === 'workbook') return { kind: 'workbook', sheet: await chooseSheet(read, known.sheet) };
  const { encoding, markBytes } = known.encoding ? withMark(known.encoding, head) : await detectEncoding(head, read(0));
  const text = new TextDecoder().decode(createTranscoder(encoding, markBytes).push(head.subarray(markBytes)));
  const named = namedSeparator(text);
  const separator = known.separator ?? named ?? detectSeparator(text, isWhole);
  return { kind: 'csv', encoding, markBytes, separator, hasSeparatorLine: named !== undefined };
}

function withMark(encoding: Encoding, head: Uint8Array): DetectedEncoding {
  const mark = markOf(head);
  return { encoding, markBytes: mark?.encoding === encoding ? mark.markBytes : 0 };
}

async function headOf(read: ReadBytes): Promise<{ head: Uint8Array; isWhole: boolean }> {
  const head = new Uint8Array(headBytes);
  let length = 0;
  for await (const chunk of read(0)) {
    const part = chunk.subarray(0, headBytes - length);
    head.set(part, length);
    length += part.length;
    if (part.length < chunk.length) return { head, isWhole: false };
  }
  return { head: head.subarray(0, length), isWhole: true };
}

/** What was read of workbooks: inspecting and importing one takes several looks. */
const knownSheets = new WeakMap<ReadBytes, Promise<Sheet[]>>();

function sheetsOf(read: ReadBytes): Promise<Sheet[]> {
  const known = knownSheets.get(read) ?? readSheets(read(0));
  knownSheets.set(read, known);
  return known;
}

async function chooseSheet(read: ReadBytes, name: string | undefined): Promise<string> {
  const sheets = await sheetsOf(read);
  if (name !== undefined) {
    if (sheets.some((sheet) => sheet.name === name)) return name;
    throw new UnreadableFileError(
      `There is no sheet "${name}": it has ${sheets.map((sheet) => sheet.name).join(', ')}.`,
    );
  }
  const first = sheets.find(({ rows }) => rows.length > 0);
  if (!first) throw new UnreadableFileError('The workbook has no cells.');
  return first.name;
}

/**
 * The rows of a file, from its beginning or from a position on, blank ones too. Memory does not grow with the file, except
 * for workbooks, which are read as a whole. Throws `UnreadableFileError`, after the rows before.
 */
export async function* readRows(read: ReadBytes, format: FileFormat, from?: Position): AsyncGenerator<TableRow> {
  if (format.kind === 'workbook') {
    const sheet = (await sheetsOf(read)).find(({ name }) => name === format.sheet);
    for (const row of sheet?.rows ?? []) if (row.line >= (from?.line ?? 1)) yield row;
    return;
  }
  const start = from ?? { offset: format.markBytes, line: 1 };
  for await (const row of readCsvRows(read(start.offset), format, start)) {
    if (row.line > 1 || !format.hasSeparatorLine) yield row;
  }
}
