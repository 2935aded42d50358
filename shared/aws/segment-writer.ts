import { Problem } from '../http/problem.ts';
import type { Catalog } from '../matcher/catalog.ts';
import type { SaveContext, SavePlan } from '../segment/save-segment.ts';
import type { Segment } from '../segment/segment.ts';
import { pauseWithJitter } from './batch.ts';
import { CatalogMovedError } from './catalog-items.ts';
import { newId, newRunId } from './ids.ts';
import type { createRecalculationStarter } from './recalculation-starter.ts';
import type { SegmentStore } from './segment-store.ts';

const maximumAttempts = 8;

/** Stores segments and starts the recalculations their saves call for. */
export type SegmentWriter = ReturnType<typeof createSegmentWriter>;

/** Makes the writer of segments. */
export function createSegmentWriter(
  store: SegmentStore,
  catalog: { current: () => Promise<Catalog> },
  starter: ReturnType<typeof createRecalculationStarter>,
) {
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
        if (planned.after && planned.recalculates) {
          try {
            await starter.start({ segmentId: planned.after.id, runId });
          } catch (error) {
            // The save holds and its run is stored as queued: the minute schedule starts it.
            console.error(`The recalculation of ${planned.after.id} could not be started yet`, error);
          }
        }
        return planned.after;
      }
      throw new Problem(429, 'too_many_saves', 'Segments are being saved too often at the same time; try again');
    },
  };
}
