import type { Surroundings } from '../aws/surroundings.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { CatalogMovedError } from '../catalog/catalog-log.ts';
import type { Segment } from '../catalog/segment.ts';
import { Problem } from '../problem/problem.ts';
import type { RunStarter } from '../recalculation/start-run.ts';
import { firstSweep } from './clean-up.ts';
import type { SaveContext, SavePlan } from './save-segment.ts';
import type { SegmentStore } from './segment-store.ts';
import type { CleanUpStarter } from './start-clean-up.ts';

const maximumAttempts = 8;

/** Stores a save as planned against the catalog as it is; answers the segment after it, undefined when it was deleted. */
export interface SegmentWriter {
  readonly save: (plan: (context: SaveContext) => SavePlan, author: string) => Promise<Segment | undefined>;
}

/** Thrown in place of saving. */
export class NotSaved extends Error {
  override name = 'NotSaved';
  readonly plan: SavePlan;

  constructor(plan: SavePlan) {
    super('It was only to be planned');
    this.plan = plan;
  }
}

/** Makes a writer that plans and checks a save as any, and then throws `NotSaved`. */
export function createDryWriter(
  catalog: { current: () => Promise<Catalog> },
  { now, newId }: Pick<Surroundings, 'now' | 'newId'>,
): SegmentWriter {
  return {
    save: async (plan, author) => {
      const { version, known } = await catalog.current();
      throw new NotSaved(plan({ catalogVersion: version, known, now: new Date(now()).toISOString(), author, newId }));
    },
  };
}

/** Makes the writer of segments. */
export function createSegmentWriter(
  store: SegmentStore,
  catalog: { current: () => Promise<Catalog> },
  starter: RunStarter,
  startCleanUp: CleanUpStarter,
  { now, newId, newRunId, pause, note }: Surroundings,
): SegmentWriter {
  const followUp = async ({ before, after, recalculates }: SavePlan, runId: string, savedAt: number): Promise<void> => {
    try {
      if (after && recalculates) await starter.start({ segmentId: after.id, runId });
      if (before && !after) await startCleanUp(firstSweep(before.id, savedAt));
    } catch (error) {
      // The save holds, and what follows from it is stored with it: the minute schedule starts it.
      note(`What follows from a save of ${(after ?? before)?.id} could not be started yet`, error);
    }
  };

  return {
    /**
     * Plans a save against the catalog as it is and stores it as that author's; plans anew when somebody else saved
     * meanwhile. A plan that changes nothing is not stored. Answers the segment after the save; undefined when it was deleted.
     */
    save: async (plan, author) => {
      for (let attempt = 0; attempt < maximumAttempts; attempt++) {
        if (attempt > 0) await pause(attempt);
        const { version, known } = await catalog.current();
        const savedAt = now();
        const planned = plan({ catalogVersion: version, known, now: new Date(savedAt).toISOString(), author, newId });
        if (planned.after && planned.after === planned.before) return planned.after;
        const runId = newRunId(version + 1);
        try {
          await store.save(planned, { runId, now: savedAt });
        } catch (error) {
          if (error instanceof CatalogMovedError) continue;
          throw error;
        }
        await followUp(planned, runId, savedAt);
        return planned.after;
      }
      throw new Problem(429, 'too_many_saves', 'Segments are being saved too often at the same time; try again');
    },
  };
}
