import type { Surroundings } from '../aws/surroundings.ts';
import type { Catalog, CatalogSave } from '../catalog/catalog.ts';
import { CatalogMovedError } from '../catalog/catalog-log.ts';
import { Problem } from '../problem/problem.ts';
import type { LevelKind, Levels } from '../rule/levels.ts';
import type { LevelOrder } from '../rule/operator.ts';

const maximumAttempts = 8;

/** Makes the writer of levels; `store` throws `CatalogMovedError` when somebody else saved. */
export function createLevelWriter(
  store: (kind: LevelKind, names: LevelOrder, save: CatalogSave) => Promise<void>,
  catalog: { current: () => Promise<Catalog> },
  startMissingRuns: (catalog: Catalog) => Promise<void>,
  { now, pause, note }: Pick<Surroundings, 'now' | 'pause' | 'note'>,
) {
  return {
    /** Sets the levels of a kind, lowest first, and answers all; the same names again change nothing. */
    save: async (kind: LevelKind, names: LevelOrder): Promise<Levels> => {
      for (let attempt = 0; attempt < maximumAttempts; attempt++) {
        if (attempt > 0) await pause(attempt);
        const { version, context } = await catalog.current();
        const { levels } = context;
        if (JSON.stringify(levels[kind]) === JSON.stringify(names)) return levels;
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
        return { ...levels, [kind]: names };
      }
      throw new Problem(429, 'too_many_saves', 'Segments are being saved too often at the same time; try again');
    },
  };
}
