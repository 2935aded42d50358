import type { ExportForm } from './export.ts';
import { createCsvEncoder } from './member-csv.ts';
import type { MemberEncoder } from './member-encoder.ts';
import { createJsonLinesEncoder } from './member-json-lines.ts';
import { createParquetEncoder } from './member-parquet.ts';

/**
 * What encodes the members of an export: from its beginning, or behind its parts. `kept`: what an encoder of the members
 * before these ended with and is in no part, its footer included.
 */
export function createMemberEncoder(form: ExportForm, kept?: Uint8Array): MemberEncoder {
  switch (form.format) {
    case 'jsonl':
      return createJsonLinesEncoder(form, kept);
    case 'parquet':
      return createParquetEncoder(form, kept);
    default:
      return createCsvEncoder(form, kept);
  }
}
