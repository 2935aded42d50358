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
  /** The most selective first, so that a conjunction that does not hold is found out soon. */
  readonly literals: readonly Literal[];
  /** The segment's flip when the conjunction comes to hold, and when it ceases to. */
  readonly gained: Flip;
  readonly lost: Flip;
}

/** A predicate of a place, or its opposite, as one small integer: 15 bits of place, 15 of bit, one of negation. */
type Literal = number;
const packedLimit = 1 << 15;

function literalOf(place: number, bit: number, isNegated: boolean): Literal {
  if (place >= packedLimit || bit >= packedLimit)
    throw new Error('Too many slots, or comparisons of one slot, to index');
  return (place << 16) | (bit << 1) | (isNegated ? 1 : 0);
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
  readonly placeBySlot: ReadonlyMap<Slot, number>;
  readonly placesBySegment: ReadonlyMap<string, readonly number[]>;
  /** By number; numbers of conjunctions that are gone are free for others. */
  readonly conjunctions: readonly (Conjunction | undefined)[];
  readonly conjunctionBySegment: ReadonlyMap<string, number>;
}

/** A matcher of no segments. */
export const emptyMatcher: Matcher = {
  places: [],
  placeBySlot: new Map(),
  placesBySegment: new Map(),
  conjunctions: [],
  conjunctionBySegment: new Map(),
};

/** Room to work in, kept between questions; a question is answered in one go, so none sees another's. */
let violatedBefore: Bits = new Int32Array(32);
let violatedAfter: Bits = new Int32Array(32);
/** By place: the bits of its value; `changed` for those whose class changed, which the two above speak for. */
let bitsOfPlaces: (Bits | undefined)[] = [];
const changed: Bits = new Int32Array(0);

/**
 * The segments that a change may have flipped, each with whether its rules hold now where that is known (it is not for
 * segments with groups, references, events or the clock). Per changed slot, a value's class says which conjunctions it
 * rules out: those ruled out before or after but not both may flip, and do where their comparisons of other slots hold. It may name a segment
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
  let isChanged = false;
  const words = Math.ceil(matcher.conjunctions.length / 32);
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
    if (!isChanged) {
      violatedBefore.fill(0, 0, words);
      violatedAfter.fill(0, 0, words);
      bitsOfPlaces = new Array(matcher.places.length);
      isChanged = true;
    }
    bitsOfPlaces[number] = changed;
    addTo(violatedBefore, old.violated);
    addTo(violatedAfter, now.violated);
    if (place.hasShapedUses) noteShapedUses(place, old.bits, now.bits, found);
  }
  if (!isChanged) return found;
  for (let word = 0; word < words; word++) {
    const ruledOut = violatedAfter[word]!;
    for (let bits = violatedBefore[word]! ^ ruledOut; bits !== 0; bits &= bits - 1) {
      const lowest = bits & -bits;
      const conjunction = matcher.conjunctions[(word << 5) + (31 - Math.clz32(lowest))]!;
      if (unchangedHold(conjunction.literals, matcher.places, after)) {
        found.push((ruledOut & lowest) === 0 ? conjunction.gained : conjunction.lost);
      }
    }
  }
  return found;
}

function addTo(bits: Bits, more: Bits): void {
  for (let word = 0; word < more.length; word++) bits[word]! |= more[word]!;
}

/** Whether the literals of places whose class did not change all hold. */
function unchangedHold(literals: readonly Literal[], places: readonly Place[], document: LeadDocument): boolean {
  for (let index = 0; index < literals.length; index++) {
    const literal = literals[index]!;
    const number = literal >> 16;
    let bits = bitsOfPlaces[number];
    if (bits === undefined) {
      const place = places[number]!;
      bits = place.index.classOf(place.read(document)).bits;
      bitsOfPlaces[number] = bits;
    }
    if (bits === changed) continue;
    const isUnset = ((bits[(literal >> 6) & 1023]! >>> ((literal >> 1) & 31)) & 1) ^ 1;
    if (isUnset !== (literal & 1)) return false;
  }
  return true;
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
    const literals: { place: number; bit: number; isNegated: boolean; selectivity: number }[] = [];
    for (const rule of leafRules(rules)) {
      const slot = slotOf(rule);
      if (slot === undefined) continue;
      const number = this.placeOf(slot);
      numbers.add(number);
      const place = this.changeOf(number);
      if (!isPredicate(rule)) {
        place.addReader(segmentId);
        continue;
      }
      const predicate = predicateOf(rule, levelsOf(rule));
      const bit = place.bitOf(predicate);
      const isNegated = operatorNamed(rule.operator).isComplement === (match === 'all');
      const selectivity = (predicate.entry?.kind === 'equality' ? 0 : 1) + (isNegated ? 2 : 0);
      if (isFlat) literals.push({ place: number, bit, isNegated, selectivity });
      else place.addShapedUse(bit, segmentId);
    }
    if (isFlat) {
      literals.sort((a, b) => a.selectivity - b.selectivity);
      const packed = literals.map(({ place, bit, isNegated }) => literalOf(place, bit, isNegated));
      const conjunction = this.newConjunction(segmentId, match === 'all', packed);
      for (const { place, bit, isNegated } of literals) this.changeOf(place).addUse(bit, conjunction, isNegated);
    }
    this.placesBySegment.set(segmentId, [...numbers]);
  }

  finish(): Matcher {
    for (const [number, change] of this.changed) this.places[number] = change.finish();
    const { places, placeBySlot, placesBySegment, conjunctions, conjunctionBySegment } = this;
    return { places, placeBySlot, placesBySegment, conjunctions, conjunctionBySegment };
  }

  private newConjunction(segmentId: string, holdsWithAll: boolean, literals: readonly Literal[]): number {
    const number = this.free.pop() ?? this.conjunctions.length;
    const gained = { segmentId, holds: holdsWithAll };
    this.conjunctions[number] = { literals, gained, lost: { segmentId, holds: !holdsWithAll } };
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
    const { read, predicates, uses, negatedUses, shapedUses, readers } = this;
    const numbers = [...uses, ...negatedUses].flat();
    const words = numbers.length === 0 ? 0 : (Math.max(...numbers) >> 5) + 1;
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
