import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Bits,
  type Found,
  foundBy,
  hasBit,
  keyOf,
  PredicateIndex,
  setBit,
} from '../../shared/matcher/predicate-index.ts';
import { compileComparison } from '../../shared/rule/comparison.ts';
import { operatorNamed, operatorNames } from '../../shared/rule/operator.ts';

const levels = ['Cold', 'Warm', 'Hot'];
const noConjunctions = () => new Int32Array(0);

/** Operands of each kind, near to each other and to the values below. */
const operands: Record<string, unknown[]> = {
  none: [undefined],
  scalar: ['a', 'A b', '5', '05', 5, -1.5, 0, true, 'false'],
  list: [
    ['a', 'b'],
    ['5', 7],
    [5, 7, true],
    ['x', false],
  ],
  text: ['a', 'b', '5', 'cold'],
  number: [5, 4.999, 0, -1.5, 7],
  range: [
    [0, 5],
    [5, 5],
    [-2, 7],
    ['2024-01-01', '2024-01-31'],
  ],
  date: ['2024-01-01', '2024-01-15T12:00:00Z'],
  level: ['Warm', 'cold'],
};
const values: unknown[] = [
  ...['a', 'A', ' a ', 'b', 'ab', 'ba', 'A b', 'aab', 'Ａ', '5', '05', '5.0', '+5', '7', '-1.5', '0', 'true', 'FALSE'],
  ...['2024-01-01', '2024-01-15T12:00:00Z', '2024-02-01', 'cold', 'Warm', 'HOT', 'Boiling', '', '  ', 'constructor'],
  ...[5, 4.999, 5.001, 0, -0, -1.5, -2, 7, 7.001, 1e300, -1e300, Number.MIN_VALUE, true, false],
  ...[undefined, null, [], [''], ['a'], ['x', 'b'], ['5', 'z'], ['z', '2024-01-15'], ['cold', 'hot']],
];

const comparisons = operatorNames
  .filter((name) => !operatorNamed(name).readsClock)
  .flatMap((operator) => (operands[operatorNamed(operator).operand] ?? []).map((value) => ({ operator, value })));

/** The predicates that the index finds for a value, by their bits. */
const found = (index: PredicateIndex, value: unknown, of: readonly unknown[]) => {
  const { bits } = index.classOf(value);
  return of.flatMap((_, bit) => (hasBit(bits, bit) ? [bit] : []));
};

describe('the index finds for a value just the predicates that hold for it', () => {
  const expected = (value: unknown, of: typeof comparisons) =>
    of.flatMap(({ operator, value: operand }, bit) => {
      const { holds } = compileComparison({ operator, value: operand }, levels);
      return holds(value, 0) !== operatorNamed(operator).isComplement ? [bit] : [];
    });
  const groups: [string, typeof comparisons][] = [
    ['all operators', comparisons],
    ...operatorNames.map((name): [string, typeof comparisons] => [
      name,
      comparisons.filter(({ operator }) => operator === name),
    ]),
  ];

  test.each(groups.filter(([, of]) => of.length > 0))('%s', (_name, of) => {
    const index = new PredicateIndex(
      of.map((comparison) => foundBy(comparison, levels)),
      noConjunctions,
    );
    // Twice: what is remembered is the same as what was found.
    const all = [...values, ...values];
    expect(all.map((value) => found(index, value, of))).toEqual(all.map((value) => expected(value, of)));
  });

  test('lists in lists, what is empty inside them, and objects', () => {
    const { value } = fc.letrec<{ value: unknown; list: unknown }>((tie) => ({
      list: fc.array(tie('value'), { maxLength: 3 }),
      value: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        fc.constantFrom('', ' ', '\u3000', null, undefined, {}, ...values),
        tie('list'),
      ),
    }));
    const index = new PredicateIndex(
      comparisons.map((comparison) => foundBy(comparison, levels)),
      noConjunctions,
    );
    fc.assert(
      fc.property(value, (one) => {
        expect(found(index, one, comparisons)).toEqual(expected(one, comparisons));
      }),
      { numRuns: 1_000 },
    );
  });
});

test('a predicate has a key of its own among those of its operator', () => {
  const keys = comparisons.map((comparison) => {
    const key = keyOf(comparison);
    return `${comparison.operator} ${typeof key} ${key}`;
  });
  expect(new Set(keys).size).toBe(comparisons.length);
  expect(keyOf({ operator: 'in', value: ['a', 5] })).toBe('["a",5]');
  expect(keyOf({ operator: 'is_empty' })).toBeUndefined();
});

