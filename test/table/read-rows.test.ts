import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import type { TableRow } from '../../shared/table/csv-rows.ts';
import { type Encoding, encodingCalled, encodings, upperHalfOf } from '../../shared/table/encoding.ts';
import { detectFormat, type FileFormat, type KnownFormat, readRows } from '../../shared/table/table-file.ts';
import { isBlankRow } from '../../shared/table/table-layout.ts';
import { UnreadableFileError } from '../../shared/table/unreadable-file.ts';
import { bytesReader, encodeText } from './bytes.ts';

const bytesOf = (file: string | number[] | Uint8Array) =>
  typeof file === 'string' ? Buffer.from(file) : Uint8Array.from(file);

async function detect(file: string | number[] | Uint8Array, known?: KnownFormat): Promise<FileFormat> {
  return detectFormat(bytesReader(bytesOf(file)), known);
}

async function read(file: string | number[] | Uint8Array, known?: KnownFormat, rows: TableRow[] = []) {
  const reader = bytesReader(bytesOf(file), 7);
  for await (const row of readRows(reader, await detectFormat(reader, known))) rows.push(row);
  return rows;
}

/** A workbook of a few bytes whose directory says that its sheet is four gigabytes. */
function zipBomb(): Uint8Array {
  const [entry, end] = [Buffer.alloc(46), Buffer.alloc(22)];
  const start = Buffer.from('PK\x03\x04[Content_Types].xml');
  entry.write('PK\x01\x02', 'latin1');
  entry.writeUInt32LE(4_000_000_000, 24);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(start.length, 16);
  return Buffer.concat([start, entry, end]);
}

const cellsOf = (rows: readonly TableRow[]) => rows.filter(({ cells }) => !isBlankRow(cells)).map(({ cells }) => cells);

describe('the encoding', () => {
  it.each([
    ['UTF-8', Buffer.from('id,city\n1,Zürich\n'), 'utf-8'],
    ['UTF-8 with a mark', Buffer.from('\uFEFFid,city\n1,Zürich\n'), 'utf-8'],
    ['UTF-16 LE with a mark', encodeText('id,city\n1,Zürich\n', 'utf-16le', true)!, 'utf-16le'],
    ['UTF-16 BE with a mark', encodeText('id,city\n1,Zürich\n', 'utf-16be', true)!, 'utf-16be'],
    ['UTF-16 LE', encodeText('id,city\n1,Zürich\n', 'utf-16le')!, 'utf-16le'],
    ['UTF-16 BE', encodeText('id,city\n1,Zürich\n', 'utf-16be')!, 'utf-16be'],
    ['Windows-1252', Buffer.from('id,city\n1,Zürich\n', 'latin1'), 'windows-1252'],
  ])('%s is found and read', async (_, bytes, encoding) => {
    expect(await detect(bytes)).toMatchObject({ encoding });
    expect(cellsOf(await read(bytes))).toEqual([
      ['id', 'city'],
      ['1', 'Zürich'],
    ]);
  });

  it('is only certain at the end of the file', async () => {
    const bytes = Buffer.concat([
      Buffer.from(`id,city\n${'1,Bern\n'.repeat(20_000)}`),
      Buffer.from('2,Genève\n', 'latin1'),
    ]);
    expect(await detect(bytes)).toMatchObject({ encoding: 'windows-1252' });
    expect((await read(bytes)).at(-1)!.cells).toEqual(['2', 'Genève']);
  });

  it('has the typographic characters of Windows-1252, whatever this Node.js thinks of it', async () => {
    const bytes = [...Buffer.from('id\n'), 0x80, 0x93, 0x94, 0x92, 0x96, 0x8a, 0x0a];
    expect((await read(bytes))[1]!.cells).toEqual(['€“”’–Š']);
  });

  it('is what a person says', async () => {
    const bytes = [...Buffer.from('id\nZ'), 0x9f, ...Buffer.from('rich\n')];
    expect(await read(bytes, { encoding: encodingCalled('MacRoman')! })).toMatchObject([{}, { cells: ['Zürich'] }]);
    expect(encodingCalled('cp1252')).toBe('windows-1252');
    expect(encodingCalled('Latin-1')).toBe('windows-1252');
    expect(encodingCalled('UTF8')).toBe('utf-8');
    expect(encodingCalled('constructor')).toBeUndefined();
  });

  it('leaves a U+FFFD that is in the file', async () => {
    expect((await read('id\n\uFFFD\n'))[1]!.cells).toEqual(['\uFFFD']);
  });

  it.each([
    ['one bad byte in UTF-8', [...Buffer.from('id\nZürich\nGenève\n'), 0xfc, 0x0a], {}, 'Byte 20 is not valid UTF-8'],
    [
      'UTF-8 that is cut off',
      [...Buffer.from('id\nZürich'), 0xc3],
      { encoding: 'utf-8' },
      'Byte 11 is not valid UTF-8',
    ],
    [
      'Windows-1252 said to be UTF-8',
      [...Buffer.from('id\n'), 0xfc],
      { encoding: 'utf-8' },
      'Byte 4 is not valid UTF-8',
    ],
    ['a byte that Windows-1252 does not have', [...Buffer.from('id\n'), 0x81, 0x20], {}, 'byte 4 is in neither'],
    ['the same, as Windows-1252', [0x69, 0x0a, 0x81], { encoding: 'windows-1252' }, 'Byte 3 is no character'],
    ['half a UTF-16 character', [0xff, 0xfe, 0x69, 0x00, 0x0a, 0x00, 0x00, 0xd8, 0x61, 0], {}, 'not valid UTF-16LE'],
    ['UTF-16 that is cut off', [0xff, 0xfe, 0x69, 0x00, 0x0a], {}, 'not valid UTF-16LE'],
    ['zeros', [...Buffer.from('id\nabcdefgh'), 0, 0x61], {}, 'This is no text'],
    ['an empty file', [], {}, 'The file is empty'],
    ['a PDF', [...Buffer.from('%PDF-1.7\n')], {}, 'This is a PDF'],
    ['an old workbook', [0xd0, 0xcf, 0x11, 0xe0, 0xa1], {}, 'Excel 97 (.xls)'],
    ['an archive', [...Buffer.from('PK\x03\x04leads.csv')], {}, 'a ZIP archive'],
    ['a broken workbook', [...Buffer.from('PK\x03\x04[Content_Types].xml')], {}, 'no workbook (.xlsx)'],
    ['a workbook that is a bomb', zipBomb(), {}, 'unpacks to more than 200 MB'],
    ['a web page', [...Buffer.from('\uFEFF\n<html><table>')], {}, 'a web page'],
    ['JSON', [...Buffer.from('[{"id": 1}]')], {}, 'This is JSON'],
  ] as const)('refuses %s', async (_, bytes, known, message) => {
    await expect(read([...bytes], known)).rejects.toThrow(UnreadableFileError);
    await expect(read([...bytes], known)).rejects.toThrow(message);
  });
});

