import { describe, expect, test } from 'vitest';
import { checkOperand } from '../../shared/rule/operand.ts';
import type { OperandKind } from '../../shared/rule/operator.ts';

const check = (kind: OperandKind, value: unknown, onLevel = false) =>
  checkOperand(kind, value, onLevel).map(({ path, message }) => `/${path.join('/')} ${message}`);

const accepted: [OperandKind, unknown[]][] = [
  ['none', [undefined]],
  ['scalar', ['x', ' x ', 0, -1.5, true, false, 'x'.repeat(1000)]],
  ['list', [['x'], [0, false, 'x'], Array(1000).fill('x')]],
  ['text', ['x', '5', 'x'.repeat(1000)]],
  ['level', ['Hot']],
  ['number', [0, -1.5, 1e300]],
  [
    'range',
    [
      [1, 1],
      [-2, 3.5],
      ['2024-01-01', '2024-01-01'],
      ['2024-01-01T10:00:00Z', '2024-01-01'],
      ['2024-01-01T10:00:00Z', '2024-01-01T10:00:00Z'],
    ],
  ],
  ['date', ['2024-02-29', '2024-02-29T10:00:00+01:00']],
  ['days', [0, 1, 3650]],
];

describe.each(accepted)('an operand of kind %s', (kind, values) => {
  test.each(values.map((value) => [value]))('may be %j', (value) => {
    expect(check(kind, value)).toEqual([]);
  });
});

const notScalar = '/ must be text, a number or a boolean';
const notRange = '/ must be a list of two: [low, high]';
const notDate = 'must be a date (YYYY-MM-DD) or an ISO 8601 date-time';
const notDays = '/ must be a whole number of days from 0 to 3650';
const noneGiven = '/ is required for this operator';

const refused: [OperandKind, unknown, string[]][] = [
  ['none', 'x', ['/ must be left out for this operator']],
  ['none', null, ['/ must be left out for this operator']],
  ['scalar', undefined, [noneGiven]],
  ['scalar', null, [noneGiven]],
  ['scalar', '  ', ['/ must not be empty']],
  ['scalar', ['x'], [notScalar]],
  ['scalar', { a: 1 }, [notScalar]],
  ['scalar', Number.NaN, ['/ must be a number']],
  ['scalar', 'x'.repeat(1001), ['/ must have at most 1000 characters']],
  ['list', 'x', ['/ must be a list']],
  ['list', [], ['/ must not be empty']],
  ['list', Array(1001).fill('x'), ['/ must have at most 1000 values']],
  ['list', ['x', '', null, Number.NaN], ['/1 must not be empty', `/2${notScalar.slice(1)}`, '/3 must be a number']],
  ['list', ['x', 'y'.repeat(1001)], ['/1 must have at most 1000 characters']],
  ['text', 5, ['/ must be text']],
  ['text', '', ['/ must not be empty']],
  ['text', 'a\ud83d', ['/ must be well-formed text']],
  ['list', ['👍', '\udc4d'], ['/1 must be well-formed text']],
  ['level', true, ['/ must be text']],
  ['number', '5', ['/ must be a number']],
  ['number', Number.POSITIVE_INFINITY, ['/ is a number beyond 1.8e308']],
  ['range', 'x', [notRange]],
  ['range', { length: 2, 0: 1, 1: 2 }, [notRange]],
  ['range', [1], [notRange]],
  ['range', [1, 2, 3], [notRange]],
  ['range', [2, 1], ['/ low must not be greater than high']],
  ['range', [1, 'x'], ['/1 must be a number']],
  ['range', [null, 1], ['/0 must be a number']],
  ['range', ['2024-01-02', '2024-01-01'], ['/ low must not be later than high']],
  ['range', ['2024-01-01T10:00:00.001Z', '2024-01-01T10:00:00Z'], ['/ low must not be later than high']],
  ['range', ['1', '2'], ['/ must be two JSON numbers or two dates']],
  ['range', ['x', '2'], ['/ must be two JSON numbers or two dates']],
  ['range', ['x', '2024-01-01'], [`/0 ${notDate}`]],
  ['range', ['x', null], [`/0 ${notDate}`, `/1 ${notDate}`]],
  ['date', '2024-02-30', [`/ ${notDate}`]],
  ['date', 20240101, [`/ ${notDate}`]],
  ['days', -1, [notDays]],
  ['days', 3651, [notDays]],
  ['days', 1.5, [notDays]],
  ['days', '3', [notDays]],
];

test.each(refused)('an operand of kind %s may not be %j', (kind, value, problems) => {
  expect(check(kind, value)).toEqual(problems);
});

/** Which mistake a message tells of. */
const codes: [message: RegExp, code: string][] = [
  [/^is required/, 'required'],
  [/^must be left out/, 'not_allowed'],
  [/^must not be empty/, 'empty'],
  [/^must have at most \d+ characters/, 'too_long'],
  [/^must have at most \d+ values/, 'too_many'],
  [/^must be well-formed/, 'ill_formed'],
  [/^low must not be/, 'wrong_order'],
  [/^must be a date/, 'invalid_format'],
  [/^is a number beyond/, 'too_large'],
  [/^must be a whole number of days/, 'days'],
  [/^must be /, 'wrong_type'],
];

test.each(refused)('what is wrong with %s %j has its code', (kind, value) => {
  for (const { code, message } of checkOperand(kind, value, false)) {
    const expected = codes.find(([pattern]) => pattern.test(message))![1];
    const ofDays = typeof value !== 'number' || value === 1.5 ? 'wrong_type' : value < 0 ? 'too_small' : 'too_large';
    expect({ message, code }).toEqual({ message, code: expected === 'days' ? ofDays : expected });
  }
});

test('a number beyond all numbers is too large, or too small', () => {
  expect(checkOperand('number', Number.NEGATIVE_INFINITY, false)).toMatchObject([{ code: 'too_small' }]);
  expect(checkOperand('days', Number.POSITIVE_INFINITY, false)).toMatchObject([{ code: 'too_large' }]);
});

describe('for a level rule', () => {
  test('values are text', () => {
    expect(check('scalar', 'Hot', true)).toEqual([]);
    expect(check('scalar', 5, true)).toEqual(['/ must be text']);
    expect(check('list', ['Hot', 'Cold'], true)).toEqual([]);
    expect(check('list', ['Hot', true], true)).toEqual(['/1 must be text']);
  });
});
