import { type Clients, createClients } from '../aws/clients.ts';
import { queueDepth } from '../aws/send-messages.ts';
import { numericSetting, setting } from '../aws/settings.ts';
import { createCatalogReader } from '../catalog/catalog-reader.ts';
import { createSegmentStore } from '../segment/segment-store.ts';
import { startMissingRuns } from './begin-missing-runs.ts';
import type { Recalculation } from './recalculation.ts';
import { restartStep, restartsSinceProgress } from './restart.ts';
import { createRecalculationStore } from './run-store.ts';
import { createRecalculationStarter } from './start-run.ts';

/**
 * The minute schedule of recalculations: begins the runs that a save did not come to begin, sends the messages of runs
 * that make no progress again, ends those as failed that this does not help, and tries failed ones again when their time
 * has come. Of an inactive segment none goes on: its next activation begins its own.
 */
export function createRecalculationRestarter({ documents, sqs }: Clients = createClients()): () => Promise<void> {
  const table = setting('SEGMENTS_TABLE');
  const queueUrl = setting('REEVALUATIONS_QUEUE_URL');
  const catalog = createCatalogReader(createSegmentStore(documents, table), numericSetting('EVENT_RETENTION_DAYS'));
  const recalculations = createRecalculationStore(documents, table, catalog);
  const starter = createRecalculationStarter(recalculations, sqs, queueUrl);

  const lookAfter = async (run: Recalculation, isQueueEmpty: boolean): Promise<void> => {
    const progress = await recalculations.progress(run.segmentId, run.runId);
    const now = Date.now();
    switch (restartStep(run, progress, { now, isQueueEmpty })) {
      case 'send_again':
        return starter.start(run, progress, restartsSinceProgress(run, progress) + 1);
      case 'give_up':
        return recalculations.giveUp(run);
      case 'retry':
        if (!(await recalculations.beginNextAttempt(run, now))) return;
        return starter.start({ ...run, attempt: (run.attempt ?? 1) + 1 }, progress);
      case 'wait':
    }
  };

  return async () => {
    await startMissingRuns(recalculations, starter, await catalog.current());
    const open = (await recalculations.all()).filter(({ state }) => state !== 'done');
    if (open.length === 0) return;
    // After the runs, so that the catalog knows every activation that began one.
    const [{ active }, { waiting }] = await Promise.all([catalog.current(), queueDepth(sqs, queueUrl)]);
    for (const run of open) {
      if (active.has(run.segmentId)) await lookAfter(run, waiting === 0);
      else await recalculations.forget(run);
    }
  };
}
