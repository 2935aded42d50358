import type { KeyedHash } from '../privacy/keyed-hash.ts';
import type { ValueKind } from '../rule/value.ts';
import type { Mention } from './mentions.ts';
import type { SeenField } from './vocabulary.ts';

/** Of whose ids a value is known before it is kept: fewer could be told from it. */
export const sharedByAtLeast = 5;
/** What was not seen for so many days is forgotten. */
export const forgottenAfterDays = 90;
/** How many values of a field are kept for the rule builder. */
export const maximumSeenValues = 50;

/** Values that are counted at a time, and for how many days one keeps its place although nobody more was seen with it. */
const maximumCandidates = 20;
const candidateDays = 7;
/** How old (days) a moment may be before it is stored anew: each costs a write. */
const refreshedAfterDays = 7;

/** A value that too few share: a keyed hash of it, and those of whom it was seen with. */
interface Candidate {
  readonly hashes: readonly string[];
  /** The day somebody more was seen with it. */
  readonly day: number;
}

/** What is stored of one field or event type. Days are those since 1970, each at most a week before the last time it was seen. */
export interface SeenPlace {
  readonly day: number;
  readonly kinds: Readonly<Partial<Record<ValueKind, number>>>;
  readonly values: Readonly<Record<string, number>>;
  readonly candidates: Readonly<Record<string, Candidate>>;
}

/** A place of which nothing was seen before that day. */
export const unseenPlace = (day: number): SeenPlace => ({ day, kinds: {}, values: {}, candidates: {} });

/**
 * The place after a mention; the same object when that is no news. A value is counted by keyed hashes, of itself and of
 * those it was seen with, until `sharedByAtLeast` share it; only then it is kept as it is.
 */
export function noteMention(
  place: string,
  before: SeenPlace,
  { kinds, values }: Mention,
  today: number,
  hash: KeyedHash,
): SeenPlace {
  const remembered = withoutForgotten(before, today);
  const [seenKinds, seenValues] = [
    new Map(Object.entries(remembered.kinds)),
    new Map(Object.entries(remembered.values)),
  ];
  const candidates = new Map(Object.entries(remembered.candidates));
  let isNews = isOld(before.day, today);
  const refresh = (days: Map<string, number>, name: string) => {
    const day = days.get(name);
    if (day !== undefined && !isOld(day, today)) return;
    days.set(name, today);
    isNews = true;
  };
  for (const kind of kinds) refresh(seenKinds, kind);
  for (const [value, about] of values) {
    if (seenValues.has(value)) refresh(seenValues, value);
    else if (seenValues.size < maximumSeenValues) {
      const key = hash(`value ${place} ${value}`);
      const known = candidates.get(key);
      if (!known && about.size < sharedByAtLeast && !makeRoom(candidates, today)) continue;
      const some = [...about].slice(0, sharedByAtLeast).map((id) => hash(`seen with ${id}`).slice(0, 11));
      const hashes = [...new Set([...(known?.hashes ?? []), ...some])];
      if (hashes.length >= sharedByAtLeast) {
        candidates.delete(key);
        refresh(seenValues, value);
      } else if (hashes.length > (known?.hashes.length ?? 0)) {
        candidates.set(key, { hashes, day: today });
        isNews = true;
      }
    }
  }
  if (!isNews) return before;
  return {
    day: today,
    kinds: Object.fromEntries(seenKinds),
    values: Object.fromEntries(seenValues),
    candidates: Object.fromEntries(candidates),
  };
}

/** Whether nothing else is told of a place than before: what differs are counts of values that too few share. */
export function tellsTheSame(before: SeenPlace, after: SeenPlace): boolean {
  const told = ({ kinds, values }: SeenPlace) => JSON.stringify([kinds, values]);
  return told(before) === told(after) && before.day === after.day;
}

/** What is told of a place on that day. */
export function sightingOf(seen: SeenPlace, today: number): SeenField {
  const { kinds, values } = withoutForgotten(seen, today);
  return { kinds: new Set(Object.keys(kinds) as ValueKind[]), values: new Set(Object.keys(values)) };
}

const isOld = (day: number, today: number) => today - day >= refreshedAfterDays;

function withoutForgotten({ day, kinds, values, candidates }: SeenPlace, today: number): SeenPlace {
  const isRemembered = (seenOn: number) => today - seenOn < forgottenAfterDays;
  const recent = (days: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(days).filter(([, seenOn]) => isRemembered(seenOn)));
  const counted = Object.entries(candidates).filter(([, candidate]) => isRemembered(candidate.day));
  return { day, kinds: recent(kinds), values: recent(values), candidates: Object.fromEntries(counted) };
}

/** Whether one more can be counted; the one that waited longest gives way, if that is long. */
function makeRoom(candidates: Map<string, Candidate>, today: number): boolean {
  if (candidates.size < maximumCandidates) return true;
  const [oldest] = [...candidates].sort(([, a], [, b]) => a.day - b.day);
  return oldest !== undefined && today - oldest[1].day >= candidateDays && candidates.delete(oldest[0]);
}
