import type { LeadDocument } from '../lead/lead-document.ts';
import { type Slot, slotReader } from '../lead/slot.ts';
import { type LevelOrder, operatorNamed } from '../rule/operator.ts';
import { type LeafRule, leafRules, type Rule } from '../rule/rule.ts';
import { type Bits, hasBit, type Predicate, PredicateIndex, predicateOf, setBit } from './predicate-index.ts';

/** The rules of a segment as the matcher sees them. */
export interface MatchedRules {
  readonly segmentId: string;
  readonly match: 'all' | 'any';
  readonly rules: readonly Rule[];
  /** The slot a leaf rule reads; undefined for a reference to another segment. */
  readonly slotOf: (rule: LeafRule) => Slot | undefined;
  readonly levelsOf: (rule: LeafRule) => LevelOrder;
}

/**
 * A segment whose rules are one flat list of comparisons of attributes and levels, as "all of these hold": an `any` is
 * kept as "not all of the opposites".
 */
interface Conjunction {
  /** The segment's flip when the conjunction comes to hold, and when it ceases to. */
  readonly gained: Flip;
  readonly lost: Flip;
}

/** A segment that may have flipped, and whether its rules hold now; undefined: to be evaluated. */
export interface Flip {
  readonly segmentId: string;
  readonly holds: boolean | undefined;
}

/** All rules that read one slot. */
interface Place {
  readonly read: (document: LeadDocument) => unknown;
  readonly index: PredicateIndex;
  readonly useCount: number;
  readonly hasShapedUses: boolean;
  /** By bit. Bits of predicates that nobody uses any more are free for others. */
  readonly predicates: readonly (Predicate | undefined)[];
  /** By bit: the conjunctions with that predicate, and those with its opposite. */
  readonly uses: readonly (readonly number[])[];
  readonly negatedUses: readonly (readonly number[])[];
  /** By bit: segments of any other shape with that predicate. */
  readonly shapedUses: readonly (readonly Flip[])[];
  /** Segments that read the slot as no predicate says: events, and comparisons with the clock. */
  readonly readers: readonly Flip[];
}

/** An index over the rules of all active segments. Immutable: a change makes new places for just the slots it touches. */
export interface Matcher {
  readonly places: readonly Place[];
  /** Those that conjunctions use, the most used first: they rule out the most. */
  readonly byUse: readonly Place[];
  readonly placeBySlot: ReadonlyMap<Slot, number>;
  readonly placesBySegment: ReadonlyMap<string, readonly number[]>;
  /** By number; numbers of conjunctions that are gone are free for others. */
  readonly conjunctions: readonly (Conjunction | undefined)[];
  readonly conjunctionBySegment: ReadonlyMap<string, number>;
}

/** A matcher of no segments. */
export const emptyMatcher: Matcher = {
  places: [],
  byUse: [],
  placeBySlot: new Map(),
  placesBySegment: new Map(),
  conjunctions: [],
  conjunctionBySegment: new Map(),
};

/** Room to work in, kept between questions; a question is answered in one go, so none sees another's. */
let violatedBefore: Bits = new Int32Array(32);
let violatedAfter: Bits = new Int32Array(32);

/**
 * The segments that a change may have flipped, each with whether its rules hold now where that is known (it is not for
 * segments with groups, references, events or the clock). Per slot, a value's class says which conjunctions it rules out,
 * so those that flip are the ones that only changed slots rule out, before or after but not both. It may name a segment
 * that did not flip, or one twice, and never misses one that did; those that flip only because another one does are not
 * named.
 */
