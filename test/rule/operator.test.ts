import { describe, expect, test } from 'vitest';
import { compileComparison } from '../../shared/rule/comparison.ts';
import {
  equalityKeys,
  nextAbove,
  type OperatorName,
  operatorNamed,
  operatorNames,
} from '../../shared/rule/operator.ts';

const now = Date.parse('2026-03-10T12:00:00Z');
const levels = ['Cold', 'Warm', 'Hot', 'Very Hot'];

type Case = [operator: OperatorName, operand: unknown, yes: unknown[], no: unknown[]];

/** For each operator what satisfies it and what does not; complements follow below. */
const cases: Case[] = [
  [
    'equals',
    'Google',
    ['google', ' GOOGLE ', 'Ｇoogle', ['x', 'google']],
    ['goog', '', null, undefined, 5, true, [], {}],
  ],
  ['equals', '01234', ['01234'], ['1234']],
  ['equals', '12', [12, '12', [12]], ['12.0', 12.5]],
  ['equals', 'ΟΔΥΣΣΕΥΣ', ['οδυσσευς', 'οδυσσευσ'], ['οδυσσευ']],
  [
    'equals',
    1234,
    [1234, '1234', '01234', '+1234.0', ' 1234 ', '$1,234.00'],
    ['1234x', '１２３４', '1e3', '1,234', true, null],
  ],
  ['equals', true, [true, 'TRUE', 'true '], [false, 1, '1', 'yes', null]],
  ['equals', 'true', [true, 'True'], [false, 1]],
  ['equals', false, [false, 'False'], [true, 0, '', null]],
  ['equals', ' FALSE', [false, 'false'], [true, 'true']],
  ['in', ['x', 'y'], ['x'], [true, false, 'true', 'false', 0]],
  ['in', ['a', 2, true], ['A', 2, '2', '2.0', true, 'TRUE', ['z', 'a']], ['b', 3, false, null, undefined, [], {}]],
  ['in', ['2'], ['2', 2], ['2.0', '02']],
  ['contains', 'Pricing', ['/PRICING/x', ['a', 'b pricing']], ['price', 5, true, null, '', {}]],
  ['contains', '12', ['a12'], [12, 123]],
  ['starts_with', 'mr ', ['MR', 'Mr Smith', 'mrs'], ['a mr', null, 3]],
  ['ends_with', '.com', ['a@B.COM ', 'x.com'], ['.com.x', 1, undefined]],
  [
    'greater_than',
    10,
    [10.5, '11', '+11', ['3', '12']],
    [10, '10', 'eleven', '1e3', '', null, undefined, true, [], '١٢'],
  ],
  ['greater_than_or_equal', 0, [0, -0, '0', 3], [-1, null, '', 'x', false]],
  ['less_than', 9, [-3, '8.99', '-1'], [9, '10', null, '', undefined, false]],
  ['less_than_or_equal', 9, [9, '9.0'], [9.01, null]],
  ['between', [1, 3], [1, '2', 3, ['0', '2.5']], [0.99, 4, 'two', null, '2024-01-01']],
  [
    'between',
    ['2024-01-01', '2024-01-31'],
    ['2024-01-01', '2024-01-31', '2024-01-31T23:59:59.999Z', '2024-02-01T00:30:00+01:00'],
    ['2023-12-31', '2024-02-01', '2024-02-01T00:00:00Z', 20240115, 'January', null],
  ],
  ['is_not_empty', undefined, ['x', 0, false, ['a'], { a: 1 }], ['', '  ', '\u00a0', null, undefined, [], ['']]],
  ['exists', undefined, ['x', 0, false], ['', null, undefined, []]],
  [
    'before',
    '2024-02-29',
    ['2024-02-28', '2024-02-28T23:59:59Z', '2024-02-29T00:30:00+01:00'],
    ['2024-02-29', '2024-02-29T00:00:00Z', '2024-02-30', '2023-02-29', 'x', 20240101, null],
  ],
  [
    'after',
    '2024-02-28',
    ['2024-02-29', '2024-02-29T00:00:00', '2024-02-29T00:00'],
    ['2024-02-28', '2024-02-28T23:59:59.999Z', '2024-13-01', null],
  ],
  ['after', '2024-02-28T12:00:00Z', ['2024-02-28T12:00:00.001Z', '2024-02-29'], ['2024-02-28T12:00:00Z', '2024-02-28']],
  [
    'in_last_days',
    7,
    ['2026-03-10', '2026-03-03', '2026-03-03T12:00:00Z', '2026-03-10T12:00:00Z'],
    ['2026-03-02', '2026-03-03T11:59:59.999Z', '2026-03-10T12:00:00.001Z', '2026-03-11', 7, null],
  ],
  ['in_last_days', 0, ['2026-03-10', '2026-03-10T12:00:00Z'], ['2026-03-09', '2026-03-11', '2026-03-10T11:59:59Z']],
  [
    'in_next_days',
    2,
    ['2026-03-10', '2026-03-12', '2026-03-12T12:00:00Z', '2026-03-10T12:00:00Z'],
    ['2026-03-13', '2026-03-12T12:00:00.001Z', '2026-03-10T11:59:59Z', '2026-03-09', null],
  ],
  [
    'more_than_days_ago',
    3,
    ['2026-03-06', '2026-03-07T11:59:59.999Z', '1999-01-01'],
    ['2026-03-07', '2026-03-07T12:00:00Z', '2027-01-01', null],
  ],
  ['at_least', 'hot', ['Hot', 'very hot'], ['Warm', 'Boiling', '', null, undefined, 3]],
  ['at_most', 'Warm', ['Cold', 'WARM'], ['Hot', 'Boiling', null]],
  ['at_least', 'Unknown', [], ['Cold', 'Very Hot', 'Unknown']],
];

