import type { SegmentContent } from '../../shared/catalog/segment.ts';
import { changeSegmentSchema } from '../../shared/http/body-schemas.ts';
import { checkIfMatch } from '../../shared/http/if-match.ts';
import { parseOrRefuse } from '../../shared/problem/problem.ts';
import { segmentOr404 } from './context.ts';
import { saveSegment } from './edit-segment.ts';
import { type ApiRequest, type ApiResponse, parameter, type Route } from './route.ts';
import { segmentAnswer } from './segment-answer.ts';

/** `PATCH /segments/{segmentId}` */
export const changeSegment: Route = async (request) => {
  const fields = parseOrRefuse(changeSegmentSchema, request.body());
  const change = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  if (Object.keys(change).length === 0) return unchanged(request);
  return saveSegment(request, () => change as Partial<SegmentContent>);
};

/** A change of nothing makes no revision. */
async function unchanged(request: ApiRequest): Promise<ApiResponse> {
  const segment = await segmentOr404(parameter(request, 'segmentId'));
  checkIfMatch(request.headers['if-match'], segment.revision);
  return segmentAnswer(segment);
}
