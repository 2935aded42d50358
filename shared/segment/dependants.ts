import { referredSegments, type Segment } from '../catalog/segment.ts';

/** A segment whose rules name another one, or a segment that depends on that. */
interface Dependant {
  readonly segment: Segment;
  /** Whether its own rules name it. */
  readonly direct: boolean;
}

/** How many segments, active or not, name each one in their own rules; those that nobody names are left out. */
export function referrerCounts(segments: Iterable<Segment>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { rules } of segments) {
    for (const referred of referredSegments(rules)) counts.set(referred, (counts.get(referred) ?? 0) + 1);
  }
  return counts;
}

/** The segments that depend on one, active or not: the direct ones first, then by id. */
export function dependantsOf(segmentId: string, known: ReadonlyMap<string, Segment>): Dependant[] {
  const referrers = new Map<string, Segment[]>();
  for (const segment of known.values()) {
    for (const referred of referredSegments(segment.rules)) {
      const others = referrers.get(referred);
      if (others) others.push(segment);
      else referrers.set(referred, [segment]);
    }
  }
  const found = new Map<string, Dependant>();
  let level = referrers.get(segmentId) ?? [];
  for (let direct = true; level.length > 0; direct = false) {
    const fresh = level.filter(({ id }) => id !== segmentId && !found.has(id));
    for (const segment of fresh) found.set(segment.id, { segment, direct });
    level = fresh.flatMap(({ id }) => referrers.get(id) ?? []);
  }
  const byId = (a: Dependant, b: Dependant) => (a.segment.id < b.segment.id ? -1 : 1);
  return [...found.values()].sort((a, b) => Number(b.direct) - Number(a.direct) || byId(a, b));
}
