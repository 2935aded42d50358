import { dayMs, fold, numberOf, type Period, periodOf, type Scalar } from './value.ts';

/** What a rule gives an operator to compare with. */
export type OperandKind = 'none' | 'scalar' | 'list' | 'text' | 'number' | 'range' | 'date' | 'days' | 'level';

/**
 * Decides one element of a field's value (a list is tried element by element) at the moment `now` (epoch ms). It is never
 * asked about an empty one: no positive operator holds for that.
 */
export type ElementTest = (element: unknown, now: number) => boolean;

/**
 * How the matcher finds the operators that a value satisfies without trying each: by its {@link equalityKeys}, as a number
 * within bounds (inclusive), by a part of its folded text, or by having any value at all.
 */
export type IndexEntry =
  | { readonly kind: 'equality'; readonly operands: readonly Scalar[] }
  | { readonly kind: 'number'; readonly low: number; readonly high: number }
  | { readonly kind: 'text'; readonly place: 'anywhere' | 'start' | 'end'; readonly part: string }
  | { readonly kind: 'any' };

/** Level names from lowest to highest, as the vocabulary orders them. */
export type LevelOrder = readonly string[];

interface PositiveOperator {
  readonly operand: OperandKind;
  readonly phrase: string;
  /** The rest of the phrase, after the operand. */
  readonly phraseAfter?: string;
  /** `field`: metadata rules only; `level`: level rules only; `both`. */
  readonly on: 'field' | 'level' | 'both';
  readonly test: (operand: never, levels: LevelOrder) => ElementTest;
  /** How the matcher finds it without trying it; left out: it is tried. */
  readonly index?: (operand: never) => IndexEntry | undefined;
  /** For operators that read the clock: when (epoch ms, from inclusive, until exclusive) an element satisfies it. */
  readonly heldDuring?: (days: number) => (period: Period) => { from: number; until: number };
}

const text = (place: 'anywhere' | 'start' | 'end') => ({
  operand: 'text' as const,
  on: 'field' as const,
  test: (operand: string) => {
    const part = fold(operand);
    return (element: unknown) => typeof element === 'string' && hasPart(fold(element), part, place);
  },
  index: (operand: string): IndexEntry => ({ kind: 'text', place, part: fold(operand) }),
});

/** Whether folded text has a folded part at that place. */
export function hasPart(folded: string, part: string, place: 'anywhere' | 'start' | 'end'): boolean {
  if (place === 'anywhere') return folded.includes(part);
  return place === 'start' ? folded.startsWith(part) : folded.endsWith(part);
}

interface Bounds {
  readonly low: number;
  readonly high: number;
}

const isBetween = ({ low, high }: Bounds): ElementTest => {
  return (element) => {
    const value = numberOf(element) ?? Number.NaN;
    return low <= value && value <= high;
  };
};

const number = (boundsOf: (bound: number) => Bounds) => ({
  operand: 'number' as const,
  on: 'field' as const,
  test: (bound: number) => isBetween(boundsOf(bound)),
  index: (bound: number): IndexEntry => ({ kind: 'number', ...boundsOf(bound) }),
});

const { POSITIVE_INFINITY: most, NEGATIVE_INFINITY: least } = Number;

const bits = new DataView(new ArrayBuffer(8));

/** The number that comes right after in the order of all numbers a computer has, so that "greater" can be inclusive. */
export function nextAbove(value: number): number {
  if (value === most) return most;
  if (value === 0) return Number.MIN_VALUE;
  bits.setFloat64(0, value);
  bits.setBigInt64(0, bits.getBigInt64(0) + (value > 0 ? 1n : -1n));
  return bits.getFloat64(0);
}

const date = (matches: (value: Period, bound: Period) => boolean) => (operand: string) => {
  const bound = periodOf(operand);
  return (element: unknown) => {
    const value = periodOf(element);
    return value !== undefined && bound !== undefined && matches(value, bound);
  };
};

/** A date-only value counts calendar days, so it holds for `days` whole days around its own; a date-time n x 24 h. */
const clock = (heldDuring: (days: number) => (period: Period) => { from: number; until: number }) => ({
  operand: 'days' as const,
  on: 'field' as const,
  heldDuring,
  test: (days: number) => {
    const periodFor = heldDuring(days);
    return (element: unknown, now: number) => {
      const period = periodOf(element);
      if (!period) return false;
      const { from, until } = periodFor(period);
      return from <= now && now < until;
    };
  },
});

