import type { Surroundings } from '../aws/surroundings.ts';
import { mapConcurrently } from '../batch/batch.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { segmentsWithoutRun } from './restart.ts';
import type { RunStore } from './run-store.ts';
import type { RunStarter } from './start-run.ts';

/**
 * Begins and starts a run of every active segment that has none since its last save. The catalog is read before the runs:
 * a save that lands in between has a run newer than what is asked for.
 */
export async function startMissingRuns(
  store: Pick<RunStore, 'all' | 'begin'>,
  starter: RunStarter,
  catalog: Catalog,
  { now, newRunId }: Pick<Surroundings, 'now' | 'newRunId'>,
): Promise<void> {
  const missing = segmentsWithoutRun(catalog, await store.all());
  const runId = newRunId(catalog.version);
  const begunAt = now();
  await mapConcurrently(missing, 8, async ({ segment }) => {
    await starter.start(await store.begin(segment.id, runId, begunAt));
  });
}
