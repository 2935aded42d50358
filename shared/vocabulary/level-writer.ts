import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { pauseWithJitter } from '../aws/retries.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { CatalogMovedError } from '../catalog/catalog-log.ts';
import { Problem } from '../problem/problem.ts';
import type { LevelKind, Levels } from '../rule/levels.ts';
import type { LevelOrder } from '../rule/operator.ts';
import { storeLevels } from './level-store.ts';

const maximumAttempts = 8;

/** Stores the order of levels and starts the recalculations it calls for. */
export type LevelWriter = ReturnType<typeof createLevelWriter>;

/** Makes the writer of levels in the segments table. */
export function createLevelWriter(
  documents: DynamoDBDocumentClient,
  table: string,
  catalog: { current: () => Promise<Catalog> },
  startMissingRuns: (catalog: Catalog) => Promise<void>,
) {
  return {
    /** Sets the levels of a kind, lowest first, and answers all; the same names again change nothing. */
    save: async (kind: LevelKind, names: LevelOrder): Promise<Levels> => {
      for (let attempt = 0; attempt < maximumAttempts; attempt++) {
        if (attempt > 0) await pauseWithJitter(attempt);
        const { version, context } = await catalog.current();
        const { levels } = context;
        if (JSON.stringify(levels[kind]) === JSON.stringify(names)) return levels;
        const save = { savedInCatalog: version + 1, savedAt: new Date().toISOString() };
        try {
          await storeLevels(documents, table, kind, names, save);
        } catch (error) {
          if (error instanceof CatalogMovedError) continue;
          throw error;
        }
        try {
          await startMissingRuns(await catalog.current());
        } catch (error) {
          // The save holds, and the minute schedule starts the runs that are missing.
          console.error(`Recalculations for the ${kind} levels could not all be started yet`, error);
        }
        return { ...levels, [kind]: names };
      }
      throw new Problem(429, 'too_many_saves', 'Segments are being saved too often at the same time; try again');
    },
  };
}
