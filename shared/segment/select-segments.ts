import { labelsOf, referredSegments, type Segment } from '../catalog/segment.ts';
import { leafRules, type Rule } from '../rule/rule.ts';
import { fold } from '../rule/value.ts';

/** Which segments a list is to have: those that fit all that is given. */
export interface SegmentFilter {
  readonly active?: boolean | undefined;
  /** Part of the name or the description, however it is written. */
  readonly q?: string | undefined;
  /** The whole name, however it is written: there is one at most. */
  readonly name?: string | undefined;
  /** One of its tags, however it is written. */
  readonly tag?: string | undefined;
  /** Who saved it last, however it is written. */
  readonly author?: string | undefined;
  /** The id of a segment that its rules name. */
  readonly refersTo?: string | undefined;
  /** As `fieldsUsed` has them. */
  readonly usesField?: string | undefined;
  readonly ids?: readonly string[] | undefined;
}

/** The segments that fit a filter, as they come. */
export function selectSegments(segments: Iterable<Segment>, filter: SegmentFilter): Segment[] {
  const { active, refersTo, usesField } = filter;
  const [q, name, author, tag] = [filter.q, filter.name, filter.author, filter.tag].map((text) => text && fold(text));
  const ids = filter.ids && new Set(filter.ids);
  return [...segments].filter(
    (segment) =>
      (!ids || ids.has(segment.id)) &&
      (active === undefined || segment.active === active) &&
      (name === undefined || fold(segment.name) === name) &&
      (q === undefined || fold(segment.name).includes(q) || fold(segment.description).includes(q)) &&
      (tag === undefined || (segment.tags ?? []).some((one) => fold(one) === tag)) &&
      (author === undefined || fold(segment.updatedBy ?? '') === author) &&
      (refersTo === undefined || referredSegments(segment.rules).has(refersTo)) &&
      (usesField === undefined || fieldsUsed(segment.rules).has(usesField)),
  );
}

/**
 * What rules read of a lead, as the vocabulary names it: `lead:NAME`, `account:NAME`, `event:TYPE`, `event:TYPE#NAME`; and
 * levels as their rules are named, such as `engagement_level`.
 */
export function fieldsUsed(rules: readonly Rule[]): ReadonlySet<string> {
  const used = leafRules(rules).flatMap((rule): string[] => {
    switch (rule.type) {
      case 'lead_metadata':
        return [`lead:${rule.field}`];
      case 'account_metadata':
        return [`account:${rule.field}`];
      case 'event_metadata': {
        const event = `event:${rule.eventType}`;
        const fields = [rule.field, ...(rule.and ?? []).map(({ field }) => field)];
        return [event, ...fields.flatMap((field) => (field === undefined ? [] : [`${event}#${field}`]))];
      }
      case 'segment':
        return [];
      default:
        return [rule.type];
    }
  });
  return new Set(used);
}

/** What a list of segments can be sorted by. */
export const segmentSortKeys = ['createdAt', 'updatedAt', 'name', 'memberCount'] as const;

/** How a list of segments is sorted. */
export interface SegmentOrder {
  readonly by: (typeof segmentSortKeys)[number];
  readonly descending: boolean;
}

/** A place in a sorted list: after the segment with that id, which was sorted by that key. Neither needs to be there still. */
export interface SegmentPlace {
  readonly key: string | number;
  readonly id: string;
}

/** An answer of Lambda has 6 MB: a UTF-16 unit takes up to three bytes. */
const maximumTextLength = 1_500_000;

const names = new Intl.Collator('en', { numeric: true });

/** A page of the segments after that place; `next`, where the rest begins, where there is one. `counts`: of members. */
export function sortedPage(
  segments: readonly Segment[],
  { by, descending }: SegmentOrder,
  { after, limit }: { readonly after: SegmentPlace | undefined; readonly limit: number },
  counts: ReadonlyMap<string, number>,
): { readonly segments: readonly Segment[]; readonly next?: SegmentPlace } {
  const keyOf = (segment: Segment) => (by === 'memberCount' ? (counts.get(segment.id) ?? 0) : segment[by]);
  const direction = descending ? -1 : 1;
  // Names that are sorted alike, and equal keys, are told apart by the ids: those sort by age.
  const compare = (a: SegmentPlace, b: SegmentPlace) =>
    direction * (compareKeys(a.key, b.key, by) || (a.id < b.id ? -1 : Number(a.id > b.id)));
  const placed = segments
    .map((segment) => ({ segment, id: segment.id, key: keyOf(segment) }))
    .filter((place) => !after || compare(place, after) > 0)
    .sort(compare);
  const shown = placed.slice(0, countWithin(placed, limit));
  const last = shown.at(-1);
  const hasMore = placed.length > shown.length;
  return {
    segments: shown.map(({ segment }) => segment),
    ...(hasMore && last && { next: { key: last.key, id: last.id } }),
  };
}

/** How many of the first segments fit on a page, one at least. */
function countWithin(placed: readonly { readonly segment: Segment }[], limit: number): number {
  let count = 0;
  let length = 0;
  for (const { segment } of placed.slice(0, limit)) {
    const { tags, metadata } = labelsOf(segment);
    length += JSON.stringify([segment.name, segment.description, tags, metadata]).length;
    if (count > 0 && length > maximumTextLength) break;
    count++;
  }
  return count;
}

function compareKeys(a: string | number, b: string | number, by: SegmentOrder['by']): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (by === 'name') return names.compare(String(a), String(b));
  return a < b ? -1 : Number(a > b);
}
