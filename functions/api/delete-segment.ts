import { checkIfMatch } from '../../shared/http/if-match.ts';
import { notFound } from '../../shared/problem/problem.ts';
import { planDelete } from '../../shared/segment/save-segment.ts';
import { segmentWriter } from './context.ts';
import { parameter, type Route } from './route.ts';

/** `DELETE /segments/{segmentId}` */
export const deleteSegment: Route = async (request) => {
  const segmentId = parameter(request, 'segmentId');
  await segmentWriter.save((context) => {
    const before = context.known.get(segmentId);
    if (!before) throw notFound('segment', segmentId);
    checkIfMatch(request.headers['if-match'], before.revision);
    return planDelete(before, context);
  }, request.author);
  return { status: 204 };
};
