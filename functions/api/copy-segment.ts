import { copySegmentSchema } from '../../shared/http/body-schemas.ts';
import { notFound, parseOrRefuse } from '../../shared/problem/problem.ts';
import { planCopy } from '../../shared/segment/copy-segment.ts';
import { segmentWriter } from './context.ts';
import { parameter, type Route } from './route.ts';
import { createdAnswer } from './segment-answer.ts';

/** `POST /segments/{segmentId}/copy` */
export const copySegment: Route = async (request) => {
  const segmentId = parameter(request, 'segmentId');
  const { name } = parseOrRefuse(copySegmentSchema, request.body({}));
  const copy = await segmentWriter.save((context) => {
    const original = context.known.get(segmentId);
    if (!original) throw notFound('segment', segmentId);
    return planCopy(original, name, context);
  }, request.author);
  return createdAnswer(copy!);
};
