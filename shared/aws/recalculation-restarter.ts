import { type Clients, createClients } from './clients.ts';
import { numericSetting, setting } from './environment.ts';
import { startMissingRuns } from './missing-runs.ts';
import { createRecalculationStarter } from './recalculation-starter.ts';
import { createRecalculationStore } from './recalculation-store.ts';
import { createCatalogReader, createSegmentStore } from './segment-store.ts';

/** A run without progress for that long (ms) is started again where it stands. */
const stalledMs = 120_000;

/**
 * The minute schedule of recalculations: begins the runs that a save did not come to begin, and sends the messages again
 * of runs that make no progress. Of an inactive segment none goes on: its next activation begins its own.
 */
export function createRecalculationRestarter({ documents, sqs }: Clients = createClients()): () => Promise<void> {
  const table = setting('SEGMENTS_TABLE');
  const catalog = createCatalogReader(createSegmentStore(documents, table), numericSetting('EVENT_RETENTION_DAYS'));
  const recalculations = createRecalculationStore(documents, table, catalog);
  const starter = createRecalculationStarter(recalculations, sqs, setting('REEVALUATIONS_QUEUE_URL'));
  return async () => {
    const current = await catalog.current();
    await startMissingRuns(recalculations, starter, current);
    for (const run of await recalculations.all()) {
      if (run.finishedAt !== undefined || !current.active.has(run.segmentId)) continue;
      const progress = await recalculations.progress(run.segmentId, run.runId);
      const moments = [run.startedAt, run.queuedAt ?? '', ...progress.map(({ progressedAt }) => progressedAt)];
      const lastProgressAt = Math.max(...moments.filter(Boolean).map((moment) => Date.parse(moment)));
      if (Date.now() - lastProgressAt > stalledMs) await starter.start(run, progress);
    }
  };
}
