import { newId, newRunId } from '../aws/ids.ts';
import { pauseWithJitter } from '../aws/retries.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { CatalogMovedError } from '../catalog/catalog-log.ts';
import type { Segment } from '../catalog/segment.ts';
import { Problem } from '../problem/problem.ts';
import type { createRecalculationStarter } from '../recalculation/start-run.ts';
import { firstSweep } from './clean-up.ts';
import type { SaveContext, SavePlan } from './save-segment.ts';
import type { SegmentStore } from './segment-store.ts';
import type { createCleanUpStarter } from './start-clean-up.ts';

const maximumAttempts = 8;

/** Stores segments and starts the recalculations and clean-ups their saves call for. */
export type SegmentWriter = ReturnType<typeof createSegmentWriter>;

/** Makes the writer of segments. */
export function createSegmentWriter(
  store: SegmentStore,
  catalog: { current: () => Promise<Catalog> },
  starter: ReturnType<typeof createRecalculationStarter>,
  startCleanUp: ReturnType<typeof createCleanUpStarter>,
) {
  const followUp = async ({ before, after, recalculates }: SavePlan, runId: string, now: number): Promise<void> => {
    try {
      if (after && recalculates) await starter.start({ segmentId: after.id, runId });
      if (before && !after) await startCleanUp(firstSweep(before.id, now));
    } catch (error) {
      // The save holds, and what follows from it is stored with it: the minute schedule starts it.
      console.error(`What follows from a save of ${(after ?? before)?.id} could not be started yet`, error);
    }
  };

  return {
    /**
     * Plans a save against the catalog as it is and stores it as that author's; plans anew when somebody else saved
     * meanwhile. Answers the segment after the save; undefined when it was deleted.
     */
    save: async (plan: (context: SaveContext) => SavePlan, author: string): Promise<Segment | undefined> => {
      for (let attempt = 0; attempt < maximumAttempts; attempt++) {
        if (attempt > 0) await pauseWithJitter(attempt);
        const { version, known } = await catalog.current();
        const now = Date.now();
        const planned = plan({ catalogVersion: version, known, now: new Date(now).toISOString(), author, newId });
        const runId = newRunId(version + 1);
        try {
          await store.save(planned, { runId, now });
        } catch (error) {
          if (error instanceof CatalogMovedError) continue;
          throw error;
        }
        await followUp(planned, runId, now);
        return planned.after;
      }
      throw new Problem(429, 'too_many_saves', 'Segments are being saved too often at the same time; try again');
    },
  };
}
