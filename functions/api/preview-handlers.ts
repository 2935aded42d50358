import type { Catalog } from '../../shared/catalog/catalog.ts';
import type { previewRoutes } from '../../shared/http/routes/preview-routes.ts';
import type { PreviewAnswer } from '../../shared/preview/ask-preview.ts';
import type { PreviewQuestion } from '../../shared/preview/count-shard.ts';
import { notFound } from '../../shared/problem/problem.ts';
import { planChange } from '../../shared/segment/save-segment.ts';
import { lintRules } from '../../shared/vocabulary/lint.ts';
import type { ApiWorld } from './api-world.ts';
import type { HandlersOf } from './handler-of-route.ts';
import { refuseUnknownSegments } from './refuse-unknown-segments.ts';

/** What answers the routes of previews. */
export function previewHandlers({
  now,
  newId,
  catalog,
  previewer,
  previews,
  vocabulary,
  display,
}: ApiWorld): HandlersOf<typeof previewRoutes> {
  /** Answers a preview with what is odd about its rules. */
  const previewAnswer = async (question: PreviewQuestion, count: () => Promise<PreviewAnswer>) => {
    const [answer, seen] = await Promise.all([count(), vocabulary.read()]);
    const { match, rules, context } = question;
    const warnings = lintRules(match, rules, seen, context.levels, context.eventRetentionDays);
    return { status: 200 as const, body: { ...answer, warnings: [...warnings, ...(answer.warnings ?? [])] } };
  };

  /** Refuses what saving the rules to that segment would refuse. */
  const refuseAsSaving = (
    segmentId: string,
    rules: Pick<PreviewQuestion, 'match' | 'rules'>,
    of: Catalog,
    author: string,
  ) => {
    const before = of.known.get(segmentId);
    if (!before) throw notFound('segment', segmentId);
    const context = { catalogVersion: of.version, known: of.known, now: new Date(now()).toISOString(), author, newId };
    planChange(before, { match: rules.match, rules: rules.rules }, context);
  };

  return {
    previewRules: async ({ body, author }) => {
      const startedAt = now();
      const { segmentId, timeBudgetMs, fresh: isFresh, ...request } = body();
      const current = await catalog.current();
      if (segmentId === undefined) refuseUnknownSegments(request.rules, current.known);
      else refuseAsSaving(segmentId, request, current, author);
      const { context } = current;
      const shownBy = await display.fields();
      const question = {
        ...request,
        ...(segmentId !== undefined && { segmentId }),
        ...{ now: startedAt, context, display: shownBy },
      };
      const asked = { author, isFresh };
      return previewAnswer(question, () => previewer.ask(question, current, startedAt + timeBudgetMs, asked));
    },

    getPreview: async ({ part }) => {
      const previewId = part('previewId');
      const pending = await previews.get(previewId);
      if (!pending) throw notFound('preview', previewId);
      return previewAnswer(pending.question, () => previewer.poll(pending));
    },

    deletePreview: async ({ part }) => {
      const previewId = part('previewId');
      if (!(await previews.get(previewId))) throw notFound('preview', previewId);
      await previews.remove(previewId);
      return { status: 204 };
    },
  };
}
