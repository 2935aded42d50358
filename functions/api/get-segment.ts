import { segmentOr404 } from './context.ts';
import { parameter, type Route } from './route.ts';
import { segmentAnswer } from './segment-answer.ts';

/** `GET /segments/{segmentId}` */
export const getSegment: Route = async (request) => segmentAnswer(await segmentOr404(parameter(request, 'segmentId')));
