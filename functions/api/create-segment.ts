import { createSegmentSchema } from '../../shared/http/body-schemas.ts';
import { parseOrRefuse } from '../../shared/problem/problem.ts';
import { planCreate } from '../../shared/segment/save-segment.ts';
import { segmentWriter } from './context.ts';
import { isSilent } from './edit-segment.ts';
import type { Route } from './route.ts';
import { createdAnswer } from './segment-answer.ts';

/** `POST /segments` */
export const createSegment: Route = async (request) => {
  const content = parseOrRefuse(createSegmentSchema, request.body());
  const silent = isSilent(request);
  const segment = await segmentWriter.save((context) => planCreate(content, context, { silent }), request.author);
  return createdAnswer(segment!);
};
