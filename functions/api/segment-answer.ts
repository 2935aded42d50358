import type { Segment } from '../../shared/segment/segment.ts';
import { segmentView } from './context.ts';
import type { ApiResponse } from './route.ts';

/** The header that names a segment's revision, for `If-Match`. */
export function etagOf({ revision }: Segment): { etag: string } {
  return { etag: `"${revision}"` };
}

/** A segment as an answer, with its revision as ETag. */
export async function segmentAnswer(segment: Segment, status = 200): Promise<ApiResponse> {
  return { status, headers: etagOf(segment), body: await segmentView.one(segment) };
}
