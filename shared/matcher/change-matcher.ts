import type { Slot } from '../lead/slot.ts';
import type { Levels } from '../rule/levels.ts';
import { type OperatorName, operatorNamed } from '../rule/operator.ts';
import type { LeafRule, Match, Rule } from '../rule/rule.ts';
import { type Conjunction, conjunctionOf, type Matcher, matcherOf } from './matcher.ts';
import { type Flip, makePlace, type Place, type PlaceRules, type Uses } from './place.ts';
import { keyOf, type Predicate } from './predicate-index.ts';

/** The rules of a segment as the matcher sees them. */
export interface MatchedRules {
  readonly segmentId: string;
  readonly match: Match;
  readonly rules: readonly Rule[];
  /** Those that are not groups, wherever they are nested. */
  readonly leaves: readonly LeafRule[];
  /** The slot a leaf rule reads; undefined for a reference to another segment. */
  readonly slotOf: (rule: LeafRule) => Slot | undefined;
}

/**
 * The matcher after some rules, as they were added, were removed, and others added (changed ones are both). All that go by
 * levels that are others now must be among them.
 */
export function changeMatcher(
  matcher: Matcher,
  removed: readonly MatchedRules[],
  added: Iterable<MatchedRules>,
  levels: Levels,
): Matcher {
  const change = new MatcherChange(matcher, removed, levels);
  for (const rules of added) change.add(rules);
  return change.finish();
}

/** What is removed, wherever it is used. */
interface Gone {
  readonly segments: ReadonlySet<string>;
  readonly conjunctions: ReadonlySet<number>;
}

class MatcherChange {
  private readonly placeBySlot: Map<Slot, Place>;
  private readonly conjunctions: (Conjunction | undefined)[];
  /** Numbers of conjunctions. */
  private readonly free: number[] = [];
  private readonly gone: Gone;
  private readonly levels: Levels;
  private readonly changed = new Map<Slot, PlaceChange>();

  constructor(matcher: Matcher, removed: readonly MatchedRules[], levels: Levels) {
    this.levels = levels;
    this.placeBySlot = new Map(matcher.placeBySlot);
    const segments = new Set(removed.map(({ segmentId }) => segmentId));
    const conjunctions = new Set<number>();
    this.gone = { segments, conjunctions };
    this.conjunctions = [...matcher.conjunctions];
    for (const [number, conjunction] of this.conjunctions.entries()) {
      if (conjunction && !segments.has(conjunction.segmentId)) continue;
      conjunctions.add(number);
      this.conjunctions[number] = undefined;
      this.free.push(number);
    }
    for (const matched of removed) {
      for (const rule of matched.leaves) {
        const slot = matched.slotOf(rule);
        if (slot !== undefined) this.placeOf(slot);
      }
    }
  }

  add(matched: MatchedRules): void {
    const { segmentId, match, rules } = matched;
    if (rules.length === 0) return;
    const isFlat = rules.every((rule) => rule.type !== 'group' && isPredicate(rule));
    const conjunction = isFlat ? this.newConjunction(segmentId, match) : undefined;
    for (const rule of matched.leaves) {
      const slot = matched.slotOf(rule);
      if (slot === undefined) continue;
      const place = this.placeOf(slot);
      if (!isPredicate(rule)) {
        place.addReader(segmentId);
        continue;
      }
      const bit = place.bitOf(rule);
      const isNegated = operatorNamed(rule.operator).isComplement === (match === 'all');
      if (conjunction === undefined) place.addShapedUse(bit, segmentId);
      else place.addUse(bit, conjunction, isNegated);
    }
  }

  finish(): Matcher {
    for (const [slot, change] of this.changed)
      this.placeBySlot.set(slot, makePlace(slot, change.finish(), this.levels));
    return matcherOf(this.placeBySlot, this.conjunctions);
  }

  private newConjunction(segmentId: string, match: Match): number {
    const number = this.free.pop() ?? this.conjunctions.length;
    this.conjunctions[number] = conjunctionOf(segmentId, match);
    return number;
  }