const equals = (value: unknown): Found => foundBy({ operator: 'equals', value }, []);
const tried = (test: (element: unknown) => boolean): Found => ({ kind: 'tried', test });

describe('a class', () => {
  const violatedBy = (bits: Bits) => {
    const violated = new Int32Array(4);
    for (let bit = 0; bit < 40; bit++) if (!hasBit(bits, bit)) setBit(violated, bit);
    return violated;
  };
  const predicates = Array.from({ length: 40 }, (_, serial) => equals(`t${serial}`));

  test('is the same for all values that satisfy the same predicates, and tells what they rule out', () => {
    const index = new PredicateIndex(predicates, violatedBy);
    const one = index.classOf('t35');
    expect(index.classOf(' T35 ')).toBe(one);
    expect(index.classOf(['x', 't35'])).toBe(one);
    expect(one.violated).toEqual(violatedBy(one.bits));
    const none = index.classOf(undefined);
    for (const value of ['x', 5, true, null, [], '']) expect(index.classOf(value)).toBe(none);
    expect(none).not.toBe(one);
  });

  test('has no bits for positions without a predicate', () => {
    const index = new PredicateIndex([undefined, equals('a'), undefined], violatedBy);
    expect(found(index, 'a', [0, 1, 2])).toEqual([1]);
  });

  test('is found once for each value, and for each run of numbers between bounds', () => {
    let count = 0;
    const predicates = [
      foundBy({ operator: 'greater_than', value: 5 }, []),
      foundBy({ operator: 'less_than', value: 5 }, []),
      equals(9),
    ];
    const numbers = new PredicateIndex(predicates, () => {
      count++;
      return new Int32Array(0);
    });
    const [less, same, more] = [4, 5, 6].map((value) => numbers.classOf(value));
    expect(new Set([less, same, more, numbers.classOf(9)]).size).toBe(4);
    expect([numbers.classOf(-1e9), numbers.classOf(8.5), numbers.classOf(10)]).toEqual([less, more, more]);
    expect(count).toBe(4);
  });
});

describe('what it remembers is bounded', () => {
  test('for values: each is tried once, until there are too many', () => {
    const asked: unknown[] = [];
    const index = new PredicateIndex([tried((element) => asked.push(element) < 0)], noConjunctions);
    for (let serial = 0; serial < 2_000; serial++) index.classOf(`v${serial}`);
    index.classOf('v0');
    index.classOf(5);
    expect(asked).toHaveLength(2_001);
    index.classOf('v0');
    index.classOf(5);
    expect(asked.slice(2_001)).toEqual(['v0']);
  });

  test('for classes: what each rules out is worked out once, until there are too many', () => {
    let count = 0;
    const predicates = Array.from({ length: 500 }, (_, serial) => equals(`t${serial}`));
    const index = new PredicateIndex(predicates, () => {
      count++;
      return new Int32Array(0);
    });
    for (let serial = 0; serial < 499; serial++) index.classOf(`t${serial}`);
    index.classOf(['t0']);
    expect(count).toBe(500);
    index.classOf('t499');
    index.classOf(['t499']);
    expect(count).toBe(501);
    index.classOf(['t0']);
    expect(count).toBe(502);
  });
});

describe('what is remembered takes little memory', () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const heapMegabytes = () => {
    collectGarbage();
    return process.memoryUsage().heapUsed / 1e6;
  };

  test.each([
    ['of values that were cut out of large texts', (text: string) => text.slice(0, 20)],
    ['of long values', (text: string) => text],
  ])('%s', (_, valueIn) => {
    const index = new PredicateIndex([foundBy({ operator: 'contains', value: 'a' }, levels)], noConjunctions);
    const before = heapMegabytes();
    for (let serial = 0; serial < 1_500; serial++) index.classOf(valueIn(`${serial}-${'text'.repeat(10_000)}`));
    expect(heapMegabytes() - before).toBeLessThan(10);
    expect(index.classOf('a').bits[0]).toBe(1);
  });
});

describe('bits', () => {
  test('are set one by one', () => {
    const bits = new Int32Array(3);
    for (const bit of [0, 31, 32, 63, 64, 95]) setBit(bits, bit);
    const all = Array.from({ length: 130 }, (_, bit) => bit).filter((bit) => hasBit(bits, bit));
    expect(all).toEqual([0, 31, 32, 63, 64, 95]);
  });
});
