import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type CsvRow, readCsvRows, UnreadableCsvError } from '../../../tools/import/import-rows.ts';

const folder = mkdtempSync(join(tmpdir(), 'import-rows-'));

async function read(text: string, rows: Pick<CsvRow, 'line' | 'lastLine' | 'cells'>[] = []) {
  const file = join(folder, 'file.csv');
  writeFileSync(file, text);
  for await (const { line, lastLine, cells } of readCsvRows(file)) rows.push({ line, lastLine, cells });
  return rows;
}

it('counts lines as an editor does, with line ends in quoted cells and blank lines', async () => {
  expect(await read('\uFEFFid,"na\r\nme"\r\n1,"a\r\n\r\nb"\r\n\r\n2,"say ""hi"", x"\r\n3,last')).toEqual([
    { line: 1, lastLine: 2, cells: ['id', 'na\r\nme'] },
    { line: 3, lastLine: 5, cells: ['1', 'a\r\n\r\nb'] },
    { line: 7, lastLine: 7, cells: ['2', 'say "hi", x'] },
    { line: 8, lastLine: 8, cells: ['3', 'last'] },
  ]);
});

it.each([
  ['\n', 'line feeds'],
  ['\r', 'carriage returns'],
])('reads %j as line ends: %s', async (end) => {
  expect(await read(`a,b${end}1,2${end}`)).toEqual([
    { line: 1, lastLine: 1, cells: ['a', 'b'] },
    { line: 2, lastLine: 2, cells: ['1', '2'] },
  ]);
});

it('takes a quote inside a bare cell as it is', async () => {
  expect(await read('a,b\n1,12" pipe\n2,x\n')).toMatchObject([{}, { cells: ['1', '12" pipe'] }, { cells: ['2', 'x'] }]);
});

it('reads the rows before a quote that is never closed, and says where it starts', async () => {
  const rows: CsvRow[] = [];
  await expect(read('a,b\n1,x\n2,"y\n3,z\n', rows)).rejects.toThrow(UnreadableCsvError);
  expect(rows).toHaveLength(2);
  await expect(read('a,b\n1,x\n2,"y\n3,z\n')).rejects.toMatchObject({ line: 3 });
});
