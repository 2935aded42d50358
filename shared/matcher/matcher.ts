import type { LeadDocument } from '../lead/lead-document.ts';
import { type Slot, slotReader } from '../lead/slot.ts';
import { type LevelOrder, operatorNamed } from '../rule/operator.ts';
import type { LeafRule, Rule } from '../rule/rule.ts';
import { leafRules } from '../rule/rule.ts';
import { type Bits, type Predicate, PredicateIndex, predicateOf } from './predicate-index.ts';

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
 * A segment whose rules are one flat list of comparisons of attributes and levels, as "all of these literals hold": an
 * `any` is kept as "not all of the opposites", which flips just when the segment does.
 */
interface Conjunction {
  readonly segmentId: string;
  readonly literals: readonly Literal[];
}

/** A predicate, by its place and bit there, or its opposite. */
interface Literal {
  readonly place: number;
  readonly bit: number;
  readonly isNegated: boolean;
}

interface Use {
  readonly conjunction: Conjunction;
  readonly isNegated: boolean;
}

/** All rules that read one slot. */
interface Place {
  readonly read: (document: LeadDocument) => unknown;
  readonly index: PredicateIndex;
  /** By bit. Bits of predicates that nobody uses any more are free for others. */
  readonly predicates: readonly (Predicate | undefined)[];
  readonly bitByKey: ReadonlyMap<string, number>;
  /** By bit: the flat segments with that predicate. */
  readonly uses: readonly (readonly Use[])[];
  /** By bit: segments of any other shape with that predicate. */
  readonly shapedUses: readonly (readonly string[])[];
  /** Segments that read the slot as no predicate says: events, and comparisons with the clock. */
  readonly readers: readonly string[];
}

/** An index over the rules of all active segments. Immutable: a change makes new places for just the slots it touches. */
export interface Matcher {
  readonly places: readonly Place[];
  readonly placeBySlot: ReadonlyMap<Slot, number>;
  readonly placesBySegment: ReadonlyMap<string, readonly number[]>;
}

/** A matcher of no segments. */
export const emptyMatcher: Matcher = { places: [], placeBySlot: new Map(), placesBySegment: new Map() };

/**
 * The segments that a change may have flipped: for each touched slot the predicates that flip, and of the segments that
 * use one those whose other comparisons let the flip through. It may name a segment that did not flip (one with groups,
 * events or the clock), and never misses one that did. Segments that flip only because another one does are not named.
 */
