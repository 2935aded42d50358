import { newRunId } from '../../shared/aws/ids.ts';
import { Problem } from '../../shared/problem/problem.ts';
import { catalog, recalculationStarter, recalculations, segmentOr404 } from './context.ts';
import { parameter, type Route } from './route.ts';
import { segmentAnswer } from './segment-answer.ts';

/** `POST /segments/{segmentId}/recalculate` */
export const recalculateSegment: Route = async (request) => {
  const segment = await segmentOr404(parameter(request, 'segmentId'));
  if (!segment.active) throw new Problem(409, 'segment_inactive', `Segment ${segment.id} is not active`);
  const { version } = await catalog.current();
  const run = await recalculations.begin(segment.id, newRunId(version), Date.now());
  await recalculationStarter.start(run);
  return segmentAnswer(segment, 202);
};
