import type { vocabularyRoutes } from '../../shared/http/routes/vocabulary-routes.ts';
import { notFound } from '../../shared/problem/problem.ts';
import { segmentTemplates } from '../../shared/segment/template.ts';
import { isLevelKind } from '../../shared/vocabulary/levels.ts';
import { vocabularyOf } from '../../shared/vocabulary/vocabulary.ts';
import type { ApiWorld } from './api-world.ts';
import type { HandlersOf } from './handler-of-route.ts';

/** What answers the routes of what rules can be made of. */
export function vocabularyHandlers({
  vocabulary,
  catalog,
  levelWriter,
}: ApiWorld): HandlersOf<typeof vocabularyRoutes> {
  return {
    getVocabulary: async () => {
      const [seen, { context }] = await Promise.all([vocabulary.read(), catalog.current()]);
      return { status: 200, body: vocabularyOf(seen, context.levels) };
    },

    saveLevels: async ({ part, body }) => {
      const kind = part('kind');
      if (!isLevelKind(kind)) throw notFound('kind of levels', kind);
      const { levels } = body();
      return { status: 200, body: { levels: await levelWriter.save(kind, levels) } };
    },

    listTemplates: async () => ({ status: 200, body: { templates: segmentTemplates } }),
  };
}
