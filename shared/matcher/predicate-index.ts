import { hasPart, type IndexEntry, type LevelOrder, operatorNamed } from '../rule/operator.ts';
import type { FieldComparison } from '../rule/rule.ts';
import { fold, isEmptyScalar, numberOf, type Scalar } from '../rule/value.ts';

/** Which predicates of a slot a value satisfies: one bit each, 32 a word. Never written to once made. */
export type Bits = Int32Array;

/** A positive comparison (never `not_…`, never one that reads the clock) of the values of one slot. */
export interface Predicate {
  /** Equal for comparisons that ask the same. */
  readonly key: string;
  readonly test: (element: unknown, now: number) => boolean;
  readonly entry: IndexEntry | undefined;
}

/** The positive side of a comparison that does not read the clock. */
export function predicateOf({ operator: name, value }: Omit<FieldComparison, 'field'>, levels: LevelOrder): Predicate {
  const operator = operatorNamed(name);
  return {
    key: `${operator.positiveName} ${JSON.stringify(value) ?? ''}`,
    test: operator.test(value, levels),
    entry: operator.index?.(value),
  };
}

interface NumberRange {
  readonly bit: number;
  readonly low: number;
  readonly high: number;
}

interface TextPart {
  readonly bit: number;
  readonly place: 'anywhere' | 'start' | 'end';
  readonly part: string;
}

const rememberedValues = 2_000;

/**
 * Finds all predicates of one slot that a value satisfies, most of them without trying: equal values by hash, numbers by
 * bounds, text by its parts; and remembers what it found, since values repeat. Immutable apart from what it remembers.
 */
export class PredicateIndex {
  readonly words: number;
  private readonly none: Bits;
  private readonly anyValue: number[] = [];
  private readonly byText = new Map<string, number[]>();
  private readonly byNumber = new Map<number, number[]>();
  private readonly byNumberAsText = new Map<number, number[]>();
  private readonly byBoolean = new Map<boolean, number[]>();
  private readonly ranges: NumberRange[] = [];
  private readonly parts: TextPart[] = [];
  private readonly tried: { bit: number; test: Predicate['test'] }[] = [];
  private readonly remembered = new Map<Scalar, Bits>();

  /** A predicate's bit is its position; `undefined` ones are no longer in use. */
  constructor(predicates: readonly (Predicate | undefined)[]) {
    this.words = Math.ceil(predicates.length / 32);
    this.none = new Int32Array(this.words);
    for (const [bit, predicate] of predicates.entries()) if (predicate) this.add(bit, predicate);
  }

  private add(bit: number, { entry, test }: Predicate): void {
    if (!entry) this.tried.push({ bit, test });
    else if (entry.kind === 'any') this.anyValue.push(bit);
    else if (entry.kind === 'number') this.ranges.push({ bit, low: entry.low, high: entry.high });
    else if (entry.kind === 'text') this.parts.push({ bit, place: entry.place, part: entry.part });
    else {
      for (const key of entry.keys.texts) addTo(this.byText, key, bit);
      for (const key of entry.keys.numbers) addTo(this.byNumber, key, bit);
      for (const key of entry.keys.numbersAsText) addTo(this.byNumberAsText, key, bit);
      for (const key of entry.keys.booleans) addTo(this.byBoolean, key, bit);
    }
  }

  /** The predicates that a field's value satisfies; of a list, those that any element does. */
  bitsOf(value: unknown): Bits {
    if (Array.isArray(value)) return this.bitsOfList(value);
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return this.none;
    const known = this.remembered.get(value);
    if (known) return known;
    const bits = isEmptyScalar(value) ? this.none : this.find(value);
    if (this.remembered.size >= rememberedValues) this.remembered.clear();
    this.remembered.set(value, bits);
    return bits;
  }

  private bitsOfList(elements: readonly unknown[]): Bits {
    const all = new Int32Array(this.words);
    for (const element of elements) {
      const bits = this.bitsOf(element);
      for (let word = 0; word < this.words; word++) all[word]! |= bits[word]!;
    }
    return all;
  }

  private find(value: Scalar): Bits {
    const bits = new Int32Array(this.words);
    setAll(bits, this.anyValue);
    if (typeof value === 'boolean') setAll(bits, this.byBoolean.get(value));
    const number = typeof value === 'number' ? value : numberOf(value);
    if (typeof value === 'number') setAll(bits, this.byNumber.get(value));
    if (typeof value === 'string') {
      const folded = fold(value);
      setAll(bits, this.byText.get(folded));
      if (number !== undefined) setAll(bits, this.byNumberAsText.get(number));
      for (const { bit, place, part } of this.parts) if (hasPart(folded, part, place)) set(bits, bit);
    }
    if (number !== undefined) {
      for (const { bit, low, high } of this.ranges) if (low <= number && number <= high) set(bits, bit);
    }
    for (const { bit, test } of this.tried) if (test(value, 0)) set(bits, bit);
    return bits;
  }
}

function addTo<Key>(map: Map<Key, number[]>, key: Key, bit: number): void {
  const bits = map.get(key);
  if (bits) bits.push(bit);
  else map.set(key, [bit]);
}

function set(bits: Bits, bit: number): void {
  bits[bit >> 5]! |= 1 << (bit & 31);
}

function setAll(bits: Bits, indexes: readonly number[] | undefined): void {
  if (indexes) for (const bit of indexes) set(bits, bit);
}
