import { dayMs, fold, isEmptyScalar, numberOf, type Period, periodOf, type Scalar } from './value.ts';

/** What a rule gives an operator to compare with. */
export type OperandKind = 'none' | 'scalar' | 'list' | 'text' | 'number' | 'range' | 'date' | 'days' | 'level';

/** Decides one element of a field's value (a list is tried element by element) at the moment `now` (epoch ms). */
export type ElementTest = (element: unknown, now: number) => boolean;

/** Level names from lowest to highest, as the vocabulary orders them. */
export type LevelOrder = readonly string[];

interface PositiveOperator {
  readonly operand: OperandKind;
  readonly phrase: string;
  /** `field`: metadata rules only; `level`: level rules only; `both`. */
  readonly on: 'field' | 'level' | 'both';
  readonly test: (operand: never, levels: LevelOrder) => ElementTest;
  /** For operators that read the clock: when (epoch ms, from inclusive, until exclusive) an element satisfies it. */
  readonly holds?: (days: number) => (period: Period) => { from: number; until: number };
}

const text = (matches: (value: string, part: string) => boolean) => (operand: string) => {
  const part = fold(operand);
  return (element: unknown) => typeof element === 'string' && matches(fold(element), part);
};

const number = (matches: (value: number, bound: number) => boolean) => (bound: number) => (element: unknown) => {
  const value = numberOf(element);
  return value !== undefined && matches(value, bound);
};

const date = (matches: (value: Period, bound: Period) => boolean) => (operand: string) => {
  const bound = periodOf(operand);
  return (element: unknown) => {
    const value = periodOf(element);
    return value !== undefined && bound !== undefined && matches(value, bound);
  };
};

/** A date-only value counts calendar days, so it holds for `days` whole days around its own; a date-time n x 24 h. */
const clock = (holds: (days: number) => (period: Period) => { from: number; until: number }) => ({
  operand: 'days' as const,
  on: 'field' as const,
  holds,
  test: (days: number) => {
    const holdsFor = holds(days);
    return (element: unknown, now: number) => {
      const period = periodOf(element);
      if (!period) return false;
      const { from, until } = holdsFor(period);
      return from <= now && now < until;
    };
  },
});

/** Same value: as numbers when one side is a JSON number, as text otherwise; booleans equal "true" and "false". */
function sameAs(operand: Scalar): ElementTest {
  if (typeof operand === 'string') {
    const folded = fold(operand);
    const asNumber = numberOf(operand);
    return (element) => {
      if (typeof element === 'string') return fold(element) === folded;
      if (typeof element === 'number') return element === asNumber;
      return typeof element === 'boolean' && String(element) === folded;
    };
  }
  if (typeof operand === 'number') return (element) => numberOf(element) === operand;
  return (element) => element === operand || (typeof element === 'string' && fold(element) === String(operand));
}

function oneOf(operands: readonly Scalar[]): ElementTest {
  const texts = new Set<string>();
  const numbersForTexts = new Set<number>();
  const numbersForNumbers = new Set<number>();
  const booleans = new Set<string>();
  for (const operand of operands) {
    if (typeof operand === 'string') {
      texts.add(fold(operand));
      booleans.add(fold(operand));
      const asNumber = numberOf(operand);
      if (asNumber !== undefined) numbersForNumbers.add(asNumber);
    } else if (typeof operand === 'number') {
      numbersForTexts.add(operand);
      numbersForNumbers.add(operand);
    } else {
      texts.add(String(operand));
      booleans.add(String(operand));
    }
  }
  return (element) => {
    if (typeof element === 'number') return numbersForNumbers.has(element);
    if (typeof element === 'boolean') return booleans.has(String(element));
    if (typeof element !== 'string') return false;
    if (texts.has(fold(element))) return true;
    const asNumber = numbersForTexts.size > 0 ? numberOf(element) : undefined;
    return asNumber !== undefined && numbersForTexts.has(asNumber);
  };
}

function within([low, high]: readonly [Scalar, Scalar]): ElementTest {
  if (typeof low === 'number' && typeof high === 'number') {
    return (element) => {
      const value = numberOf(element);
      return value !== undefined && low <= value && value <= high;
    };
  }
  const [first, final] = [periodOf(low), periodOf(high)];
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
  equals: { operand: 'scalar', on: 'both', phrase: 'is', test: sameAs },
  in: { operand: 'list', on: 'both', phrase: 'is one of', test: oneOf },
  contains: { operand: 'text', on: 'field', phrase: 'contains', test: text((value, part) => value.includes(part)) },
  starts_with: {
    operand: 'text',
    on: 'field',
    phrase: 'starts with',
    test: text((value, part) => value.startsWith(part)),
  },
  ends_with: { operand: 'text', on: 'field', phrase: 'ends with', test: text((value, part) => value.endsWith(part)) },
  greater_than: { operand: 'number', on: 'field', phrase: 'is greater than', test: number((v, bound) => v > bound) },
  greater_than_or_equal: {
    operand: 'number',
    on: 'field',
    phrase: 'is greater than or equal to',
    test: number((v, bound) => v >= bound),
  },
  less_than: { operand: 'number', on: 'field', phrase: 'is less than', test: number((v, bound) => v < bound) },
  less_than_or_equal: {
    operand: 'number',
    on: 'field',
    phrase: 'is less than or equal to',
    test: number((v, bound) => v <= bound),
  },
  between: { operand: 'range', on: 'field', phrase: 'is between', test: within },
  is_not_empty: { operand: 'none', on: 'both', phrase: 'has any value', test: () => (e: unknown) => !isEmptyScalar(e) },
  exists: { operand: 'none', on: 'field', phrase: 'exists', test: () => (e: unknown) => !isEmptyScalar(e) },
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
  readonly on: 'field' | 'level' | 'both';
  /** True for the `not_*` operators and `is_empty`: the answer is the opposite of the positive operator's. */
  readonly isComplement: boolean;
  /** The operator without its negation: itself, or the one it is the complement of. */
  readonly positiveName: OperatorName;
  readonly readsClock: boolean;
  /** The test of one element for a valid operand of this operator's kind, without the negation. */
  readonly test: (operand: unknown, levels: LevelOrder) => ElementTest;
  readonly holds: PositiveOperator['holds'];
}

function row(name: OperatorName, base: PositiveOperator, positiveName: OperatorName, phrase: string): Operator {
  return {
    name,
    operand: base.operand,
    phrase,
    on: base.on,
    isComplement: name !== positiveName,
    positiveName,
    readsClock: base.holds !== undefined,
    test: base.test as Operator['test'],
    holds: base.holds,
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
