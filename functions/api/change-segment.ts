import { parseOrRefuse } from '../../shared/http/problem.ts';
import { changeSegmentSchema } from '../../shared/http/request.ts';
import type { SegmentContent } from '../../shared/segment/save-segment.ts';
import type { Route } from './route.ts';
import { saveSegment } from './save-segment.ts';

/** `PATCH /segments/{segmentId}` */
export const changeSegment: Route = async (request) => {
  const fields = parseOrRefuse(changeSegmentSchema, request.body());
  const change = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  return saveSegment(request, () => change as Partial<SegmentContent>);
};
