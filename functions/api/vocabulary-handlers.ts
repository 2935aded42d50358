import { checkIfMatch } from '../../shared/http/if-match.ts';
import type { vocabularyRoutes } from '../../shared/http/routes/vocabulary-routes.ts';
import { notFound, Problem } from '../../shared/problem/problem.ts';
import { segmentTemplates } from '../../shared/segment/template.ts';
import { type HiddenNames, withoutHidden } from '../../shared/vocabulary/hidden.ts';
import { isLevelKind, revisionOfLevels } from '../../shared/vocabulary/levels.ts';
import { vocabularyOf } from '../../shared/vocabulary/vocabulary.ts';
import type { ApiWorld } from './api-world.ts';
import type { HandlersOf } from './handler-of-route.ts';

const maximumAttempts = 8;
const what = 'What rules can use';

/** The revision of the levels and of what is hidden, as one. */
const revisionOf = (levels: number, { revision }: HiddenNames) => `${levels}.${revision}`;
const etagOf = (levels: number, hidden: HiddenNames) => ({ etag: `"${revisionOf(levels, hidden)}"` });

/** What answers the routes of what rules can be made of. */
export function vocabularyHandlers({
  vocabulary,
  catalog,
  levelWriter,
  hiddenNames,
  pause,
}: ApiWorld): HandlersOf<typeof vocabularyRoutes> {
  return {
    getVocabulary: async () => {
      const [seen, { context }, hidden] = await Promise.all([vocabulary.read(), catalog.current(), hiddenNames.read()]);
      const offered = vocabularyOf(withoutHidden(seen, hidden.names), context.levels);
      const headers = etagOf(revisionOfLevels(context), hidden);
      return { status: 200, headers, body: { ...offered, hidden: hidden.names } };
    },

    saveLevels: async ({ part, body, ifMatch }) => {
      const kind = part('kind');
      if (!isLevelKind(kind)) throw notFound('kind of levels', kind);
      const sent = body();
      const hidden = await hiddenNames.read();
      const check = (levelsAt: number) => checkIfMatch(ifMatch, revisionOf(levelsAt, hidden), what);
      const { levels, revision } = await levelWriter.save(kind, sent.levels, check);
      return { status: 200, headers: etagOf(revision, hidden), body: { levels } };
    },

    saveHidden: async ({ body, ifMatch }) => {
      const { hidden: names } = body();
      for (let attempt = 0; attempt < maximumAttempts; attempt++) {
        if (attempt > 0) await pause(attempt);
        const [{ context }, before] = await Promise.all([catalog.current(), hiddenNames.read()]);
        const levelsAt = revisionOfLevels(context);
        checkIfMatch(ifMatch, revisionOf(levelsAt, before), what);
        const isSame = JSON.stringify(names) === JSON.stringify(before.names);
        if (!isSame && !(await hiddenNames.follow(before.revision, names))) continue;
        const after = isSame ? before : { names, revision: before.revision + 1 };
        return { status: 200, headers: etagOf(levelsAt, after), body: { hidden: names } };
      }
      throw new Problem(429, 'too_many_saves', `${what} is being saved too often at the same time; try again`);
    },

    listTemplates: async () => ({ status: 200, body: { templates: segmentTemplates } }),
  };
}