  private placeOf(slot: Slot): PlaceChange {
    const begun = this.changed.get(slot);
    if (begun) return begun;
    const change = new PlaceChange(this.placeBySlot.get(slot), this.gone);
    this.changed.set(slot, change);
    return change;
  }
}

type ComparedRule = Exclude<LeafRule, { type: 'event_metadata' | 'segment' }>;

/** Whether the rule's answer is a predicate of one slot's value, or its negation: no reference, no event, no clock. */
function isPredicate(rule: LeafRule): rule is ComparedRule {
  return rule.type !== 'event_metadata' && rule.type !== 'segment' && !operatorNamed(rule.operator).readsClock;
}

class PlaceChange {
  private readonly predicates: (Predicate | undefined)[];
  private readonly bitsOf = new Map<OperatorName, Map<unknown, number>>();
  /** Bits of predicates that nobody uses any more, the first at the end. */
  private readonly free: number[] = [];
  private readonly uses: number[];
  private readonly negatedUses: number[];
  private readonly shapedUses = new Map<number, Flip[]>();
  private readonly readers: Flip[];

  constructor(before: PlaceRules | undefined, gone: Gone) {
    const isLeft = ({ segmentId }: Flip) => !gone.segments.has(segmentId);
    this.uses = usesLeft(before?.uses, gone);
    this.negatedUses = usesLeft(before?.negatedUses, gone);
    for (const [bit, uses] of before?.shapedUses ?? []) {
      const left = uses.filter(isLeft);
      if (left.length > 0) this.shapedUses.set(bit, left);
    }
    this.readers = before?.readers.filter(isLeft) ?? [];
    const used = new Set(this.shapedUses.keys());
    for (const uses of [this.uses, this.negatedUses]) {
      for (let index = 0; index < uses.length; index += 2) used.add(uses[index]!);
    }
    this.predicates = before?.predicates.map((predicate, bit) => (used.has(bit) ? predicate : undefined)) ?? [];
    for (const [bit, predicate] of this.predicates.entries()) {
      if (predicate) this.bitsLike(predicate).set(keyOf(predicate), bit);
      else this.free.push(bit);
    }
    this.free.reverse();
  }

  bitOf(predicate: Predicate): number {
    const [bits, key] = [this.bitsLike(predicate), keyOf(predicate)];
    const known = bits.get(key);
    if (known !== undefined) return known;
    const bit = this.free.pop() ?? this.predicates.length;
    this.predicates[bit] = predicate;
    bits.set(key, bit);
    return bit;
  }

  /** By key: those of the same operator, with or without its negation. */
  private bitsLike({ operator }: Predicate): Map<unknown, number> {
    const name = operatorNamed(operator).positiveName;
    const known = this.bitsOf.get(name);
    if (known) return known;
    const made = new Map<unknown, number>();
    this.bitsOf.set(name, made);
    return made;
  }

  addUse(bit: number, conjunction: number, isNegated: boolean): void {
    (isNegated ? this.negatedUses : this.uses).push(bit, conjunction);
  }

  addShapedUse(bit: number, segmentId: string): void {
    const use = { segmentId, holds: undefined };
    const uses = this.shapedUses.get(bit);
    if (uses) uses.push(use);
    else this.shapedUses.set(bit, [use]);
  }

  /** The rules of one segment are added one after the other, so that it can only be the last reader already. */
  addReader(segmentId: string): void {
    if (this.readers.at(-1)?.segmentId !== segmentId) this.readers.push({ segmentId, holds: undefined });
  }

  finish(): PlaceRules {
    const { predicates, shapedUses, readers } = this;
    const [uses, negatedUses] = [new Int32Array(this.uses), new Int32Array(this.negatedUses)];
    return { predicates, uses, negatedUses, shapedUses, readers };
  }
}

/** A copy of what conjunctions that are not gone use. */
function usesLeft(uses: Uses | undefined, { conjunctions }: Gone): number[] {
  const left: number[] = [];
  if (!uses) return left;
  for (let index = 0; index < uses.length; index += 2) {
    if (!conjunctions.has(uses[index + 1]!)) left.push(uses[index]!, uses[index + 1]!);
  }
  return left;
}