export function segmentsThatMayFlip(
  matcher: Matcher,
  before: LeadDocument,
  after: LeadDocument,
  touched: Iterable<Slot>,
): Flip[] {
  const found: Flip[] = [];
  const changed: Place[] = [];
  const words = 4 * Math.ceil(matcher.conjunctions.length / 128);
  if (violatedBefore.length < words) {
    violatedBefore = new Int32Array(words * 2);
    violatedAfter = new Int32Array(words * 2);
  }
  for (const slot of touched) {
    const number = matcher.placeBySlot.get(slot);
    if (number === undefined) continue;
    const place = matcher.places[number]!;
    for (const reader of place.readers) found.push(reader);
    const valueBefore = place.read(before);
    const valueAfter = place.read(after);
    if (valueBefore === valueAfter) continue;
    const old = place.index.classOf(valueBefore);
    const now = place.index.classOf(valueAfter);
    if (old === now) continue;
    if (changed.length === 0) {
      violatedBefore.fill(0, 0, words);
      violatedAfter.fill(0, 0, words);
    }
    changed.push(place);
    addTo(violatedBefore, old.violated);
    addTo(violatedAfter, now.violated);
    if (place.hasShapedUses) noteShapedUses(place, old.bits, now.bits, found);
  }
  if (changed.length === 0) return found;
  const flips = violatedBefore;
  for (let word = 0; word < words; word++) flips[word]! ^= violatedAfter[word]!;
  let waiting: Bits | undefined;
  for (const place of matcher.byUse) {
    if (changed.includes(place)) continue;
    const { violated } = place.index.classOf(place.read(after));
    if (waiting) removeBoth(flips, waiting, violated);
    waiting = waiting ? undefined : violated;
  }
  if (waiting) removeFrom(flips, waiting);
  for (let word = 0; word < words; word++) {
    for (let bits = flips[word]!; bits !== 0; bits &= bits - 1) {
      const number = (word << 5) + (31 - Math.clz32(bits & -bits));
      const { gained, lost } = matcher.conjunctions[number]!;
      found.push((violatedAfter[word]! & bits & -bits) === 0 ? gained : lost);
    }
  }
  return found;
}

function addTo(bits: Bits, more: Bits): void {
  for (let word = 0; word < more.length; word += 4) {
    bits[word]! |= more[word]!;
    bits[word + 1]! |= more[word + 1]!;
    bits[word + 2]! |= more[word + 2]!;
    bits[word + 3]! |= more[word + 3]!;
  }
}

/** Two sets in one go cost little more than one. */
function removeBoth(bits: Bits, one: Bits, other: Bits): void {
  if (one.length !== other.length) {
    removeFrom(bits, one);
    removeFrom(bits, other);
    return;
  }
  for (let word = 0; word < one.length; word += 4) {
    bits[word]! &= ~(one[word]! | other[word]!);
    bits[word + 1]! &= ~(one[word + 1]! | other[word + 1]!);
    bits[word + 2]! &= ~(one[word + 2]! | other[word + 2]!);
    bits[word + 3]! &= ~(one[word + 3]! | other[word + 3]!);
  }
}

/** Four words a step: most of a question's time on a large catalog is spent here. `less` has a multiple of four words. */
function removeFrom(bits: Bits, less: Bits): void {
  for (let word = 0; word < less.length; word += 4) {
    bits[word]! &= ~less[word]!;
    bits[word + 1]! &= ~less[word + 1]!;
    bits[word + 2]! &= ~less[word + 2]!;
    bits[word + 3]! &= ~less[word + 3]!;
  }
}

function noteShapedUses(place: Place, old: Bits, now: Bits, found: Flip[]): void {
  for (let word = 0; word < now.length; word++) {
    for (let bits = old[word]! ^ now[word]!; bits !== 0; bits &= bits - 1) {
      const bit = (word << 5) + (31 - Math.clz32(bits & -bits));
      for (const use of place.shapedUses[bit]!) found.push(use);
    }
  }
}

/** The matcher after some segments were removed and others added (a changed one is both). */
export function changeMatcher(matcher: Matcher, removed: Iterable<string>, added: Iterable<MatchedRules>): Matcher {
  const change = new MatcherChange(matcher);
  for (const segmentId of removed) change.remove(segmentId);
  for (const rules of added) change.add(rules);
  return change.finish();
}