describe('rows', () => {
  it.each(['\n', '\r', '\r\n'])('end with %j', async (end) => {
    const rows = await read(`a,b${end}1,2${end}`);
    expect(rows).toMatchObject([
      { line: 1, lastLine: 1, cells: ['a', 'b'] },
      { line: 2, lastLine: 2, cells: ['1', '2'] },
    ]);
  });

  it('end with any line end, mixed as well', async () => {
    expect(cellsOf(await read('a,b\r\n1,2\n3,4\r5,6\r\r\n7,"x\r\ny"\n'))).toEqual([
      ['a', 'b'],
      ['1', '2'],
      ['3', '4'],
      ['5', '6'],
      ['7', 'x\r\ny'],
    ]);
  });

  it('count lines as an editor does, with line ends in quoted cells and blank lines', async () => {
    expect(await read('\uFEFFid,"na\r\nme"\r\n1,"a\r\n\r\nb"\r\n\r\n2,"say ""hi"", x"\r\n3,last')).toMatchObject([
      { line: 1, lastLine: 2, cells: ['id', 'na\r\nme'] },
      { line: 3, lastLine: 5, cells: ['1', 'a\r\n\r\nb'] },
      { line: 6, lastLine: 6, cells: [''] },
      { line: 7, lastLine: 7, cells: ['2', 'say "hi", x'] },
      { line: 8, lastLine: 8, cells: ['3', 'last'] },
    ]);
  });

  it.each([
    ['a,b\n1,12" pipe\n2,x\n', ['1', '12" pipe']],
    ['a,b\n1,"12" pipe\n2,x\n', ['1', '"12" pipe']],
    ['a,b\n1,"the "big" one"\n2,x\n', ['1', '"the "big" one"']],
  ])('take quotes that are not where they should be as they are: %j', async (text, cells) => {
    expect((await read(text))[1]!.cells).toEqual(cells);
  });

  it('before a quote that is never closed are read, and where it starts is told', async () => {
    const rows: TableRow[] = [];
    await expect(read('a,b\n1,x\n2,"y\n3,z\n', {}, rows)).rejects.toMatchObject({ line: 3 });
    expect(rows).toHaveLength(2);
  });

  it.each([
    ['a;b;c\n1,5;2,5;x\n', ';'],
    ['a\tb\n1\t2, or 3\n', '\t'],
    ['a|b|c\n1|x,y|3\n', '|'],
    ['a,b\n1;2,x;y;z\n', ','],
    ['email\nann@example.com\n', ','],
    ['sep=;\na;b\n1;2\n', ';'],
    ['sep=\t\r\na\tb\r\n', '\t'],
    ['"sep=,"\na,b\n', ','],
    ['Notes:\n"A long, long text; with commas"\n\nid;b;c\n1;2;3\n2;2;3\n', ';'],
  ])('are parted as %j shows', async (text, separator) => {
    expect(await detect(text)).toMatchObject({ separator });
    expect((await read(text)).map(({ cells }) => cells.join())).not.toContainEqual(expect.stringContaining('sep='));
  });

  it('are found in a workbook', async () => {
    const { default: write } = await import('write-excel-file/node');
    const buffer = await write(
      [
        ['Email', 'Since', 'At', 'Paid', 'Active', 'Zip'],
        ['ann@example.com', new Date('2026-11-28'), new Date('2026-11-28T10:30:00Z'), 1200.5, true, ' 01234 '],
        [null, null, null, 12345678901234, false],
      ],
      { dateFormat: 'mm/dd/yyyy hh:mm' },
    ).toBuffer();
    expect(await detect(buffer)).toEqual({ kind: 'workbook', sheet: 'Sheet1' });
    expect(cellsOf(await read(buffer))).toEqual([
      ['Email', 'Since', 'At', 'Paid', 'Active', 'Zip'],
      ['ann@example.com', '2026-11-28', '2026-11-28T10:30:00Z', '1200.5', 'true', ' 01234 '],
      ['', '', '', '12345678901234', 'false', ''],
    ]);
    await expect(detect(buffer, { sheet: 'Other' })).rejects.toThrow('There is no sheet "Other": it has Sheet1.');
  });
});

