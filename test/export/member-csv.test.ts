import { execFileSync, spawnSync } from 'node:child_process';
import { csvParseRows } from 'd3-dsv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvOf } from '../../shared/export/member-csv.ts';
import { fileOf } from './exported-leads.ts';

/** What tears cells and rows, and what begins a formula, with as much harmless text between. */
const unit = fc.constantFrom(...'ab1 ,;|"\'\r\n\t\v\f\u0085\u2028=-+@＝＋－＠ü\u00a0\u200b\ufeff');
const cell = fc.string({ unit, maxLength: 6 });
const rowsOfText = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 20 });

/** How a spreadsheet might see a formula: invisible characters in front do not stop all of them, and -1 is none. */
const isFormula = (text: string) =>
  /^[\t\r\n]|^[\s\p{C}]*[=+\-@＝＋－＠]/u.test(text) && !/^ *[+-] ?1+(?:,1+)* *$/.test(text);
/** The text without the mark that was put in front of it. */
const unmarked = (text: string) => (isFormula(text.replace(/^'+/, '')) ? text.replace(/^'/, '') : text);

const readWithPython = (csv: string): string[][] => {
  const program = [
    'import csv, io, json, sys',
    'lines = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", newline="")',
    'json.dump(list(csv.reader(lines)), sys.stdout)',
  ].join('\n');
  return JSON.parse(execFileSync('python3', ['-c', program], { input: csv, maxBuffer: 1e8 }).toString());
};
const hasPython = spawnSync('python3', ['-c', 'import csv']).status === 0;

describe('what is written is read again by readers that are not ours, whatever the text', () => {
  const expectReadAgain = (read: (csv: string) => string[][], rows: readonly (readonly string[])[]) => {
    const cells = read(csvOf(rows, {}));
    expect(cells.map((row) => row.map(unmarked))).toEqual(rows);
    expect(cells.flat().filter(isFormula)).toEqual([]);
    expect(read(csvOf(rows, { purpose: 'data' }))).toEqual(rows);
  };

  test('d3-dsv', () => {
    fc.assert(fc.property(rowsOfText, (rows) => expectReadAgain(csvParseRows, rows)));
  });

  /** Some read line by line, wherever Unicode ends one; only a quote that is open joins lines. */
  const readByLines = (csv: string): string[][] => {
    const records: string[] = [''];
    for (const line of csv.split(/(?<=\r\n|\r(?!\n)|[\n\v\f\u0085\u2028\u2029])/)) {
      const open = records.at(-1)!;
      if ((open.split('"').length - 1) % 2 === 1 || open === '') records[records.length - 1] = open + line;
      else records.push(line);
    }
    return records.flatMap((record) => csvParseRows(record));
  };

  test('one that ends lines as Unicode does', () => {
    fc.assert(fc.property(rowsOfText, (rows) => expectReadAgain(readByLines, rows)));
  });

  // One process for all of them: starting one is most of its time.
  test.runIf(hasPython)("Python's csv (only where there is a python3)", () => {
    expectReadAgain(readWithPython, fc.sample(rowsOfText, { numRuns: 200, seed: 1 }).flat());
  });

  test('d3-dsv, headings', () => {
    fc.assert(
      fc.property(fc.uniqueArray(cell), (fields) => {
        const [bom = '', ...text] = fileOf([], { fields }).toString();
        expect(bom).toBe('\ufeff');
        const rows = csvParseRows(text.join(''));
        expect(rows.map((headings) => headings.slice(7).map(unmarked))).toEqual([fields]);
        expect(rows.flat().filter(isFormula)).toEqual([]);
      }),
    );
  });
});

test.each([
  ['=1', "'=1"],
  ['+a', "'+a"],
  ['-a', "'-a"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t1', '"\'\t1"'],
  ['\r1', '"\'\r1"'],
  ['\n1', '"\'\n1"'],
  ['\n=1', '"\'\n=1"'],
  [' =1', "' =1"],
  ['\u200b=1', "'\u200b=1"],
  ['＝1', "'＝1"],
  ['＋1', "'＋1"],
  ['－1', "'－1"],
  ['＠1', "'＠1"],
  ['-2+3', "'-2+3"],
  ['+1-1', "'+1-1"],
  ['+49-30-12345*2', "'+49-30-12345*2"],
  ['+cmd|1', '"\'+cmd|1"'],
  ['-5', '-5'],
  ['+1.200,50', '"+1.200,50"'],
  ['-1e-7', '-1e-7'],
  ['- 10 %', '- 10 %'],
  ['+49301234567', '+49301234567'],
  ['+49 (0)30 / 123-45', '+49 (0)30 / 123-45'],
  ['+1 (555) 123-4567', '+1 (555) 123-4567'],
  ["'+49301234567", "'+49301234567"],
  ["'=1", "''=1"],
  ["'", "'"],
  ["'tis", "'tis"],
  ['a=1', 'a=1'],
  ['a\n=1', '"a\n=1"'],
  ['a\r=1', '"a\r=1"'],
  ['a;=1', '"a;=1"'],
  ['a\t=1', '"a\t=1"'],
  ['a,b', '"a,b"'],
  ['a "b"', '"a ""b"""'],
  [' a', '" a"'],
  ['a ', '"a "'],
  ['a b', 'a b'],
])('the text %j is written %j', (text, written) => {
  expect(csvOf([[text]], {})).toBe(`${written}\r\n`);
});

test('numbers stay numbers, and nothing is an empty cell', () => {
  expect(csvOf([[-5, 1e21, true, false, undefined, '']], {})).toBe('-5,1e+21,true,false,,\r\n');
  expect(csvOf([['=1', "'=1", '-1']], { purpose: 'data' })).toBe("=1,'=1,-1\r\n");
});
