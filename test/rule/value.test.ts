import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fold, isEmpty, isWellFormed, kindOf, numberOf, periodOf } from '../../shared/rule/value.ts';

describe('text as it is compared', () => {
  test.each([
    ['plain', 'plain'],
    ['Two Words, 3 & more~!', 'two words, 3 & more~!'],
    ['  spaces around \t', 'spaces around'],
    ['two  spaces \n\t and more', 'two spaces and more'],
    ['Straße', 'strasse'],
    ['STRASSE', 'strasse'],
    ['STRAẞE', 'strasse'],
    ['İstanbul', 'istanbul'],
    ['ŒUVRE ﬀ', 'œuvre ff'],
    ['O’Neil', "o'neil"],
    ['“Quoted” „so“', '"quoted" "so"'],
    ['zero\u200bwidth\ufeff', 'zerowidth'],
    ['soft\u00adhyphen \u202ba\u202c', 'softhyphen a'],
    ['e\u0301', 'é'],
    ['\u200b', ''],
    ['ＧＯＯＧＬＥ', 'google'],
    ['a Ｘ', 'a x'],
    ['ﬁle №5', 'file no5'],
    ['ΟΔΥΣΣΕΥΣ', 'οδυσσευσ'],
    ['οδυσσευς', 'οδυσσευσ'],
    ['', ''],
    [' \u00a0 ', ''],
  ])('%j is %j', (text, folded) => {
    expect(fold(text)).toBe(folded);
  });

  test('stays what it is when it is folded again, and does not depend on case', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(fold(fold(text))).toBe(fold(text));
        expect(fold(text.toUpperCase())).toBe(fold(text));
      }),
    );
  });
});

describe('the number that a value stands for', () => {
  test.each([
    [5, 5],
    [-0.5, -0.5],
    ['5', 5],
    ['+5', 5],
    ['-12.50', -12.5],
    ['007', 7],
    ['', undefined],
    ['5.', undefined],
    ['.5', undefined],
    ['1e3', undefined],
    [' 3000', 3000],
    ['5 ', 5],
    ['$1,200.00', 1200],
    ['-$1,200.00', -1200],
    ['1.200,50', 1200.5],
    ['1.200,50 €', 1200.5],
    ['€ 12,5', 12.5],
    ['12,50', 12.5],
    ['1234,567', 1234.567],
    ['0,125', 0.125],
    ['1,234,567', 1234567],
    ['1.234.567', 1234567],
    ['1 234 567,8', 1234567.8],
    ['1\u202f234\u00a0', 1234],
    ["1'234.50", 1234.5],
    ['10%', 10],
    ['10 %', 10],
    ['(50)', -50],
    ['(1,200.50)', -1200.5],
    ['\u22125', -5],
    ['  \t(50)  ', -50],
    ['+$5.25', 5.25],
    ['1,234,567.5', 1234567.5],
    ['1.234.567,5', 1234567.5],
    ['12,345,678', 12345678],
    ['12.345.678', 12345678],
    ['12 345', 12345],
    ['1,2345', 1.2345],
    ['1.200', 1.2],
    ['12,345', undefined],
    ['1234,567,890', undefined],
    ['1234.567.890', undefined],
    ['1,234,567,8', undefined],
    ['1.234.567.8', undefined],
    ['1,200', undefined],
    ['$1,200', undefined],
    ['12,34,567', undefined],
    ['1,23,4.5', undefined],
    ['1.200,50.3', undefined],
    ["1'234 567", undefined],
    ['+49 171 234', undefined],
    ['(50', undefined],
    ['50)', undefined],
    ['(-50)', undefined],
    ['$', undefined],
    ['%', undefined],
    ['5 kg', undefined],
    ['5%%', undefined],
    ['2026-11-28', undefined],
    ['x5', undefined],
    ['5x', undefined],
    ['--5', undefined],
    ['Infinity', undefined],
    ['٣', undefined],
    [true, undefined],
    [null, undefined],
    [undefined, undefined],
    [['5'], undefined],
  ])('%j: %j', (value, number) => {
    expect(numberOf(value)).toBe(number);
  });
});

const day = (date: string) => ({
  start: Date.parse(`${date}T00:00:00.000Z`),
  last: Date.parse(`${date}T23:59:59.999Z`),
  isWholeDay: true,
});
const instant = (moment: string) => ({ start: Date.parse(moment), last: Date.parse(moment), isWholeDay: false });

