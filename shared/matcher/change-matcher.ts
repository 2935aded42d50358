import { type Slot, slotReader } from '../lead/slot.ts';
import { type LevelOrder, operatorNamed } from '../rule/operator.ts';
import { type LeafRule, leafRules, type Rule } from '../rule/rule.ts';
import type { Conjunction, Flip, Matcher, Place } from './matcher.ts';
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
    const conjunction = isFlat ? this.newConjunction(segmentId, match === 'all') : undefined;
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
        if (conjunction === undefined) place.addShapedUse(bit, segmentId);
        else place.addUse(bit, conjunction, isNegated);
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
      for (const bit of predicates.keys()) {
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