class MatcherChange {
  private readonly places: Place[];
  private readonly placeBySlot: Map<Slot, number>;
  private readonly placesBySegment: Map<string, readonly number[]>;
  private readonly conjunctions: (Conjunction | undefined)[];
  private readonly conjunctionBySegment: Map<string, number>;
  private readonly free: number[];
  private readonly changed = new Map<number, PlaceChange>();

  constructor(matcher: Matcher) {
    this.places = [...matcher.places];
    this.placeBySlot = new Map(matcher.placeBySlot);
    this.placesBySegment = new Map(matcher.placesBySegment);
    this.conjunctions = [...matcher.conjunctions];
    this.conjunctionBySegment = new Map(matcher.conjunctionBySegment);
    this.free = this.conjunctions.flatMap((conjunction, number) => (conjunction ? [] : [number]));
  }

  remove(segmentId: string): void {
    const conjunction = this.conjunctionBySegment.get(segmentId);
    for (const number of this.placesBySegment.get(segmentId) ?? []) {
      this.changeOf(number).remove(segmentId, conjunction);
    }
    this.placesBySegment.delete(segmentId);
    if (conjunction === undefined) return;
    this.conjunctionBySegment.delete(segmentId);
    this.conjunctions[conjunction] = undefined;
    this.free.push(conjunction);
  }

  add({ segmentId, match, rules, slotOf, levelsOf }: MatchedRules): void {
    if (rules.length === 0) return;
    const numbers = new Set<number>();
    const isFlat = rules.every((rule) => rule.type !== 'group' && isPredicate(rule));
    const conjunction = isFlat ? this.newConjunction(segmentId, match === 'all') : -1;
    for (const rule of leafRules(rules)) {
      const slot = slotOf(rule);
      if (slot === undefined) continue;
      const number = this.placeOf(slot);
      numbers.add(number);
      const place = this.changeOf(number);
      if (!isPredicate(rule)) place.addReader(segmentId);
      else {
        const bit = place.bitOf(predicateOf(rule, levelsOf(rule)));
        const isNegated = operatorNamed(rule.operator).isComplement === (match === 'all');
        if (isFlat) place.addUse(bit, conjunction, isNegated);
        else place.addShapedUse(bit, segmentId);
      }
    }
    this.placesBySegment.set(segmentId, [...numbers]);
  }

  finish(): Matcher {
    for (const [number, change] of this.changed) this.places[number] = change.finish();
    const { places, placeBySlot, placesBySegment, conjunctions, conjunctionBySegment } = this;
    const byUse = places.filter(({ useCount }) => useCount > 0).sort((a, b) => b.useCount - a.useCount);
    return { places, byUse, placeBySlot, placesBySegment, conjunctions, conjunctionBySegment };
  }

  private newConjunction(segmentId: string, holdsWithAll: boolean): number {
    const number = this.free.pop() ?? this.conjunctions.length;
    const gained = { segmentId, holds: holdsWithAll };
    this.conjunctions[number] = { gained, lost: { segmentId, holds: !holdsWithAll } };
    this.conjunctionBySegment.set(segmentId, number);
    return number;
  }

  private placeOf(slot: Slot): number {
    const known = this.placeBySlot.get(slot);
    if (known !== undefined) return known;
    const number = this.places.length;
    this.placeBySlot.set(slot, number);
    this.places.push({
      read: slotReader(slot),
      index: new PredicateIndex([], () => new Int32Array(0)),
      useCount: 0,
      hasShapedUses: false,
      predicates: [],
      uses: [],
      negatedUses: [],
      shapedUses: [],
      readers: [],
    });
    return number;
  }

  private changeOf(number: number): PlaceChange {
    const begun = this.changed.get(number);
    if (begun) return begun;
    const change = new PlaceChange(this.places[number]!);
    this.changed.set(number, change);
    return change;
  }
}

/** Comparisons whose answer is a predicate of one slot's value: no references, no events, no clock. */
function isPredicate(rule: LeafRule): rule is Exclude<LeafRule, { type: 'event_metadata' | 'segment' }> {
  return rule.type !== 'event_metadata' && rule.type !== 'segment' && !operatorNamed(rule.operator).readsClock;
}