describe('the period that a value stands for', () => {
  test.each([
    ['2024-02-29', day('2024-02-29')],
    ['0099-12-31', day('0099-12-31')],
    ['9999-12-31', day('9999-12-31')],
    ['2024-03-10T05:06', instant('2024-03-10T05:06:00.000Z')],
    ['2024-03-10T05:06:07', instant('2024-03-10T05:06:07.000Z')],
    ['2024-03-10T05:06:07Z', instant('2024-03-10T05:06:07.000Z')],
    ['2024-03-10T05:06:07.8Z', instant('2024-03-10T05:06:07.800Z')],
    ['2024-03-10T05:06:07,089Z', instant('2024-03-10T05:06:07.089Z')],
    ['2024-03-10T05:06:07.123456789Z', instant('2024-03-10T05:06:07.123Z')],
    ['2024-03-10T23:59:59.999Z', instant('2024-03-10T23:59:59.999Z')],
    ['2024-03-10T05:06:07+05:30', instant('2024-03-09T23:36:07.000Z')],
    ['2024-03-10T05:06:07+0530', instant('2024-03-09T23:36:07.000Z')],
    ['2024-03-10T05:06:07-03:15', instant('2024-03-10T08:21:07.000Z')],
    ['2024-03-10T05:06+23:59', instant('2024-03-09T05:07:00.000Z')],
    ['2024-03-10 05:06:07', instant('2024-03-10T05:06:07.000Z')],
    ['2024-03-10 05:06:07.123456', instant('2024-03-10T05:06:07.123Z')],
    ['2024-03-10 05:06:07.8+00', instant('2024-03-10T05:06:07.800Z')],
    ['2024-03-10 05:06:07 +0130', instant('2024-03-10T03:36:07.000Z')],
    ['2024-03-10 05:06:07 +01:00', instant('2024-03-10T04:06:07.000Z')],
    ['2024-03-10T05:06:07-10', instant('2024-03-10T15:06:07.000Z')],
    ['2024-03-10 05:06 Z', instant('2024-03-10T05:06:00.000Z')],
    [' 2024-03-10 05:06\t', instant('2024-03-10T05:06:00.000Z')],
    [' 2024-02-29 ', day('2024-02-29')],
  ])('%s', (value, period) => {
    expect(periodOf(value)).toEqual(period);
  });

  test.each([
    '2024-02-30',
    '2023-02-29',
    '2024-00-10',
    '2024-13-10',
    '2024-04-00',
    '2024-04-31',
    '24-04-01',
    'x2024-04-01',
    '2024-04-01x',
    '2024-04-01  10:00',
    '2024-04-01 10:00  Z',
    '2024-04-01 Z',
    '2024-04-01 10:00 UTC',
    '11/28/2026',
    '28.11.2026',
    '2024-04-01T',
    '2024-04-01Z',
    '2024-04-01T10',
    '2024-04-01T24:00:00Z',
    '2024-04-01T10:60:00Z',
    '2024-04-01T10:00:60Z',
    '2024-04-01T10:00:00.Z',
    '2024-04-01T10:00:00.1234567890Z',
    '2024-04-01T10:00:00Zx',
    '2024-04-01T10:00:00+24:00',
    '2024-04-01T10:00:00+10:60',
    '2024-04-01T10:00:00-1',
    '',
    'January',
    20240401,
    true,
    null,
    undefined,
    ['2024-04-01'],
  ])('%j is none', (value) => {
    expect(periodOf(value)).toBe(undefined);
  });
});

describe('what is empty', () => {
  const empty = [undefined, null, '', ' ', '\u3000\t', [], [''], [' ', null], [[]], [[['\u3000']], [], '']];
  test.each(empty.map((value) => [value]))('%j is', (value) => expect(isEmpty(value)).toBe(true));
  const filled = [0, false, Number.NaN, 'x', ' x ', '\u0301', {}, ['', 'x'], [[], 0], [[false]], [{}], { length: 0 }];
  test.each(filled.map((value) => [value]))('%j is not', (value) => expect(isEmpty(value)).toBe(false));

  test('is text exactly when nothing is left of it as it is compared', () => {
    const unit = fc.oneof(
      fc.constantFrom(' ', '\t', '\u00a0', '\u3000', '\u200b', '\u0338'),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(fc.property(fc.string({ unit, maxLength: 4 }), (text) => isEmpty(text) === (fold(text) === '')));
  });

  test('is found however deep lists are nested', () => {
    const nested = (depth: number, inside: unknown) => {
      let list = inside;
      for (let level = 0; level < depth; level++) list = [list];
      return list;
    };
    expect([isEmpty(nested(100_000, '')), isEmpty(nested(100_000, 'x'))]).toEqual([true, false]);
  });
});

test.each([
  ['plain', true],
  ['a whole pair 😀', true],
  ['', true],
  ['half a pair \ud83d', false],
  ['\ude00 the other half', false],
])('%j is well formed: %j', (text, expected) => {
  expect(isWellFormed(text)).toBe(expected);
});

describe('the kind of a value', () => {
  test.each([
    ['India', 'text'],
    ['2024-02-30', 'text'],
    ['true', 'text'],
    ['12.5', 'number'],
    [12, 'number'],
    [0, 'number'],
    [false, 'boolean'],
    ['2024-02-29', 'date'],
    ['2024-02-29T10:00Z', 'date'],
    [['a'], 'list'],
    [['', 'a'], 'list'],
    [[], undefined],
    [[''], undefined],
    [[[]], undefined],
    ['', undefined],
    ['  ', undefined],
    [null, undefined],
    [undefined, undefined],
    [{ a: 1 }, undefined],
  ])('%j: %j', (value, kind) => {
    expect(kindOf(value)).toBe(kind);
  });
});
