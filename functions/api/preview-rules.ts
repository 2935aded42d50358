import { invalid, notFound, parseOrRefuse } from '../../shared/http/problem.ts';
import { previewSchema } from '../../shared/http/request.ts';
import { walkRules } from '../../shared/rule/rule.ts';
import { catalog, previewer } from './context.ts';
import { previewAnswer } from './preview-answer.ts';
import type { Route } from './route.ts';

/** `POST /preview`: who would match pending rules */
export const previewRules: Route = async ({ body }) => {
  const now = Date.now();
  const { segmentId, timeBudgetMs, ...request } = parseOrRefuse(previewSchema, body());
  const current = await catalog.current();
  if (segmentId !== undefined && !current.known.has(segmentId)) throw notFound('segment', segmentId);
  for (const { rule, path } of walkRules(request.rules)) {
    if (rule.type !== 'segment' || current.known.has(rule.segmentId)) continue;
    const message = `there is no segment ${rule.segmentId}`;
    throw invalid([{ path: `/rules/${path.join('/')}/segmentId`, message }]);
  }
  const question = { ...request, ...(segmentId !== undefined && { segmentId }), now, context: current.context };
  return previewAnswer(question, () => previewer.ask(question, current, now + timeBudgetMs));
};
