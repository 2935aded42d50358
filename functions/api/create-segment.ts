import { parseOrRefuse } from '../../shared/http/problem.ts';
import { createSegmentSchema } from '../../shared/http/request.ts';
import { planCreate } from '../../shared/segment/save-segment.ts';
import { segmentWriter } from './context.ts';
import type { Route } from './route.ts';
import { segmentAnswer } from './segment-answer.ts';

/** `POST /segments` */
export const createSegment: Route = async ({ body }) => {
  const content = parseOrRefuse(createSegmentSchema, body());
  const segment = await segmentWriter.save((context) => planCreate(content, context));
  const answer = await segmentAnswer(segment!, 201);
  return { ...answer, headers: { ...answer.headers, location: `/segments/${segment!.id}` } };
};
