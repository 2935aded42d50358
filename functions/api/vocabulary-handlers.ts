import { checkIfMatch } from '../../shared/http/if-match.ts';
import type { vocabularyRoutes } from '../../shared/http/routes/vocabulary-routes.ts';
import { notFound } from '../../shared/problem/problem.ts';
import { segmentTemplates } from '../../shared/segment/template.ts';
import { isLevelKind, revisionOfLevels } from '../../shared/vocabulary/levels.ts';
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
      const headers = { etag: `"${revisionOfLevels(context)}"` };
      return { status: 200, headers, body: vocabularyOf(seen, context.levels) };
    },

    saveLevels: async ({ part, body, ifMatch }) => {
      const kind = part('kind');
      if (!isLevelKind(kind)) throw notFound('kind of levels', kind);
      const check = (revision: number) => checkIfMatch(ifMatch, revision, 'What rules can use');
      const { levels, revision } = await levelWriter.save(kind, body().levels, check);
      return { status: 200, headers: { etag: `"${revision}"` }, body: { levels } };
    },

    listTemplates: async () => ({ status: 200, body: { templates: segmentTemplates } }),
  };
}
