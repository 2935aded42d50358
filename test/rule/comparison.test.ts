import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileComparison, kindCompared } from '../../shared/rule/comparison.ts';
import { type OperatorName, operatorNamed, operatorNames } from '../../shared/rule/operator.ts';

const at = (moment: string) => Date.parse(moment);
const now = at('2026-03-10T12:00:00Z');
const never = Number.POSITIVE_INFINITY;

/** All moments after `now` at which the answer changes by time alone. */
const flips: [operator: OperatorName, days: number, value: unknown, moments: number[]][] = [
  ['in_last_days', 7, '2026-03-05T12:00:00Z', [at('2026-03-12T12:00:00.001Z')]],
  ['in_last_days', 7, '2026-03-03T12:00:00Z', [now + 1]],
  ['in_last_days', 7, '2026-03-03T11:59:59.999Z', []],
  ['in_last_days', 0, '2026-03-10', [at('2026-03-11T00:00:00Z')]],
  ['in_last_days', 2, '2026-03-12', [at('2026-03-12T00:00:00Z'), at('2026-03-15T00:00:00Z')]],
  ['in_next_days', 2, '2026-03-12', [at('2026-03-13T00:00:00Z')]],
  ['in_next_days', 1, '2026-03-12T18:00:00Z', [at('2026-03-11T18:00:00Z'), at('2026-03-12T18:00:00.001Z')]],
  ['more_than_days_ago', 3, '2026-03-07', [at('2026-03-11T00:00:00Z')]],
  ['more_than_days_ago', 3, '2026-03-07T12:00:00Z', [now + 1]],
  ['more_than_days_ago', 3, '1999-01-01', []],
  ['in_last_days', 7, 'soon', []],
  ['in_last_days', 7, undefined, []],
  [
    'in_last_days',
    1,
    ['x', '2026-03-14', '2026-03-09T18:00:00Z'],
    [at('2026-03-10T18:00:00.001Z'), at('2026-03-14T00:00:00Z'), at('2026-03-16T00:00:00Z')],
  ],
  [
    'in_last_days',
    1,
    ['2026-03-09T18:00:00Z', '2026-03-14'],
    [at('2026-03-10T18:00:00.001Z'), at('2026-03-14T00:00:00Z'), at('2026-03-16T00:00:00Z')],
  ],
];

test.each(flips)('%s %j of %j changes at %j and never else', (operator, value, of, moments) => {
  const comparison = compileComparison({ operator, value }, []);
  let from = now;
  for (const moment of moments) {
    expect(comparison.nextFlipAt(of, from)).toBe(moment);
    expect(comparison.holds(of, moment)).toBe(!comparison.holds(of, moment - 1));
    from = moment;
  }
  expect(comparison.nextFlipAt(of, from)).toBe(never);
});

test('exactly the operators that count days read the clock; the others never change by time alone', () => {
  const operands = { none: undefined, list: ['a'], range: [1, 2], days: 3 } as Record<string, unknown>;
  const reading = operatorNames.filter((operator) => {
    const value = operands[operatorNamed(operator).operand] ?? 'a';
    const comparison = compileComparison({ operator, value }, ['a']);
    const moments = ['2026-03-09T18:00:00Z', '2026-03-14T18:00:00Z'];
    expect(comparison.nextFlipAt(moments, now) === never).toBe(!comparison.readsClock);
    return comparison.readsClock;
  });
  expect(reading).toEqual(operatorNames.filter((name) => operatorNamed(name).readsClock));
});

test('what is empty, however it is nested, satisfies no operator but the complements', () => {
  const operands: Record<string, unknown> = { none: undefined, list: ['', ' '], range: ['', ''], days: 3, number: 0 };
  const { list } = fc.letrec<{ empty: unknown; list: unknown }>((tie) => ({
    list: fc.array(tie('empty'), { maxLength: 3 }),
    empty: fc.oneof({ maxDepth: 4 }, fc.constantFrom(undefined, null, '', ' ', '\u3000\t'), tie('list')),
  }));
  fc.assert(
    fc.property(fc.oneof(list, fc.constantFrom('', ' ', null, undefined)), (value) => {
      for (const operator of operatorNames) {
        const { operand, isComplement } = operatorNamed(operator);
        // Operands that validation refuses: not even what is itself empty is the same as what is empty.
        const comparison = compileComparison({ operator, value: operand in operands ? operands[operand] : '' }, ['']);
        expect([operator, comparison.holds(value, now)]).toEqual([operator, isComplement]);
      }
    }),
  );
});

test.each([[[[]]], [[['']]], [[[[' ']], null]]])('%j is empty', (value) => {
  const holding = (['is_empty', 'not_exists', 'is_not_empty', 'exists'] as const).filter((operator) =>
    compileComparison({ operator }, []).holds(value, now),
  );
  expect(holding).toEqual(['is_empty', 'not_exists']);
});

test.each([[{}], [[{}]], [[[], 0]], [[['a']]], [[false]]])('%j is not empty', (value) => {
  expect(compileComparison({ operator: 'is_not_empty' }, []).holds(value, now)).toBe(true);
});

test.each<[OperatorName, unknown, 'number' | 'date' | undefined]>([
  ['greater_than', 3, 'number'],
  ['between', [1, 2], 'number'],
  ['between', ['2026-01-01', '2026-02-01'], 'date'],
  ['before', '2026-01-01', 'date'],
  ['in_last_days', 3, 'date'],
  ['equals', 3, undefined],
  ['in', ['2026-01-01'], undefined],
  ['exists', undefined, undefined],
])('%s %j reads values as %s', (operator, value, kind) => {
  expect(kindCompared({ operator, value })).toBe(kind);
});
