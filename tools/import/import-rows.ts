import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';

/** One row of a CSV file. */
export interface CsvRow {
  /** Where it starts, counted as an editor does: the first line of the file is 1. */
  readonly line: number;
  /** Where it ends: a quoted cell may hold line ends. */
  readonly lastLine: number;
  readonly cells: readonly string[];
  /** How much of the file is read with it. */
  readonly bytesRead: number;
}

/** What follows cannot be told apart into rows any more, mostly because a quote is never closed. */
export class UnreadableCsvError extends Error {
  readonly line: number;

  constructor(line: number, reason: string) {
    super(`The row that starts in line ${line} cannot be read (${reason}); is a quote in it never closed?`);
    this.name = 'UnreadableCsvError';
    this.line = line;
  }
}

const maximumRowBytes = 2_000_000;

/** Reads a CSV file row by row: with a byte order mark or without, any line ends, quoted cells. Skips blank lines. */
export async function* readCsvRows(file: string): AsyncGenerator<CsvRow> {
  const rows: CsvRow[] = [];
  let nextLine = 1;
  const parser = parse({
    bom: true,
    max_record_size: maximumRowBytes,
    raw: true,
    relax_column_count: true,
    relax_quotes: true,
    on_record: (found: unknown, { bytes }) => {
      const { record: cells, raw } = found as { record: string[]; raw: string };
      const line = nextLine;
      nextLine += raw.match(/\r\n|\n|\r/g)?.length ?? 0;
      // The parser's own count takes each CRLF in a quoted cell for two lines, hence the one above.
      const lastLine = /[\r\n]$/.test(raw) ? nextLine - 1 : nextLine;
      if (cells.length > 1 || cells[0] !== '') rows.push({ line, lastLine, cells, bytesRead: bytes });
      return null;
    },
  });
  // Its failures are also given to the callbacks below, with the rows before them still at hand.
  parser.on('error', () => undefined);
  const settle = (start: (done: (error?: Error | null) => void) => void) =>
    new Promise<Error | undefined>((resolve) => start((error) => resolve(error ?? undefined)));
  const input = createReadStream(file, { highWaterMark: 256 * 1024 });
  await once(input, 'open');
  for await (const chunk of input) {
    const failure = await settle((done) => parser.write(chunk, done));
    yield* rows.splice(0);
    if (failure) throw new UnreadableCsvError(nextLine, failure.message);
  }
  const failure = await settle((done) => parser.end(done));
  yield* rows.splice(0);
  if (failure) throw new UnreadableCsvError(nextLine, failure.message);
}
