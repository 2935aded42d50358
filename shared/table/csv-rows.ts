import { parse } from 'csv-parse';
import type { Encoding } from './encoding.ts';
import { createTranscoder, type Transcoder } from './transcode.ts';
import { UnreadableFileError } from './unreadable-file.ts';

/** One row of a file. */
export interface TableRow {
  /** Where it starts, counted as an editor does: the first line of the file is 1. */
  readonly line: number;
  /** Where it ends: a quoted cell may hold line ends. */
  readonly lastLine: number;
  readonly cells: readonly string[];
  /** How many bytes of the file are read with it: reading can go on from there, with `lastLine + 1`. */
  readonly endsAt: number;
}

/** Where in a file to read on: a byte that a row begins with, and its line. */
export interface Position {
  readonly offset: number;
  readonly line: number;
}

/** How text is cells and rows. */
export interface CsvFormat {
  readonly encoding: Encoding;
  readonly separator: string;
}

const maximumRowBytes = 2_000_000;

/** How every CSV file is read: any line ends, mixed as well, and quotes that are not where they should be as they are. */
export const csvOptions = {
  record_delimiter: ['\r\n', '\n', '\r'],
  relax_column_count: true,
  relax_quotes: true,
  max_record_size: maximumRowBytes,
};

/**
 * Reads CSV row by row, blank lines too; in memory are a chunk and its rows. `chunks`: the file's bytes from `from` on, which
 * is after a byte order mark. Throws `UnreadableFileError` where rows cannot be told apart any more, after all before it.
 */
export async function* readCsvRows(
  chunks: AsyncIterable<Uint8Array>,
  { encoding, separator }: CsvFormat,
  from: Position,
): AsyncGenerator<TableRow> {
  const rows: TableRow[] = [];
  let line = from.line;
  const transcoder = createTranscoder(encoding, from.offset);
  const source = createSourcePosition(transcoder, from.offset);
  const parser = parse({
    ...csvOptions,
    delimiter: separator,
    on_record: (found: unknown, { bytes }) => {
      const cells = found as string[];
      const lastLine = line + lineEndsIn(cells);
      rows.push({ line, lastLine, cells, endsAt: source.at(bytes) });
      line = lastLine + 1;
      return null;
    },
  });
  // Its failures are also given to the callbacks below, with the rows before them still at hand.
  parser.on('error', () => undefined);
  const settle = (start: (done: (error?: Error | null) => void) => void) =>
    new Promise<Error | undefined>((resolve) => start((error) => resolve(error ?? undefined)));
  const unreadable = ({ message }: Error) =>
    new UnreadableFileError(
      `The row that starts in line ${line} cannot be read (${message}); is a quote in it never closed?`,
      line,
    );
  for await (const chunk of chunks) {
    const utf8 = transcoder.push(chunk);
    if (utf8.length === 0) continue;
    source.push(utf8);
    const failure = await settle((done) => parser.write(utf8, done));
    yield* rows.splice(0);
    if (failure) throw unreadable(failure);
  }
  transcoder.end();
  const failure = await settle((done) => parser.end(done));
  yield* rows.splice(0);
  if (failure) throw unreadable(failure);
}

/** Line ends in quoted cells, as an editor counts them: CRLF is one. */
function lineEndsIn(cells: readonly string[]): number {
  let count = 0;
  for (const cell of cells) {
    if (cell.includes('\n') || cell.includes('\r')) count += cell.match(/\r\n|\n|\r/g)!.length;
  }
  return count;
}

/** Tells how much of the file it is up to a byte of the UTF-8 made of it. Asked of ever later bytes. */
function createSourcePosition({ sourceLength }: Transcoder, offset: number) {
  const chunks: Uint8Array[] = [];
  let utf8 = 0;
  let source = offset;
  return {
    push: (chunk: Uint8Array) => void chunks.push(chunk),
    at(end: number): number {
      while (utf8 < end) {
        const chunk = chunks.shift()!;
        const part = chunk.subarray(0, end - utf8);
        if (part.length < chunk.length) chunks.unshift(chunk.subarray(part.length));
        utf8 += part.length;
        source += sourceLength(part);
      }
      return source;
    },
  };
}
