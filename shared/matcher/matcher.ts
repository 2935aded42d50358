import type { LeadDocument } from '../lead/lead-document.ts';
import type { Slot } from '../lead/slot.ts';
import type { Match } from '../rule/rule.ts';
import { type Flip, type Place, useCountOf } from './place.ts';
import type { Bits } from './predicate-index.ts';

/**
 * A segment whose rules are one flat list of comparisons of attributes and levels, as "all of these hold": an `any` is
 * kept as "not all of the opposites". It is the segment's flip when all come to hold.
 */
export interface Conjunction extends Flip {
  readonly holds: boolean;
}

/** The conjunction of a segment. */
export function conjunctionOf(segmentId: string, match: Match): Conjunction {
  return { segmentId, holds: match === 'all' };
}

/** An index over the rules of all active segments. Immutable: a change makes new places for just the slots it touches. */
export interface Matcher {
  /** Those that conjunctions use, the most used first: they rule out the most. */
  readonly byUse: readonly Place[];
  readonly placeBySlot: ReadonlyMap<Slot, Place>;
  /** By number; numbers of conjunctions that are gone are free for others. */
  readonly conjunctions: readonly (Conjunction | undefined)[];
}

/** The matcher of places and conjunctions that belong together. */
export function matcherOf(placeBySlot: Matcher['placeBySlot'], conjunctions: Matcher['conjunctions']): Matcher {
  const used = [...placeBySlot.values()].filter((place) => useCountOf(place) > 0);
  return { byUse: used.sort((a, b) => useCountOf(b) - useCountOf(a)), placeBySlot, conjunctions };
}

/** A matcher of no segments. */
export const emptyMatcher: Matcher = matcherOf(new Map(), []);

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
    const place = matcher.placeBySlot.get(slot);
    if (!place) continue;
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
    noteShapedUses(place, old.bits, now.bits, found);
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
      const conjunction = matcher.conjunctions[number]!;
      const isGained = (violatedAfter[word]! & bits & -bits) === 0;
      found.push(isGained ? conjunction : { segmentId: conjunction.segmentId, holds: !conjunction.holds });
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
      for (const use of place.shapedUses.get(bit) ?? []) found.push(use);
    }
  }
}
