import type { Catalog } from '../../shared/catalog/catalog.ts';
import type { Segment } from '../../shared/catalog/segment.ts';
import { describeRules, type SegmentNames } from '../../shared/rule/describe.ts';
import { catalog, segmentView } from './context.ts';
import type { ApiResponse } from './route.ts';

/** The header that names a segment's revision, for `If-Match`. */
export function etagOf({ revision }: Segment): { etag: string } {
  return { etag: `"${revision}"` };
}

/** How sentences name the segments that rules refer to: by name; by id what was deleted since. */
export function segmentNames({ known }: Catalog): SegmentNames {
  return (segmentId) => known.get(segmentId)?.name ?? segmentId;
}

/** A segment as an answer: with its rules as a sentence, and its revision as ETag. */
export async function segmentAnswer(segment: Segment, status = 200): Promise<ApiResponse> {
  const [shown, current] = await Promise.all([segmentView.one(segment), catalog.current()]);
  const sentence = describeRules(segment.match, segment.rules, segmentNames(current));
  return { status, headers: etagOf(segment), body: { ...shown, sentence } };
}

/** 201 with a new segment and its place. */
export async function createdAnswer(segment: Segment): Promise<ApiResponse> {
  const answer = await segmentAnswer(segment, 201);
  return { ...answer, headers: { ...answer.headers, location: `/segments/${segment.id}` } };
}
