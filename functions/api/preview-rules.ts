import { invalid, notFound, parseOrRefuse } from '../../shared/http/problem.ts';
import { previewSchema } from '../../shared/http/request.ts';
import { preview } from '../../shared/preview/preview.ts';
import { lintRules } from '../../shared/rule/lint.ts';
import { walkRules } from '../../shared/rule/rule.ts';
import { catalog, leadPasses, leadTotal, vocabulary } from './context.ts';
import type { Route } from './route.ts';

/** `POST /preview`: who would match pending rules */
export const previewRules: Route = async ({ body }) => {
  const { segmentId, ...request } = parseOrRefuse(previewSchema, body());
  const current = await catalog.current();
  if (segmentId !== undefined && !current.known.has(segmentId)) throw notFound('segment', segmentId);
  for (const { rule, path } of walkRules(request.rules)) {
    if (rule.type !== 'segment' || current.known.has(rule.segmentId)) continue;
    const message = `there is no segment ${rule.segmentId}`;
    throw invalid([{ path: `/rules/${path.join('/')}/segmentId`, message }]);
  }
  const asked = { ...request, ...(segmentId !== undefined && { segmentId }) };
  const totalBefore = await leadTotal.readByShard();
  const [{ preview: answer, leadsByShard }, seen] = await Promise.all([
    preview(leadPasses, current, asked, Date.now()),
    vocabulary.read(),
  ]);
  await leadTotal.correct(leadsByShard, totalBefore);
  const { levels, eventRetentionDays } = current.context;
  const warnings = lintRules(request.match, request.rules, seen, levels, eventRetentionDays);
  return { status: 200, body: { ...answer, warnings } };
};
