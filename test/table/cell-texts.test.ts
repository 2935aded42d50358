import { describe, expect, it } from 'vitest';
import { columnKinds, kindCalled, nameOfKind, readBoolean } from '../../shared/table/column-kind.ts';
import { readDate } from '../../shared/table/date-text.ts';
import { readList } from '../../shared/table/list-text.ts';
import { readNumber } from '../../shared/table/number-text.ts';

describe('a number in a cell', () => {
  it.each([
    ['42', 42, 42],
    ['-3.5', -3.5, undefined],
    ['1,234', 1234, 1.234],
    ['1.234', 1.234, 1234],
    ['$1,200.00', 1200, undefined],
    ['1.200,50 €', undefined, 1200.5],
    ['€ 1.200,50', undefined, 1200.5],
    ['US$ 99', 99, 99],
    ['CHF 1’234’567.89', 1234567.89, undefined],
    ['1 234 567,8', undefined, 1234567.8],
    ['12,34,567', 1234567, undefined],
    ['10%', 10, 10],
    ['12,5 %', undefined, 12.5],
    ['(50)', -50, -50],
    ['($1,050.25)', -1050.25, undefined],
    ['-$5', -5, -5],
    ['$-5', -5, -5],
    ['50-', -50, -50],
    [' 3000 ', 3000, 3000],
    ['.5', 0.5, undefined],
    ['0', 0, 0],
    ['-0', 0, 0],
    ['1,23', undefined, 1.23],
    ['123456789012345', 123456789012345, 123456789012345],
    ['1234567890123456', undefined, undefined],
    ['1.2.3', undefined, undefined],
    ['12 apples', undefined, undefined],
    ['1e5', undefined, undefined],
    ['--5', undefined, undefined],
    ['$', undefined, undefined],
    ['%', undefined, undefined],
    ['-', undefined, undefined],
    ['', undefined, undefined],
  ])('%j is %j, or %j where a comma is the decimal mark', (text, point, comma) => {
    expect([readNumber(text, '.'), readNumber(text, ',')]).toEqual([point, comma]);
  });
});

describe('a date in a cell', () => {
  it.each([
    ['2026-11-28', '2026-11-28'],
    ['2026/11/8', '2026-11-08'],
    ['2026-11-28 10:00:00', '2026-11-28T10:00:00.000Z'],
    ['2026-11-28T10:00:00.123456Z', '2026-11-28T10:00:00.123Z'],
    ['2026-11-28 10:00:00 +0100', '2026-11-28T09:00:00.000Z'],
    ['2026-11-28 10:00:00+01', '2026-11-28T09:00:00.000Z'],
    ['2026-11-28 10:00:00 UTC', '2026-11-28T10:00:00.000Z'],
    ['28 Nov 2026', '2026-11-28'],
    ['28-Nov-26', '2026-11-28'],
    ['Nov 28, 2026 09:05 PM', '2026-11-28T21:05:00.000Z'],
    ['November 28, 2026 at 12:00 am', '2026-11-28T00:00:00.000Z'],
    ['Sat, 28 Nov 2026 10:00:00 GMT', '2026-11-28T10:00:00.000Z'],
    ['28. März 2026', '2026-03-28'],
    ['28. Okt. 2026, 10:30 Uhr', '2026-10-28T10:30:00.000Z'],
    ['28 de noviembre de 2026', '2026-11-28'],
    ['3 août 2026', '2026-08-03'],
  ])('%j is %j in any order', (text, expected) => {
    expect([readDate(text, 'YMD'), readDate(text, 'DMY'), readDate(text, 'MDY')]).toEqual(Array(3).fill(expected));
  });

  it.each([
    ['03/04/2026', '2026-04-03', '2026-03-04'],
    ['28.11.2026', '2026-11-28', undefined],
    ['28. 11. 2026 8.30', '2026-11-28T08:30:00.000Z', undefined],
    ['11/28/26, 3:04 PM', undefined, '2026-11-28T15:04:00.000Z'],
    ['1-2-1975', '1975-02-01', '1975-01-02'],
    ['1/2/75', '1975-02-01', '1975-01-02'],
  ])('%j is %j with the day first, %j with the month first', (text, dayFirst, monthFirst) => {
    expect([readDate(text, 'DMY'), readDate(text, 'MDY'), readDate(text, 'YMD')]).toEqual([
      dayFirst,
      monthFirst,
      undefined,
    ]);
  });

  it.each([
    '2026-02-30',
    '0/0/00',
    '2026-11-28 25:00',
    '2026-11-28 13:00 PM',
    '2026-11-28 10:00 EST',
    '28 Foo 2026',
    '1.2.3',
    '192.168.0.1',
    '20261128',
    '45989',
    'soon',
    '',
  ])('%j is none', (text) => {
    expect([readDate(text, 'YMD'), readDate(text, 'DMY'), readDate(text, 'MDY')]).toEqual(Array(3).fill(undefined));
  });
});

describe('a list in a cell', () => {
  it.each([
    ['Golf;Sailing; ;Golf', ';', ['Golf', 'Sailing']],
    ['Sales, Marketing', ',', ['Sales', 'Marketing']],
    ['"VIP","New, hot"', '|', ['VIP","New, hot']],
    ['"VIP", "New"', ',', ['VIP', 'New']],
    ['* myContacts ::: Clients', ' ::: ', ['* myContacts', 'Clients']],
    ['a\r\nb\nc', '\n', ['a', 'b', 'c']],
    ['["a","b;c"]', 'json', ['a', 'b;c']],
    ['[1]', 'json', undefined],
    ['x', 'json', undefined],
  ] as const)('%j parted by %j is %j', (text, separator, expected) => {
    expect(readList(text, separator)).toEqual(expected);
  });
});

it('reads booleans in some languages', () => {
  expect(['TRUE', 'Yes', 'ja', ' 1 ', 'No', 'nein', 'false', 'maybe', ''].map(readBoolean)).toEqual([
    ...[true, true, true, true, false, false, false, undefined, undefined],
  ]);
});

it('finds each kind by its name', () => {
  expect(columnKinds.map((kind) => kindCalled(nameOfKind(kind)))).toEqual(columnKinds);
  expect(columnKinds.map(nameOfKind)).toContain('date DD/MM/YYYY');
  expect(kindCalled('money')).toBeUndefined();
});
