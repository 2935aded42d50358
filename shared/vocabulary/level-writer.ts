import type { Surroundings } from '../aws/surroundings.ts';
import type { Catalog, CatalogSave } from '../catalog/catalog.ts';
import { CatalogMovedError } from '../catalog/catalog-log.ts';
import { Problem } from '../problem/problem.ts';
import type { LevelKind, Levels } from '../rule/levels.ts';
import type { LevelOrder } from '../rule/operator.ts';
import { revisionOfLevels } from './levels.ts';

const maximumAttempts = 8;

/** All levels, and their revision. */
interface SavedLevels {
  readonly levels: Levels;
  readonly revision: number;
}

/** Makes the writer of levels; `store` throws `CatalogMovedError` when somebody else saved. */
export function createLevelWriter(
  store: (kind: LevelKind, names: LevelOrder, save: CatalogSave) => Promise<void>,
  catalog: { current: () => Promise<Catalog> },
  startMissingRuns: (catalog: Catalog) => Promise<void>,
  { now, pause, note }: Pick<Surroundings, 'now' | 'pause' | 'note'>,
) {
  return {
    /**
     * Sets the levels of a kind, lowest first, and answers all, with the revision they are at; the same names again change
     * nothing. `check` throws for a revision that they are not to be saved over.
     */
    save: async (
      kind: LevelKind,
      names: LevelOrder,
      check: (revision: number) => void = () => {},
    ): Promise<SavedLevels> => {
      for (let attempt = 0; attempt < maximumAttempts; attempt++) {
        if (attempt > 0) await pause(attempt);
        const { version, context } = await catalog.current();
        const { levels } = context;
        const revision = revisionOfLevels(context);
        check(revision);
        if (JSON.stringify(levels[kind]) === JSON.stringify(names)) return { levels, revision };
        const save = { savedInCatalog: version + 1, savedAt: new Date(now()).toISOString() };
        try {
          await store(kind, names, save);
        } catch (error) {
          if (error instanceof CatalogMovedError) continue;
          throw error;
        }
        try {
          await startMissingRuns(await catalog.current());
        } catch (error) {
          // The save holds, and the minute schedule starts the runs that are missing.
          note(`Recalculations for the ${kind} levels could not all be started yet`, error);
        }
        return { levels: { ...levels, [kind]: names }, revision: save.savedInCatalog };
      }
      throw new Problem(429, 'too_many_saves', 'Segments are being saved too often at the same time; try again');
    },
  };
}
