import type { Catalog, CompiledSegment } from '../catalog/catalog.ts';
import { catalogVersionOf, type Recalculation } from './recalculation.ts';

/**
 * The active segments that no run was begun for since their last save. A segment's own save begins its run with it; a
 * change of levels is a save of too many segments for that, and may die before it has begun them all.
 */
export function segmentsWithoutRun(catalog: Catalog, runs: readonly Recalculation[]): CompiledSegment[] {
  const begunIn = new Map(runs.map(({ segmentId, runId }) => [segmentId, catalogVersionOf(runId)]));
  return [...catalog.active.values()].filter(({ segment, lastSave }) => {
    const version = begunIn.get(segment.id);
    return version === undefined || version < lastSave.savedInCatalog;
  });
}
