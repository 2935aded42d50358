import type { LeadDocument } from '../lead/lead-document.ts';
import { type Slot, slotReader } from '../lead/slot.ts';
import { type Levels, levelKindOf } from '../rule/levels.ts';
import { type Bits, foundBy, hasBit, type Predicate, PredicateIndex, setBit } from './predicate-index.ts';

/** A segment that may have flipped, and whether its rules hold now; undefined: to be evaluated. */
export interface Flip {
  readonly segmentId: string;
  readonly holds: boolean | undefined;
}

/** Pairs in a row: the bit of a predicate, and the number of a conjunction that has it. Never written to once made. */
export type Uses = Int32Array;

/** What the rules of all segments ask of one slot, as plain data. */
export interface PlaceRules {
  /** By bit. Bits of predicates that nobody uses any more are free for others. */
  readonly predicates: readonly (Predicate | undefined)[];
  /** The conjunctions with a predicate, and those with the opposite of one. */
  readonly uses: Uses;
  readonly negatedUses: Uses;
  /** By bit: segments of any other shape with that predicate. */
  readonly shapedUses: ReadonlyMap<number, readonly Flip[]>;
  /** Segments that read the slot as no predicate says: events, and comparisons with the clock. */
  readonly readers: readonly Flip[];
}

/** All rules that read one slot, ready to be asked about its values. */
export interface Place extends PlaceRules {
  readonly read: (document: LeadDocument) => unknown;
  readonly index: PredicateIndex;
}

/** A place of rules that go by these levels. */
export function makePlace(slot: Slot, rules: PlaceRules, levels: Levels): Place {
  const kind = levelKindOf({ type: slot });
  const order = kind ? levels[kind] : [];
  const found = rules.predicates.map((predicate) => predicate && foundBy(predicate, order));
  return { ...rules, read: slotReader(slot), index: new PredicateIndex(found, violatedBy(rules)) };
}

/** How often a place's predicates are part of conjunctions. */
export function useCountOf({ uses, negatedUses }: PlaceRules): number {
  return (uses.length + negatedUses.length) / 2;
}

/** A value rules out the conjunctions with a predicate it does not satisfy, or with the opposite of one it does. */
function violatedBy({ uses, negatedUses }: PlaceRules): (bits: Bits) => Bits {
  let last = -1;
  for (const some of [uses, negatedUses]) {
    for (let index = 1; index < some.length; index += 2) last = Math.max(last, some[index]!);
  }
  const words = 4 * ((last >> 7) + 1);
  return (bits) => {
    const violated = new Int32Array(words);
    for (let index = 0; index < uses.length; index += 2) {
      if (!hasBit(bits, uses[index]!)) setBit(violated, uses[index + 1]!);
    }
    for (let index = 0; index < negatedUses.length; index += 2) {
      if (hasBit(bits, negatedUses[index]!)) setBit(violated, negatedUses[index + 1]!);
    }
    return violated;
  };
}
