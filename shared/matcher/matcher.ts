import type { LeadDocument } from '../lead/lead-document.ts';
import type { Slot } from '../lead/slot.ts';
import type { Bits, Predicate, PredicateIndex } from './predicate-index.ts';

/**
 * A segment whose rules are one flat list of comparisons of attributes and levels, as "all of these hold": an `any` is
 * kept as "not all of the opposites".
 */
export interface Conjunction {
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
export interface Place {
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