const complementOf: Partial<Record<OperatorName, OperatorName>> = {
  equals: 'not_equals',
  in: 'not_in',
  contains: 'not_contains',
  starts_with: 'not_starts_with',
  ends_with: 'not_ends_with',
  between: 'not_between',
  is_not_empty: 'is_empty',
  exists: 'not_exists',
};

const decides = (operator: OperatorName, operand: unknown, value: unknown) =>
  compileComparison({ operator, value: operand }, levels).holds(value, now);

describe.each(cases)('%s %j', (operator, operand, yes, no) => {
  test.each(yes.map((value) => [value]))('holds for %j', (value) => {
    expect(decides(operator, operand, value)).toBe(true);
  });
  test.each(no.map((value) => [value]))('does not hold for %j', (value) => {
    expect(decides(operator, operand, value)).toBe(false);
  });
  const complement = complementOf[operator];
  if (complement) {
    test(`${complement} is its complement, for empty values too`, () => {
      for (const value of yes) expect(decides(complement, operand, value)).toBe(false);
      for (const value of no) expect(decides(complement, operand, value)).toBe(true);
    });
  }
});

test('an operand that validation cannot have let through is met by nothing, and throws nothing', () => {
  for (const [operator, operand] of [
    ['before', 'x'],
    ['after', 5],
    ['between', ['x', '2024-01-01']],
    ['between', ['2024-01-01', 'x']],
  ] as const) {
    expect(decides(operator, operand, '2024-01-01')).toBe(false);
  }
});

test('every operator has cases', () => {
  const covered = new Set(cases.flatMap(([name]) => [name, complementOf[name]]));
  expect(operatorNames.filter((name) => !covered.has(name))).toEqual([]);
});

test('exactly the not_ operators and is_empty are complements', () => {
  const complements = operatorNames.filter((name) => operatorNamed(name).isComplement);
  expect(complements.sort()).toEqual([...Object.values(complementOf)].sort());
});

test('numbers and dates are compared through the next flip as time passes', () => {
  const comparison = compileComparison({ operator: 'in_last_days', value: 7 }, []);
  const flip = comparison.nextFlipAt('2026-03-05T12:00:00Z', now);
  expect(comparison.holds('2026-03-05T12:00:00Z', flip - 1)).toBe(true);
  expect(comparison.holds('2026-03-05T12:00:00Z', flip)).toBe(false);
  expect(comparison.nextFlipAt('2026-03-05T12:00:00Z', flip)).toBe(Number.POSITIVE_INFINITY);
  const starts = comparison.nextFlipAt('2026-03-12', now);
  expect(new Date(starts).toISOString()).toBe('2026-03-12T00:00:00.000Z');
});