/** Shared by the many predicates that nobody uses in some way. */
const nobody: readonly never[] = [];

/** A list without the room that growing left behind it. */
function exactly<T>(list: readonly T[]): readonly T[] {
  return list.length > 0 ? list.slice() : nobody;
}

class PlaceChange {
  private readonly read: Place['read'];
  private readonly predicates: (Predicate | undefined)[];
  private readonly bitByKey = new Map<string, number>();
  private readonly uses: number[][];
  private readonly negatedUses: number[][];
  private readonly shapedUses: Flip[][];
  private readers: Flip[];

  constructor(before: Place) {
    this.read = before.read;
    this.predicates = [...before.predicates];
    for (const [bit, predicate] of this.predicates.entries()) if (predicate) this.bitByKey.set(predicate.key, bit);
    this.uses = before.uses.map((uses) => [...uses]);
    this.negatedUses = before.negatedUses.map((uses) => [...uses]);
    this.shapedUses = before.shapedUses.map((uses) => [...uses]);
    this.readers = [...before.readers];
  }

  bitOf(predicate: Predicate): number {
    const known = this.bitByKey.get(predicate.key);
    if (known !== undefined) return known;
    const free = this.predicates.indexOf(undefined);
    const bit = free >= 0 ? free : this.predicates.length;
    this.predicates[bit] = predicate;
    this.uses[bit] = [];
    this.negatedUses[bit] = [];
    this.shapedUses[bit] = [];
    this.bitByKey.set(predicate.key, bit);
    return bit;
  }

  addUse(bit: number, conjunction: number, isNegated: boolean): void {
    (isNegated ? this.negatedUses : this.uses)[bit]!.push(conjunction);
  }

  addShapedUse(bit: number, segmentId: string): void {
    this.shapedUses[bit]!.push({ segmentId, holds: undefined });
  }

  addReader(segmentId: string): void {
    if (!this.readers.some((reader) => reader.segmentId === segmentId))
      this.readers.push({ segmentId, holds: undefined });
  }

  remove(segmentId: string, conjunction: number | undefined): void {
    const isOther = (flip: Flip) => flip.segmentId !== segmentId;
    this.readers = this.readers.filter(isOther);
    for (const [bit, predicate] of this.predicates.entries()) {
      if (!predicate) continue;
      const uses = this.uses[bit]!.filter((number) => number !== conjunction);
      const negatedUses = this.negatedUses[bit]!.filter((number) => number !== conjunction);
      const shapedUses = this.shapedUses[bit]!.filter(isOther);
      this.uses[bit] = uses;
      this.negatedUses[bit] = negatedUses;
      this.shapedUses[bit] = shapedUses;
      if (uses.length + negatedUses.length + shapedUses.length > 0) continue;
      this.predicates[bit] = undefined;
      this.bitByKey.delete(predicate.key);
    }
  }

  finish(): Place {
    const { read, predicates, readers } = this;
    const uses = this.uses.map(exactly);
    const negatedUses = this.negatedUses.map(exactly);
    const shapedUses = this.shapedUses.map(exactly);
    const numbers = [...uses, ...negatedUses].flat();
    const words = numbers.length === 0 ? 0 : 4 * ((Math.max(...numbers) >> 7) + 1);
    /** A value rules out the conjunctions with a predicate it does not satisfy, or with the opposite of one it does. */
    const violatedBy = (bits: Bits): Bits => {
      const violated = new Int32Array(words);
      for (const [bit, predicate] of predicates.entries()) {
        if (!predicate) continue;
        for (const number of (hasBit(bits, bit) ? negatedUses : uses)[bit]!) setBit(violated, number);
      }
      return violated;
    };
    return {
      read,
      useCount: numbers.length,
      hasShapedUses: shapedUses.some((uses) => uses.length > 0),
      index: new PredicateIndex(predicates, violatedBy),
      predicates,
      uses,
      negatedUses,
      shapedUses,
      readers,
    };
  }
}
