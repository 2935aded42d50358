import { notFound } from '../../shared/problem/problem.ts';
import { planRestore } from '../../shared/segment/save-segment.ts';
import { revisions, segmentOr404 } from './context.ts';
import { planStoredSegment } from './edit-segment.ts';
import { parameter, type Route } from './route.ts';
import { segmentAnswer } from './segment-answer.ts';

/** `POST /segments/{segmentId}/revisions/{revision}/restore` */
export const restoreRevision: Route = async (request) => {
  const segment = await segmentOr404(parameter(request, 'segmentId'));
  const number = parameter(request, 'revision');
  const isPossible = /^[1-9]\d{0,11}$/.test(number);
  const revision = isPossible ? await revisions.get(segment.id, Number(number)) : undefined;
  if (!revision) throw notFound('revision', number);
  const restored = await planStoredSegment(request, (before, context, options) =>
    planRestore(before, revision, context, options),
  );
  return segmentAnswer(restored);
};
