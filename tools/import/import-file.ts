import { createReadStream } from 'node:fs';
import type { ReadBytes } from '../../shared/table/table-file.ts';

/** Reads a file of this machine, from any byte on. */
export function fileReader(file: string): ReadBytes {
  return async function* (from) {
    yield* createReadStream(file, { start: from, highWaterMark: 256 * 1024 });
  };
}