export function segmentsThatMayFlip(
  matcher: Matcher,
  before: LeadDocument,
  after: LeadDocument,
  touched: Iterable<Slot>,
): Set<string> {
  const { places } = matcher;
  const found = new Set<string>();
  const bitsBefore: (Bits | undefined)[] = new Array(places.length);
  const bitsAfter: (Bits | undefined)[] = new Array(places.length);
  const flipped: number[] = [];
  for (const slot of touched) {
    const number = matcher.placeBySlot.get(slot);
    if (number === undefined) continue;
    const place = places[number]!;
    for (const segmentId of place.readers) found.add(segmentId);
    const [old, now] = [place.index.bitsOf(place.read(before)), place.index.bitsOf(place.read(after))];
    if (old === now) continue;
    bitsBefore[number] = old;
    bitsAfter[number] = now;
    flipped.push(number);
  }
  /** Untouched places have the same bits before and after. */
  const holdsAll = (literals: readonly Literal[], bits: (Bits | undefined)[]): boolean => {
    for (let index = 0; index < literals.length; index++) {
      const { place: number, bit, isNegated } = literals[index]!;
      let ofPlace = bits[number];
      if (ofPlace === undefined) {
        const place = places[number]!;
        ofPlace = place.index.bitsOf(place.read(after));
        bitsBefore[number] = ofPlace;
        bitsAfter[number] = ofPlace;
      }
      const isSet = ((ofPlace[bit >> 5]! >>> (bit & 31)) & 1) === 1;
      if (isSet === isNegated) return false;
    }
    return true;
  };
  for (const number of flipped) {
    const place = places[number]!;
    const [old, now] = [bitsBefore[number]!, bitsAfter[number]!];
    for (let word = 0; word < now.length; word++) {
      let flips = old[word]! ^ now[word]!;
      while (flips !== 0) {
        const lowest = flips & -flips;
        flips ^= lowest;
        const bit = (word << 5) + (31 - Math.clz32(lowest));
        const isSetNow = (now[word]! & lowest) !== 0;
        const uses = place.uses[bit]!;
        for (let index = 0; index < uses.length; index++) {
          const { conjunction, isNegated } = uses[index]!;
          if (holdsAll(conjunction.literals, isSetNow === isNegated ? bitsBefore : bitsAfter)) {
            found.add(conjunction.segmentId);
          }
        }
        const shaped = place.shapedUses[bit]!;
        for (let index = 0; index < shaped.length; index++) found.add(shaped[index]!);
      }
    }
  }
  return found;
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
  private readonly changed = new Map<number, PlaceChange>();

  constructor(matcher: Matcher) {
    this.places = [...matcher.places];
    this.placeBySlot = new Map(matcher.placeBySlot);
    this.placesBySegment = new Map(matcher.placesBySegment);
  }

  remove(segmentId: string): void {
    for (const number of this.placesBySegment.get(segmentId) ?? []) this.changeOf(number).remove(segmentId);
    this.placesBySegment.delete(segmentId);
  }

  add({ segmentId, match, rules, slotOf, levelsOf }: MatchedRules): void {
    const leaves = leafRules(rules);
    const numbers = new Set<number>();
    const literals: Literal[] = [];
    const isFlat = rules.every((rule) => rule.type !== 'group' && isPredicate(rule));
    for (const rule of leaves) {
      const slot = slotOf(rule);
      if (slot === undefined) continue;
      const number = this.placeOf(slot);
      numbers.add(number);
      const place = this.changeOf(number);
      if (!isPredicate(rule)) {
        place.addReader(segmentId);
        continue;
      }
      const bit = place.bitOf(predicateOf(rule, levelsOf(rule)));
      const isNegated = operatorNamed(rule.operator).isComplement;
      if (isFlat) literals.push({ place: number, bit, isNegated: match === 'all' ? isNegated : !isNegated });
      else place.addShapedUse(bit, segmentId);
    }
    const conjunction = { segmentId, literals };
    for (const { place, bit, isNegated } of literals) this.changeOf(place).addUse(bit, { conjunction, isNegated });
    this.placesBySegment.set(segmentId, [...numbers]);
  }

  finish(): Matcher {
    for (const [number, change] of this.changed) this.places[number] = change.finish();
    return { places: this.places, placeBySlot: this.placeBySlot, placesBySegment: this.placesBySegment };
  }

  private placeOf(slot: Slot): number {
    const known = this.placeBySlot.get(slot);
    if (known !== undefined) return known;
    const number = this.places.length;
    this.placeBySlot.set(slot, number);
    this.places.push({
      read: slotReader(slot),
      index: new PredicateIndex([]),
      predicates: [],
      bitByKey: new Map(),
      uses: [],
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
  private readonly before: Place;
  private readonly predicates: (Predicate | undefined)[];
  private readonly bitByKey: Map<string, number>;
  private readonly uses: (readonly Use[])[];
  private readonly shapedUses: (readonly string[])[];
  private readers: string[];

  constructor(before: Place) {
    this.before = before;
    this.predicates = [...before.predicates];
    this.bitByKey = new Map(before.bitByKey);
    this.uses = before.uses.map((uses) => [...uses]);
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
    this.shapedUses[bit] = [];
    this.bitByKey.set(predicate.key, bit);
    return bit;
  }

  addUse(bit: number, use: Use): void {
    (this.uses[bit] as Use[]).push(use);
  }

  addShapedUse(bit: number, segmentId: string): void {
    (this.shapedUses[bit] as string[]).push(segmentId);
  }

  addReader(segmentId: string): void {
    if (!this.readers.includes(segmentId)) this.readers.push(segmentId);
  }

  remove(segmentId: string): void {
    this.readers = this.readers.filter((id) => id !== segmentId);
    for (const [bit, predicate] of this.predicates.entries()) {
      if (!predicate) continue;
      this.uses[bit] = this.uses[bit]!.filter(({ conjunction }) => conjunction.segmentId !== segmentId);
      this.shapedUses[bit] = this.shapedUses[bit]!.filter((id) => id !== segmentId);
      if (this.uses[bit]!.length + this.shapedUses[bit]!.length > 0) continue;
      this.predicates[bit] = undefined;
      this.bitByKey.delete(predicate.key);
    }
  }

  finish(): Place {
    const { predicates, bitByKey, uses, shapedUses, readers } = this;
    return {
      read: this.before.read,
      index: new PredicateIndex(predicates),
      predicates,
      bitByKey,
      uses,
      shapedUses,
      readers,
    };
  }
}
