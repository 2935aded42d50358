import { previewSchema } from '../../shared/http/body-schemas.ts';
import { notFound, parseOrRefuse } from '../../shared/problem/problem.ts';
import { catalog, previewer } from './context.ts';
import { previewAnswer } from './preview-answer.ts';
import { refuseUnknownSegments } from './refuse-unknown-segments.ts';
import type { Route } from './route.ts';

/** `POST /preview`: who would match pending rules */
export const previewRules: Route = async ({ body }) => {
  const now = Date.now();
  const { segmentId, timeBudgetMs, ...request } = parseOrRefuse(previewSchema, body());
  const current = await catalog.current();
  if (segmentId !== undefined && !current.known.has(segmentId)) throw notFound('segment', segmentId);
  refuseUnknownSegments(request.rules, current.known);
  const question = { ...request, ...(segmentId !== undefined && { segmentId }), now, context: current.context };
  return previewAnswer(question, () => previewer.ask(question, current, now + timeBudgetMs));
};
