import { tableFromIPC } from 'apache-arrow';
import { readParquet } from 'parquet-wasm';

/** A Parquet file as a reader that is not ours sees it: the type of each column, and its rows. */
export function parquetTable(file: Uint8Array) {
  const table = tableFromIPC(readParquet(file).intoIPCStream());
  const types = Object.fromEntries(table.schema.fields.map(({ name, type }) => [name, String(type)]));
  return { types, rows: table.toArray().map((row) => row?.toJSON() ?? {}) };
}
