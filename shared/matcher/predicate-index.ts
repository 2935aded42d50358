import {
  type ElementTest,
  type EqualityKeys,
  equalityKeys,
  hasPart,
  type IndexEntry,
  type LevelOrder,
  nextAbove,
  operatorNamed,
} from '../rule/operator.ts';
import type { FieldComparison } from '../rule/rule.ts';
import { fold, isEmpty, numberOf, type Scalar } from '../rule/value.ts';

/** A set of small numbers (predicates, conjunctions): one bit each, 32 a word. Never written to once made. */
export type Bits = Int32Array;

/** A comparison that does not read the clock, of the values of one slot, without its negation. */
export type Predicate = Omit<FieldComparison, 'field'>;

/** What tells apart the predicates of one operator: what they compare with, as JSON. */
export function keyOf({ value }: Predicate): unknown {
  return JSON.stringify(value);
}

/** How a predicate is found; or, where there is no such way, how it is tried. */
export type Found = IndexEntry | { readonly kind: 'tried'; readonly test: ElementTest };

/** How the index finds a predicate. `levels`: the order that `at_least` and `at_most` go by. */
export function foundBy({ operator, value }: Predicate, levels: LevelOrder): Found {
  const { index, test } = operatorNamed(operator);
  return index?.(value) ?? { kind: 'tried', test: test(value, levels) };
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

/**
 * What all values have in common that satisfy the same predicates of a slot; the same object for as long as the index
 * remembers it.
 */
interface ValueClass {
  readonly bits: Bits;
  /** The conjunctions that such a value rules out, one bit each. */
  readonly violated: Bits;
}

const rememberedValues = 2_000;
/** Longer texts (UTF-16 units) hardly repeat, and thousands of them are much to keep. */
const longestRememberedText = 200;
const rememberedClasses = 500;

/**
 * Finds the class of a slot's value: the predicates it satisfies, most of them without trying (equal values by hash,
 * numbers by bounds, text by its parts), and the conjunctions it thereby rules out. Remembers what it found, since values
 * repeat. Immutable apart from what it remembers.
 */
export class PredicateIndex {
  private readonly words: number;
  private readonly none: ValueClass;
  private readonly violatedBy: (bits: Bits) => Bits;
  private readonly anyValue: number[] = [];
  /** Asked with whatever a field has: a value of another type is in none of them. */
  private readonly byText = new Map<unknown, readonly number[]>();
  private readonly byNumber = new Map<unknown, readonly number[]>();
  private readonly byNumberAsText = new Map<unknown, readonly number[]>();
  private readonly byBoolean = new Map<unknown, readonly number[]>();
  private readonly ranges: NumberRange[] = [];
  private readonly parts: TextPart[] = [];
  private readonly tried: { bit: number; test: ElementTest }[] = [];
  /** Numbers between two neighbours of these satisfy the same ranges. */
  private readonly rangeEnds: Float64Array;
  private readonly classByRange: (ValueClass | undefined)[] = [];
  private readonly classByValue = new Map<Scalar, ValueClass>();
  private readonly classByBits = new Map<string, ValueClass>();

  /** A predicate's bit is its position; `undefined` ones are no longer in use. */
  constructor(predicates: readonly (Found | undefined)[], violatedBy: (bits: Bits) => Bits) {
    this.words = Math.ceil(predicates.length / 32);
    this.violatedBy = violatedBy;
    const byOperand = new Map<Scalar, number[]>();
    for (let bit = 0; bit < predicates.length; bit++) {
      const found = predicates[bit];
      if (found?.kind !== 'equality') this.add(bit, found);
      else for (const operand of found.operands) addTo(byOperand, operand, bit);
    }
    for (const [operand, bits] of byOperand) this.addEqual(equalityKeys([operand]), bits);
    const ends = new Set<number>();
    for (const { low, high } of this.ranges) ends.add(low).add(nextAbove(high));
    this.rangeEnds = new Float64Array(ends).sort();
    this.none = this.classOfBits(new Int32Array(this.words));
  }

  private add(bit: number, found: Exclude<Found, { kind: 'equality' }> | undefined): void {
    if (!found) return;
    if (found.kind === 'tried') this.tried.push({ bit, test: found.test });
    else if (found.kind === 'any') this.anyValue.push(bit);
    else if (found.kind === 'number') this.ranges.push({ bit, low: found.low, high: found.high });
    else this.parts.push({ bit, place: found.place, part: found.part });
  }

  private addEqual({ texts, numbers, numbersAsText, booleans }: EqualityKeys, bits: readonly number[]): void {
    for (const key of texts) addAll(this.byText, key, bits);
    for (const key of numbers) addAll(this.byNumber, key, bits);
    for (const key of numbersAsText) addAll(this.byNumberAsText, key, bits);
    for (const key of booleans) addAll(this.byBoolean, key, bits);
  }

  /** The class of a field's value; a list satisfies the predicates that any element does. */
  classOf(value: unknown): ValueClass {
    if (typeof value === 'number') return this.classOfNumber(value);
    if (typeof value === 'string' || typeof value === 'boolean') {
      return this.classByValue.get(value) ?? this.remember(value);
    }
    if (!Array.isArray(value)) return this.classOfOther(value);
    const all = new Int32Array(this.words);
    for (const element of value) {
      const { bits } = Array.isArray(element) ? this.classOfOther(element) : this.classOf(element);
      for (let word = 0; word < this.words; word++) all[word]! |= bits[word]!;
    }
    return this.classOfBits(all);
  }

  /** Numbers hardly ever repeat, so they are known by the ranges they fall between, unless one is asked for by itself. */
  private classOfNumber(value: number): ValueClass {
    if (this.tried.length > 0 || this.byNumber.has(value)) {
      return this.classByValue.get(value) ?? this.remember(value);
    }
    let low = 0;
    let high = this.rangeEnds.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.rangeEnds[middle]! <= value) low = middle + 1;
      else high = middle;
    }
    const found = this.classByRange[low] ?? this.classOfBits(this.find(value));
    this.classByRange[low] = found;
    return found;
  }

  /** Of what is no scalar: absent, an object, or a list inside a list, whose elements count for nothing by themselves. */
  private classOfOther(value: unknown): ValueClass {
    return isEmpty(value) ? this.none : this.classOfBits(this.find(value));
  }

  private remember(value: Scalar): ValueClass {
    const found = isEmpty(value) ? this.none : this.classOfBits(this.find(value));
    if (typeof value === 'string' && value.length > longestRememberedText) return found;
    if (this.classByValue.size >= rememberedValues) this.classByValue.clear();
    this.classByValue.set(typeof value === 'string' ? copyOf(value) : value, found);
    return found;
  }

  private classOfBits(bits: Bits): ValueClass {
    const key = bits.join();
    const known = this.classByBits.get(key);
    if (known) return known;
    const made = { bits, violated: this.violatedBy(bits) };
    if (this.classByBits.size >= rememberedClasses) this.classByBits.clear();
    this.classByBits.set(key, made);
    return made;
  }

  private find(value: unknown): Bits {
    const bits = new Int32Array(this.words);
    setAll(bits, this.anyValue);
    setAll(bits, this.byBoolean.get(value));
    setAll(bits, this.byNumber.get(value));
    const number = numberOf(value);
    if (typeof value === 'string') {
      const folded = fold(value);
      setAll(bits, this.byText.get(folded));
      setAll(bits, this.byNumberAsText.get(number));
      for (const { bit, place, part } of this.parts) if (hasPart(folded, part, place)) setBit(bits, bit);
    }
    if (number !== undefined) {
      for (const { bit, low, high } of this.ranges) if (low <= number && number <= high) setBit(bits, bit);
    }
    for (const { bit, test } of this.tried) if (test(value, 0)) setBit(bits, bit);
    return bits;
  }
}

/** The same text by itself: one that was cut out of another keeps all of the other in memory. */
function copyOf(text: string): string {
  return JSON.parse(JSON.stringify(text));
}

function addTo<Key>(map: Map<Key, number[]>, key: Key, bit: number): void {
  const bits = map.get(key);
  if (bits) bits.push(bit);
  else map.set(key, [bit]);
}

function addAll<Key>(map: Map<Key, readonly number[]>, key: Key, bits: readonly number[]): void {
  const known = map.get(key);
  map.set(key, known ? [...known, ...bits] : bits);
}

function setAll(bits: Bits, indexes: readonly number[] | undefined): void {
  if (indexes) for (const bit of indexes) setBit(bits, bit);
}

/** Sets one bit. */
export function setBit(bits: Bits, bit: number): void {
  bits[bit >> 5]! |= 1 << (bit & 31);
}

/** Whether a bit is set; one past the end is not. */
export function hasBit(bits: Bits, bit: number): boolean {
  return (((bits[bit >> 5] ?? 0) >>> (bit & 31)) & 1) === 1;
}