const writers: ReadonlyArray<(rows: string[][], separator: string, end: string) => string> = [
  (rows, separator, end) => stringify(rows, { delimiter: separator, record_delimiter: end, quoted_match: /[\r\n]/ }),
  (rows, separator, end) => Papa.unparse(rows, { delimiter: separator, newline: end }) + end,
  (rows, separator, end) => Papa.unparse(rows, { delimiter: separator, newline: end, quotes: true }),
];

const piece = fc.constantFrom(
  'a',
  'Zürich',
  '"',
  ',',
  ';',
  '\t',
  '|',
  '\n',
  '\r',
  '\r\n',
  ' ',
  '€',
  '“',
  '=1+1',
  "'",
  '\u0000'.replace('\0', '-'),
);
const wide = fc.constantFrom('日本', '😀', 'Łódź', 'ё', '\u2028', '\u2c00', '\u0d0a', '\u002c\u2c2c');
const cell = (encoding: Encoding) =>
  fc.array(encoding.startsWith('utf') ? fc.oneof(piece, wide) : piece, { maxLength: 6 }).map((parts) => parts.join(''));
const table = (encoding: Encoding) =>
  fc.tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 1, max: 8 })).chain(([width, height]) =>
    fc.array(fc.array(cell(encoding), { minLength: width, maxLength: width }), {
      minLength: height,
      maxLength: height,
    }),
  );
const anyFile = fc.constantFrom<Encoding>('utf-8', 'utf-16le', 'utf-16be', 'windows-1252').chain((encoding) =>
  fc.record({
    encoding: fc.constant(encoding),
    rows: table(encoding),
    separator: fc.constantFrom(',', ';', '\t', '|'),
    end: fc.constantFrom('\n', '\r\n', '\r'),
    writer: fc.constantFrom(...writers),
    chunkBytes: fc.integer({ min: 1, max: 40 }),
    withMark: fc.boolean(),
  }),
);

describe('whatever another program wrote', () => {
  it('comes back equal, and is read on from the end of any row', async () => {
    await fc.assert(
      fc.asyncProperty(anyFile, async ({ encoding, rows, separator, end, writer, chunkBytes, withMark }) => {
        const bytes = encodeText(writer(rows, separator, end), encoding, withMark && encoding.startsWith('utf'))!;
        const reader = bytesReader(bytes, chunkBytes);
        const format = await detectFormat(reader, { encoding, separator: separator as ',' });
        const found: TableRow[] = [];
        for await (const row of readRows(reader, format)) found.push(row);
        expect(found.map(({ cells }) => cells)).toEqual(rows);
        for (const { endsAt, lastLine, line } of found) {
          const rest: TableRow[] = [];
          for await (const row of readRows(reader, format, { offset: endsAt, line: lastLine + 1 })) rest.push(row);
          expect(rest).toEqual(found.filter((other) => other.line > line));
        }
      }),
      { numRuns: 400 },
    );
  });

  it('is in the encoding that is found', async () => {
    await fc.assert(
      fc.asyncProperty(anyFile, async ({ encoding, rows, separator, end, writer, withMark }) => {
        const start = 'first name,last name,and text that is long enough to tell by'.replaceAll(',', separator);
        const text = `${start}${end}${writer(rows, separator, end)}`;
        const bytes = encodeText(text, encoding, withMark && encoding.startsWith('utf'))!;
        const format = await detect(bytes);
        const isSame = Buffer.from(text).equals(bytes);
        expect(format).toMatchObject({ encoding: isSame ? 'utf-8' : encoding });
      }),
      { numRuns: 200 },
    );
  });
});

it('knows the upper half of every encoding of one byte a character', () => {
  for (const encoding of encodings.slice(3)) {
    const upper = upperHalfOf(encoding);
    expect(upper.filter((unit) => unit > 0).length, encoding).toBeGreaterThan(100);
    expect(upper).not.toContain(0xfffd);
  }
});
