import { segmentOr404 } from './context.ts';
import { parameter, type Route } from './route.ts';
import { etagOf } from './segment-answer.ts';

/** `GET /segments/{segmentId}/rules` */
export const getRules: Route = async (request) => {
  const segment = await segmentOr404(parameter(request, 'segmentId'));
  return { status: 200, headers: etagOf(segment), body: { match: segment.match, rules: segment.rules } };
};
