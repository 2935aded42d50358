import { checkIfMatch } from '../../shared/http/if-match.ts';
import type { vocabularyRoutes } from '../../shared/http/routes/vocabulary-routes.ts';
import { notFound, Problem } from '../../shared/problem/problem.ts';
import { segmentTemplates } from '../../shared/segment/template.ts';
import { type DisplayFields, guessDisplay } from '../../shared/vocabulary/display.ts';
import { withoutHidden } from '../../shared/vocabulary/hidden.ts';
import { isLevelKind, revisionOfLevels } from '../../shared/vocabulary/levels.ts';
import type { SettingStore } from '../../shared/vocabulary/setting-store.ts';
import { leadFieldsOf, vocabularyOf } from '../../shared/vocabulary/vocabulary.ts';
import type { ApiWorld } from './api-world.ts';
import type { HandlersOf } from './handler-of-route.ts';

const maximumAttempts = 8;
/** How long values are counted; of what there is no time for, a part is told. */
const countingMs = 3_000;
const what = 'What rules can use';

/** How often each part of what rules can use was changed. */
interface Revisions {
  readonly levels: number;
  readonly hidden: number;
  readonly display: number;
}

/** All of it has one ETag. */
const revisionOf = ({ levels, hidden, display }: Revisions) => `${levels}.${hidden}.${display}`;
const etagOf = (revisions: Revisions) => ({ etag: `"${revisionOf(revisions)}"` });

/** What answers the routes of what rules can be made of. */
export function vocabularyHandlers({
  vocabulary,
  catalog,
  levelWriter,
  hiddenNames,
  display,
  previewer,
  now,
  pause,
}: ApiWorld): HandlersOf<typeof vocabularyRoutes> {
  const readSettings = async () => {
    const [{ context }, hidden, shownBy] = await Promise.all([catalog.current(), hiddenNames.read(), display.read()]);
    const settings = { hidden: { ...hidden, value: hidden.value ?? [] }, display: shownBy };
    const revisions = { levels: revisionOfLevels(context), hidden: hidden.revision, display: shownBy.revision };
    return { context, settings, revisions };
  };

  /** Saves one of the settings, as often as others save at the same time. Answers the ETag. */
  const saveSetting = async <Value>(
    name: 'hidden' | 'display',
    value: Value,
    follow: SettingStore<Value>['follow'],
    ifMatch: string | undefined,
  ) => {
    for (let attempt = 0; attempt < maximumAttempts; attempt++) {
      if (attempt > 0) await pause(attempt);
      const { settings, revisions } = await readSettings();
      checkIfMatch(ifMatch, revisionOf(revisions), what);
      if (JSON.stringify(value) === JSON.stringify(settings[name].value)) return etagOf(revisions);
      if (await follow(revisions[name], value)) return etagOf({ ...revisions, [name]: revisions[name] + 1 });
    }
    throw new Problem(429, 'too_many_saves', `${what} is being saved too often at the same time; try again`);
  };

  return {
    getVocabulary: async () => {
      const [seen, { context, settings, revisions }] = await Promise.all([vocabulary.read(), readSettings()]);
      const hidden = settings.hidden.value;
      const guess = () => ({ ...guessDisplay(leadFieldsOf(seen)), isGuess: true as const });
      const shownBy = settings.display.value ?? guess();
      const body = { ...vocabularyOf(withoutHidden(seen, hidden), context.levels), hidden, display: shownBy };
      return { status: 200, headers: etagOf(revisions), body };
    },

    countValues: async ({ query, author }) => {
      const { values, leads, exact } = await previewer.countValues(query().field, now() + countingMs, author);
      return { status: 200, body: { values, leads, exact } };
    },

    saveLevels: async ({ part, body, ifMatch }) => {
      const kind = part('kind');
      if (!isLevelKind(kind)) throw notFound('kind of levels', kind);
      const sent = body();
      const { revisions } = await readSettings();
      const check = (levels: number) => checkIfMatch(ifMatch, revisionOf({ ...revisions, levels }), what);
      const { levels, revision } = await levelWriter.save(kind, sent.levels, check);
      return { status: 200, headers: etagOf({ ...revisions, levels: revision }), body: { levels } };
    },

    saveHidden: async ({ body, ifMatch }) => {
      const { hidden } = body();
      return {
        status: 200,
        headers: await saveSetting('hidden', hidden, hiddenNames.follow, ifMatch),
        body: { hidden },
      };
    },

    saveDisplay: async ({ body, ifMatch }) => {
      const fields: DisplayFields = body();
      const headers = await saveSetting('display', fields, display.follow, ifMatch);
      return { status: 200, headers, body: { display: fields } };
    },

    listTemplates: async () => ({ status: 200, body: { templates: segmentTemplates } }),
  };
}