/**
 * The values that are the same as one of some operands, by what a field may hold: text (folded; booleans equal "true" and
 * "false"), a JSON number, or text that stands for a number, which is compared as one only with a JSON number.
 */
export interface EqualityKeys {
  readonly texts: ReadonlySet<string>;
  readonly numbers: ReadonlySet<number>;
  readonly numbersAsText: ReadonlySet<number>;
  readonly booleans: ReadonlySet<boolean>;
}

/** Shared by the many operands that have no key of some kind. */
const none: ReadonlySet<never> = new Set();
const setOf = <T>(keys: readonly T[]): ReadonlySet<T> => (keys.length > 0 ? new Set(keys) : none);

/** The keys of all values that are the same as one of these. */
export function equalityKeys(operands: readonly Scalar[]): EqualityKeys {
  const numbers = operands.filter((operand) => typeof operand === 'number');
  const others = operands.filter((operand) => typeof operand !== 'number');
  const texts = others.map((operand) => (typeof operand === 'string' ? fold(operand) : String(operand)));
  return {
    texts: setOf(texts),
    numbers: setOf([...numbers, ...others.map(numberOf).filter((number) => number !== undefined)]),
    numbersAsText: setOf(numbers),
    booleans: setOf(texts.filter((text) => text === 'true' || text === 'false').map((text) => text === 'true')),
  };
}

const sameAs = ({ texts, numbers, numbersAsText, booleans }: EqualityKeys): ElementTest => {
  return (element) => {
    if (typeof element === 'string') {
      if (texts.has(fold(element))) return true;
      const asNumber = numbersAsText.size > 0 ? numberOf(element) : undefined;
      return asNumber !== undefined && numbersAsText.has(asNumber);
    }
    if (typeof element === 'number') return numbers.has(element);
    return typeof element === 'boolean' && booleans.has(element);
  };
};

type Range = readonly [low: Scalar, high: Scalar];

/** The bounds of a range of numbers; undefined for one of dates. */
function numericBounds([low, high]: Range): Bounds | undefined {
  return typeof low === 'number' && typeof high === 'number' ? { low, high } : undefined;
}

function within(range: Range): ElementTest {
  const bounds = numericBounds(range);
  if (bounds) return isBetween(bounds);
  const [first, final] = range.map(periodOf);
  return (element) => {
    const value = periodOf(element);
    return !!value && !!first && !!final && first.start <= value.start && value.last <= final.last;
  };
}

const rankOf = (level: string, levels: LevelOrder) => {
  const folded = fold(level);
  return levels.findIndex((known) => fold(known) === folded);
};

const level = (matches: (rank: number, bound: number) => boolean) => (operand: string, levels: LevelOrder) => {
  const bound = rankOf(operand, levels);
  return (element: unknown) => {
    const rank = typeof element === 'string' ? rankOf(element, levels) : -1;
    return rank >= 0 && bound >= 0 && matches(rank, bound);
  };
};

const positive = {
  equals: {
    operand: 'scalar',
    on: 'both',
    phrase: 'is',
    test: (operand: Scalar) => sameAs(equalityKeys([operand])),
    index: (operand: Scalar) => ({ kind: 'equality', operands: [operand] }),
  },
  in: {
    operand: 'list',
    on: 'both',
    phrase: 'is one of',
    test: (operands: readonly Scalar[]) => sameAs(equalityKeys(operands)),
    index: (operands: readonly Scalar[]) => ({ kind: 'equality', operands }),
  },
  contains: { phrase: 'contains', ...text('anywhere') },
  starts_with: { phrase: 'starts with', ...text('start') },
  ends_with: { phrase: 'ends with', ...text('end') },
  greater_than: {
    phrase: 'is greater than',
    ...number((bound) => ({ low: nextAbove(bound), high: most })),
  },
  greater_than_or_equal: {
    phrase: 'is greater than or equal to',
    ...number((bound) => ({ low: bound, high: most })),
  },
  less_than: { phrase: 'is less than', ...number((bound) => ({ low: least, high: -nextAbove(-bound) })) },
  less_than_or_equal: { phrase: 'is less than or equal to', ...number((bound) => ({ low: least, high: bound })) },
  between: {
    operand: 'range',
    on: 'field',
    phrase: 'is between',
    test: within,
    index: (range: Range) => {
      const bounds = numericBounds(range);
      return bounds && { kind: 'number', ...bounds };
    },
  },
  is_not_empty: {
    operand: 'none',
    on: 'both',
    phrase: 'has any value',
    test: () => () => true,
    index: () => ({ kind: 'any' }),
  },
  exists: {
    operand: 'none',
    on: 'field',
    phrase: 'exists',
    test: () => () => true,
    index: () => ({ kind: 'any' }),
  },
  before: { operand: 'date', on: 'field', phrase: 'is before', test: date((v, bound) => v.last < bound.start) },
  after: { operand: 'date', on: 'field', phrase: 'is after', test: date((v, bound) => v.start > bound.last) },
  in_last_days: {
    phrase: 'is in the last',
    ...clock((days) => ({ start, isWholeDay }) => ({
      from: start,
      until: isWholeDay ? start + (days + 1) * dayMs : start + days * dayMs + 1,
    })),
  },
  in_next_days: {
    phrase: 'is in the next',
    ...clock((days) => ({ start, last }) => ({ from: start - days * dayMs, until: last + 1 })),
  },
  more_than_days_ago: {
    phrase: 'is more than',
    phraseAfter: 'ago',
    ...clock((days) => ({ start, isWholeDay }) => ({
      from: isWholeDay ? start + (days + 1) * dayMs : start + days * dayMs + 1,
      until: Number.POSITIVE_INFINITY,
    })),
  },
  at_least: { operand: 'level', on: 'level', phrase: 'is at least', test: level((rank, bound) => rank >= bound) },
  at_most: { operand: 'level', on: 'level', phrase: 'is at most', test: level((rank, bound) => rank <= bound) },
} satisfies Record<string, PositiveOperator>;

