import { parquetMetadata, type SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { Scalar } from '../rule/value.ts';
import type { ExportForm } from './export.ts';
import { type ExportColumn, exportColumns } from './export-columns.ts';
import type { MemberEncoder } from './member-encoder.ts';

type ColumnType = Omit<SchemaElement, 'name' | 'repetition_type'>;

const text: ColumnType = { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } };
const types: Readonly<Record<ExportColumn['kind'], ColumnType>> = {
  text,
  // Of a lead that is still to be read the value may be of another type, and a column has but one.
  value: text,
  boolean: { type: 'BOOLEAN' },
  moment: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MILLIS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
  },
};

/** A row group is complete with so many bytes of values: large enough for its readers, small enough for our memory. */
const bytesPerGroup = 32 * 1024 * 1024;
/** What a cell takes whatever is in it. */
const bytesPerCell = 8;
/** The bytes at the beginning of each file, and after the footer: how long it is, and the same again. */
const magicBytes = 4;
const trailerBytes = 4 + magicBytes;

/**
 * Encodes members as Parquet. A file is row groups with a footer behind them that tells where each is, so what is kept
 * begins with row groups and ends with the footer of all that came before.
 */
export function createParquetEncoder(form: ExportForm, kept?: Uint8Array): MemberEncoder {
  const columns = exportColumns(form);
  const writer = new ByteWriter();
  const schema = schemaOf(columns);
  const file = new ParquetWriter({ writer, schema, statistics: false, createdBy: 'lead-segments' });
  if (kept) goOn(file, writer, kept);

  let cells: (Scalar | Date | undefined)[][] = columns.map(() => []);
  let waitingBytes = 0;
  const writeGroup = () => {
    const [first] = cells;
    if (!first || first.length === 0) return;
    const columnData = columns.map(({ heading }, index) => ({
      ...{ name: heading, data: cells[index] ?? [] },
      // It would have to be kept for the end of the file.
      offsetIndex: false,
    }));
    file.write({ columnData, rowGroupSize: first.length });
    cells = columns.map(() => []);
    waitingBytes = 0;
  };

  return {
    add: (members) => {
      for (const [index, column] of columns.entries()) {
        for (const member of members) {
          const value = parquetValue(column, column.cell(member));
          cells[index]?.push(value);
          waitingBytes += bytesPerCell + (typeof value === 'string' ? value.length : 0);
        }
      }
      if (waitingBytes >= bytesPerGroup) writeGroup();
    },
    bytes: () => writer.index,
    end: () => {
      writeGroup();
      const contentBytes = writer.index;
      file.finish();
      const bytes = writer.getBytes();
      if (file.row_groups.length === 0) typeEmptyList(bytes);
      return { content: bytes.subarray(0, contentBytes), footer: bytes.subarray(contentBytes) };
    },
  };
}

function schemaOf(columns: readonly ExportColumn[]): SchemaElement[] {
  const elements = columns.map(({ heading, kind, isFull }): SchemaElement => {
    return { name: heading, repetition_type: isFull ? 'REQUIRED' : 'OPTIONAL', ...types[kind] };
  });
  return [{ name: 'member', num_children: columns.length }, ...elements];
}

function parquetValue({ kind }: ExportColumn, value: Scalar | undefined): Scalar | Date | undefined {
  if (kind === 'moment' && typeof value === 'number') return new Date(value);
  return kind === 'value' && value !== undefined ? String(value) : value;
}

/** In Thrift's compact protocol: a number that is 0, then an empty list of nothing; and what a list of structures is. */
const noRowsInNoGroups = Buffer.from([0x16, 0x00, 0x19, 0x00]);
const listOfStructures = 0x0c;

/** Says of the empty list of row groups that it is one of structures: the writer does not, and strict readers insist. */
function typeEmptyList(footer: Uint8Array): void {
  // The last such bytes: before them are names of columns, which may be anything.
  const at = Buffer.from(footer.buffer, footer.byteOffset, footer.length).lastIndexOf(noRowsInNoGroups);
  footer[at + noRowsInNoGroups.length - 1] = listOfStructures;
}

/** Has the writer go on behind what was kept, as if it had written all that came before. */
function goOn(file: ParquetWriter, writer: ByteWriter, kept: Uint8Array): void {
  const { row_groups, num_rows, metadata_length } = parquetMetadata(new Uint8Array(kept).buffer);
  const content = kept.subarray(0, kept.length - metadata_length - trailerBytes);
  const end = row_groups.reduce((sum, group) => sum + Number(group.total_compressed_size), magicBytes);
  file.row_groups = row_groups;
  file.num_rows = num_rows;
  writer.index = 0;
  writer.offset = end - content.length;
  writer.appendBytes(content);
}
