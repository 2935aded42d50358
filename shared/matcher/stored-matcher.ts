import type { Slot } from '../lead/slot.ts';
import type { Levels } from '../rule/levels.ts';
import { changeMatcher, type MatchedRules } from './change-matcher.ts';
import { conjunctionOf, emptyMatcher, type Matcher, matcherOf } from './matcher.ts';
import { type Flip, makePlace, type Place } from './place.ts';
import type { Predicate } from './predicate-index.ts';

/**
 * A matcher as JSON, of which it is made again without comparing rules with each other. A segment is named by its position
 * among those it was made of. It depends on how rules are compiled: test/catalog/snapshot-format.test.ts says when its format
 * has to change.
 */
export interface StoredMatcher {
  /** By number: the segment. */
  readonly conjunctions: readonly number[];
  readonly places: readonly StoredPlace[];
}

interface StoredPlace {
  readonly slot: Slot;
  /** Pairs in a row, by bit: a segment that has the predicate, and the position among its leaf rules. */
  readonly predicates: readonly number[];
  readonly uses: readonly number[];
  readonly negatedUses: readonly number[];
  readonly shapedUses: readonly (readonly [bit: number, segments: readonly number[]])[];
  readonly readers: readonly number[];
}

/** The matcher of just these segments, as it is stored. */
export function storedMatcher(segments: readonly MatchedRules[], levels: Levels): StoredMatcher {
  const { placeBySlot, conjunctions } = changeMatcher(emptyMatcher, [], segments, levels);
  const positions = new Map(segments.map(({ segmentId }, position) => [segmentId, position]));
  const positionOf = ({ segmentId }: Flip) => positions.get(segmentId)!;
  const sources = new Map<Predicate, readonly number[]>();
  for (const [position, { leaves }] of segments.entries()) {
    for (const [leaf, rule] of leaves.entries()) sources.set(rule, [position, leaf]);
  }
  return {
    conjunctions: conjunctions.map((conjunction) => positionOf(conjunction!)),
    places: [...placeBySlot].map(([slot, place]) => ({
      slot,
      predicates: place.predicates.flatMap((predicate) => sources.get(predicate!)!),
      uses: [...place.uses],
      negatedUses: [...place.negatedUses],
      shapedUses: [...place.shapedUses].map(([bit, flips]) => [bit, flips.map(positionOf)]),
      readers: place.readers.map(positionOf),
    })),
  };
}

/** The matcher that was stored, with the same segments and levels. */
export function restoreMatcher(stored: StoredMatcher, segments: readonly MatchedRules[], levels: Levels): Matcher {
  const toEvaluate = (position: number): Flip => ({ segmentId: segments[position]!.segmentId, holds: undefined });
  const restorePlace = ({ slot, predicates, uses, negatedUses, shapedUses, readers }: StoredPlace): Place => {
    const rules = {
      predicates: predicatesAt(predicates, segments),
      uses: new Int32Array(uses),
      negatedUses: new Int32Array(negatedUses),
      shapedUses: new Map(shapedUses.map(([bit, positions]) => [bit, positions.map(toEvaluate)])),
      readers: readers.map(toEvaluate),
    };
    return makePlace(slot, rules, levels);
  };
  return matcherOf(
    new Map(stored.places.map((place) => [place.slot, restorePlace(place)])),
    stored.conjunctions.map((position) => conjunctionOf(segments[position]!.segmentId, segments[position]!.match)),
  );
}

function predicatesAt(sources: readonly number[], segments: readonly MatchedRules[]): Predicate[] {
  const predicates: Predicate[] = [];
  for (let index = 0; index < sources.length; index += 2) {
    const { leaves } = segments[sources[index]!]!;
    // Stored of such rules only, which not all leaves are.
    predicates.push(leaves[sources[index + 1]!] as Predicate);
  }
  return predicates;
}