/** Exactly these are complements: true when the operator they name is false, so also for an empty field. */
const complements = {
  not_equals: { of: 'equals', phrase: 'is not' },
  not_in: { of: 'in', phrase: 'is none of' },
  not_contains: { of: 'contains', phrase: 'does not contain' },
  not_starts_with: { of: 'starts_with', phrase: 'does not start with' },
  not_ends_with: { of: 'ends_with', phrase: 'does not end with' },
  not_between: { of: 'between', phrase: 'is not between' },
  is_empty: { of: 'is_not_empty', phrase: 'is empty' },
  not_exists: { of: 'exists', phrase: 'does not exist' },
} satisfies Record<string, { of: keyof typeof positive; phrase: string }>;

export type OperatorName = keyof typeof positive | keyof typeof complements;

/** One row of the operator table, from which validation, evaluation, sentences, menus and reference all derive. */
export interface Operator {
  readonly name: OperatorName;
  readonly operand: OperandKind;
  readonly phrase: string;
  readonly phraseAfter: string | undefined;
  readonly on: 'field' | 'level' | 'both';
  /** True for the `not_*` operators and `is_empty`: the answer is the opposite of the positive operator's. */
  readonly isComplement: boolean;
  /** The operator without its negation: itself, or the one it is the complement of. */
  readonly positiveName: OperatorName;
  readonly readsClock: boolean;
  /** The test of one element for a valid operand of this operator's kind, without the negation. */
  readonly test: (operand: unknown, levels: LevelOrder) => ElementTest;
  readonly heldDuring: PositiveOperator['heldDuring'];
  readonly index: ((operand: unknown) => IndexEntry | undefined) | undefined;
}

function row(name: OperatorName, base: PositiveOperator, positiveName: OperatorName, phrase: string): Operator {
  return {
    name,
    operand: base.operand,
    phrase,
    phraseAfter: base.phraseAfter,
    on: base.on,
    isComplement: name !== positiveName,
    positiveName,
    readsClock: base.heldDuring !== undefined,
    test: base.test as Operator['test'],
    heldDuring: base.heldDuring,
    index: base.index as Operator['index'],
  };
}

const names = <Name extends string>(table: Record<Name, unknown>) => Object.keys(table) as Name[];

/** Every operator by name. */
export const operators: ReadonlyMap<OperatorName, Operator> = new Map([
  ...names(positive).map((name) => [name, row(name, positive[name], name, positive[name].phrase)] as const),
  ...names(complements).map((name) => {
    const { of, phrase } = complements[name];
    return [name, row(name, positive[of], of, phrase)] as const;
  }),
]);

/** Every operator's name, positive ones first. */
export const operatorNames = [...operators.keys()] as [OperatorName, ...OperatorName[]];

/** The operator of that name. Throws for a name that validation cannot have let through. */
export function operatorNamed(name: OperatorName): Operator {
  const operator = operators.get(name);
  if (!operator) throw new Error(`Unknown operator ${name}`);
  return operator;
}
