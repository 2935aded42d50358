import { type Slot, slotReader } from '../lead/slot.ts';
import { type LevelOrder, type OperatorName, operatorNamed } from '../rule/operator.ts';
import { type LeafRule, leafRules, type Rule } from '../rule/rule.ts';
import type { Conjunction, Flip, Matcher, Place } from './matcher.ts';
import {
  type Bits,
  hasBit,
  type Predicate,
  PredicateIndex,
  predicateKey,
  predicateOf,
  setBit,
} from './predicate-index.ts';

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
  const change = new MatcherChange(matcher, removed);
  for (const rules of added) change.add(rules);
  return change.finish();
}

/** What is removed, wherever it is used. */
interface Gone {
  readonly segments: ReadonlySet<string>;
  readonly conjunctions: ReadonlySet<number>;
}

class MatcherChange {
  private readonly places: Place[];
  private readonly placeBySlot: Map<Slot, number>;
  private readonly placesBySegment: Map<string, readonly number[]>;
  private readonly conjunctions: (Conjunction | undefined)[];
  private readonly conjunctionBySegment: Map<string, number>;
  private readonly free: number[];
  private readonly gone: Gone;
  private readonly changed = new Map<number, PlaceChange>();

  constructor(matcher: Matcher, removed: Iterable<string>) {
    this.places = [...matcher.places];
    this.placeBySlot = new Map(matcher.placeBySlot);
    this.placesBySegment = new Map(matcher.placesBySegment);
    this.conjunctions = [...matcher.conjunctions];
    this.conjunctionBySegment = new Map(matcher.conjunctionBySegment);
    const segments = new Set<string>();
    for (const id of removed) if (matcher.placesBySegment.has(id)) segments.add(id);
    const conjunctions = [...segments].flatMap((id) => this.conjunctionBySegment.get(id) ?? []);
    this.gone = { segments, conjunctions: new Set(conjunctions) };
    for (const number of conjunctions) this.conjunctions[number] = undefined;
    this.free = this.conjunctions.flatMap((conjunction, number) => (conjunction ? [] : [number]));
    for (const id of segments) {
      for (const number of this.placesBySegment.get(id)!) this.changeOf(number);
      this.placesBySegment.delete(id);
      this.conjunctionBySegment.delete(id);
    }
  }

  add({ segmentId, match, rules, slotOf, levelsOf }: MatchedRules): void {
    if (rules.length === 0) return;
    const numbers: number[] = [];
    const isFlat = rules.every((rule) => rule.type !== 'group' && isPredicate(rule));
    const conjunction = isFlat ? this.newConjunction(segmentId, match === 'all') : undefined;
    for (const rule of leafRules(rules)) {
      const slot = slotOf(rule);
      if (slot === undefined) continue;
      const number = this.placeOf(slot);
      if (!numbers.includes(number)) numbers.push(number);
      const place = this.changeOf(number);
      if (!isPredicate(rule)) place.addReader(segmentId);
      else {
        const bit = place.bitOf(rule, levelsOf(rule));
        const isNegated = operatorNamed(rule.operator).isComplement === (match === 'all');
        if (conjunction === undefined) place.addShapedUse(bit, segmentId);
        else place.addUse(bit, conjunction, isNegated);
      }
    }
    this.placesBySegment.set(segmentId, numbers);
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
    const change = new PlaceChange(this.places[number]!, this.gone);
    this.changed.set(number, change);
    return change;
  }
}

type ComparedRule = Exclude<LeafRule, { type: 'event_metadata' | 'segment' }>;

/** Comparisons whose answer is a predicate of one slot's value: no references, no events, no clock. */
function isPredicate(rule: LeafRule): rule is ComparedRule {
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
  private readonly bitsOf = new Map<OperatorName, Map<unknown, number>>();
  /** Bits of predicates that nobody uses any more, the first at the end. */
  private readonly free: number[] = [];
  private readonly uses: number[][];
  private readonly negatedUses: number[][];
  private readonly shapedUses: Flip[][];
  private readonly readers: Flip[];

  constructor(before: Place, gone: Gone) {
    const isLeft = ({ segmentId }: Flip) => !gone.segments.has(segmentId);
    const isNumberLeft = (number: number) => !gone.conjunctions.has(number);
    this.read = before.read;
    this.uses = before.uses.map((uses) => uses.filter(isNumberLeft));
    this.negatedUses = before.negatedUses.map((uses) => uses.filter(isNumberLeft));
    this.shapedUses = before.shapedUses.map((uses) => uses.filter(isLeft));
    this.readers = before.readers.filter(isLeft);
    this.predicates = before.predicates.map((predicate, bit) => (this.isUsed(bit) ? predicate : undefined));
    for (const [bit, predicate] of this.predicates.entries()) {
      if (predicate) this.bitsBy(predicate.operator).set(predicate.key, bit);
      else this.free.push(bit);
    }
    this.free.reverse();
  }

  bitOf(rule: ComparedRule, levels: LevelOrder): number {
    const key = predicateKey(rule);
    const bits = this.bitsBy(operatorNamed(rule.operator).positiveName);
    const known = bits.get(key);
    if (known !== undefined) return known;
    const bit = this.free.pop() ?? this.predicates.length;
    this.predicates[bit] = predicateOf(rule, levels);
    this.uses[bit] = [];
    this.negatedUses[bit] = [];
    this.shapedUses[bit] = [];
    bits.set(key, bit);
    return bit;
  }

  private bitsBy(operator: OperatorName): Map<unknown, number> {
    const known = this.bitsOf.get(operator);
    if (known) return known;
    const made = new Map<unknown, number>();
    this.bitsOf.set(operator, made);
    return made;
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

  private isUsed(bit: number): boolean {
    return this.uses[bit]!.length + this.negatedUses[bit]!.length + this.shapedUses[bit]!.length > 0;
  }

  finish(): Place {
    const { read, predicates, readers } = this;
    const uses = this.uses.map(exactly);
    const negatedUses = this.negatedUses.map(exactly);
    const shapedUses = this.shapedUses.map(exactly);
    const numbers = [...uses, ...negatedUses].flat();
    const last = numbers.reduce((most, number) => Math.max(most, number), -1);
    const words = 4 * ((last >> 7) + 1);
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
