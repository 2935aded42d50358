import { newRunId } from '../aws/ids.ts';
import { mapConcurrently } from '../batch/batch.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { segmentsWithoutRun } from './missing-runs.ts';
import type { RecalculationStore } from './run-store.ts';
import type { createRecalculationStarter } from './start-run.ts';

/**
 * Begins and starts a run of every active segment that has none since its last save. The catalog is read before the runs:
 * a save that lands in between has a run newer than what is asked for.
 */
export async function startMissingRuns(
  store: RecalculationStore,
  starter: ReturnType<typeof createRecalculationStarter>,
  catalog: Catalog,
): Promise<void> {
  const missing = segmentsWithoutRun(catalog, await store.all());
  const runId = newRunId(catalog.version);
  const now = Date.now();
  await mapConcurrently(missing, 8, async ({ segment }) => {
    await starter.start(await store.begin(segment.id, runId, now));
  });
}