test.each<[OperatorName[], string]>([
  [['equals', 'not_equals', 'in', 'not_in', 'is_not_empty', 'is_empty'], 'both'],
  [['at_least', 'at_most'], 'level'],
])('exactly %j are for %s', (names, on) => {
  expect(operatorNames.filter((name) => operatorNamed(name).on === on).sort()).toEqual([...names].sort());
  expect(operatorNames.filter((name) => !['both', 'level', 'field'].includes(operatorNamed(name).on))).toEqual([]);
});

test('a name that is none is refused', () => {
  expect(() => operatorNamed('like' as OperatorName)).toThrow('Unknown operator like');
});

describe('the matcher finds', () => {
  const entryOf = (name: OperatorName, operand: unknown) => {
    const entry = operatorNamed(name).index?.(operand);
    return entry?.kind === 'equality' ? { kind: entry.kind, keys: equalityKeys(entry.operands) } : entry;
  };
  const keys = (texts: string[], numbers: number[], numbersAsText: number[], booleans: boolean[]) => ({
    kind: 'equality',
    keys: {
      texts: new Set(texts),
      numbers: new Set(numbers),
      numbersAsText: new Set(numbersAsText),
      booleans: new Set(booleans),
    },
  });

  test.each<[OperatorName, unknown, unknown]>([
    ['equals', ' Text', keys(['text'], [], [], [])],
    ['equals', 5, keys([], [5], [5], [])],
    ['equals', '05', keys(['05'], [5], [], [])],
    ['equals', true, keys(['true'], [], [], [true])],
    ['not_equals', 'False', keys(['false'], [], [], [false])],
    ['in', ['a', 5, '6', false], keys(['a', '6', 'false'], [5, 6], [5], [false])],
    ['contains', 'A', { kind: 'text', place: 'anywhere', part: 'a' }],
    ['starts_with', 'A ', { kind: 'text', place: 'start', part: 'a' }],
    ['not_ends_with', 'Ａ', { kind: 'text', place: 'end', part: 'a' }],
    ['greater_than', 0, { kind: 'number', low: Number.MIN_VALUE, high: Number.POSITIVE_INFINITY }],
    ['greater_than', 1, { kind: 'number', low: 1 + Number.EPSILON, high: Number.POSITIVE_INFINITY }],
    ['greater_than_or_equal', 1, { kind: 'number', low: 1, high: Number.POSITIVE_INFINITY }],
    ['less_than', 1, { kind: 'number', low: Number.NEGATIVE_INFINITY, high: 1 - Number.EPSILON / 2 }],
    ['less_than_or_equal', 1, { kind: 'number', low: Number.NEGATIVE_INFINITY, high: 1 }],
    ['between', [1, 2], { kind: 'number', low: 1, high: 2 }],
    ['between', ['2024-01-01', '2024-01-02'], undefined],
    ['is_empty', undefined, { kind: 'any' }],
    ['exists', undefined, { kind: 'any' }],
    ['before', '2024-01-01', undefined],
    ['in_last_days', 3, undefined],
    ['at_least', 'Hot', undefined],
  ])('%s %j without trying it by %j', (name, operand, entry) => {
    expect(entryOf(name, operand)).toEqual(entry);
  });

  test('many operands without a key of some kind in the room of one', () => {
    const [one, other] = [equalityKeys(['a']), equalityKeys(['b'])];
    expect(one.numbers).toBe(other.numbers);
    expect(one.texts).not.toBe(other.texts);
  });
});

test.each([
  [0, Number.MIN_VALUE],
  [1, 1 + Number.EPSILON],
  [-1, -1 + Number.EPSILON / 2],
  [-Number.MIN_VALUE, -0],
  [Number.MAX_VALUE, Number.POSITIVE_INFINITY],
  [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  [Number.NEGATIVE_INFINITY, -Number.MAX_VALUE],
])('right above %d is %d', (value, above) => {
  expect(nextAbove(value)).toBe(above);
});
