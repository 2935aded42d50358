import type { Catalog } from '../../shared/catalog/catalog.ts';
import type { Segment } from '../../shared/catalog/segment.ts';
import { describeRules, type SegmentNames } from '../../shared/rule/describe.ts';
import type { ApiWorld } from './api-world.ts';

/** The header that names a segment's revision, for `If-Match`. */
export function etagOf({ revision }: Segment): { etag: string } {
  return { etag: `"${revision}"` };
}

/** How sentences name the segments that rules refer to: by name; by id what was deleted since. */
export function segmentNames({ known }: Catalog): SegmentNames {
  return (segmentId) => known.get(segmentId)?.name ?? segmentId;
}

/** A segment as an answer: with its rules as a sentence, and its revision as ETag. */
export async function segmentAnswer({ segmentView, catalog }: ApiWorld, segment: Segment) {
  const [shown, current] = await Promise.all([segmentView.one(segment), catalog.current()]);
  const sentence = describeRules(segment.match, segment.rules, segmentNames(current));
  return { status: 200 as const, headers: etagOf(segment), body: { ...shown, sentence } };
}

/** 201 with a new segment and its place. */
export async function createdAnswer(world: ApiWorld, segment: Segment) {
  const { headers, body } = await segmentAnswer(world, segment);
  return { status: 201 as const, headers: { ...headers, location: `/segments/${segment.id}` }, body };
}
