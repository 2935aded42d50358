import { createClients } from '../../shared/aws/clients.ts';
import { numericSetting, setting } from '../../shared/aws/environment.ts';
import { createRecalculationStarter } from '../../shared/aws/recalculation-starter.ts';
import { createRecalculationStore } from '../../shared/aws/recalculation-store.ts';
import { createCatalogReader, createSegmentStore } from '../../shared/aws/segment-store.ts';

const { documents, sqs } = createClients();
const table = setting('SEGMENTS_TABLE');
const catalog = createCatalogReader(createSegmentStore(documents, table), numericSetting('EVENT_RETENTION_DAYS'));
const recalculations = createRecalculationStore(documents, table, catalog);
const starter = createRecalculationStarter(recalculations, sqs, setting('REEVALUATIONS_QUEUE_URL'));

/** A run without progress for that long (ms) is started again where it stands. */
const stalledMs = 120_000;

/** Wakes each minute: sends the messages again of recalculations that make no progress. */
export async function handler(): Promise<void> {
  for (const run of await recalculations.all()) {
    if (run.finishedAt !== undefined) continue;
    const progress = await recalculations.progress(run.segmentId, run.runId);
    const moments = [run.startedAt, run.queuedAt ?? '', ...progress.map(({ progressedAt }) => progressedAt)];
    const lastProgressAt = Math.max(...moments.filter(Boolean).map((moment) => Date.parse(moment)));
    if (Date.now() - lastProgressAt > stalledMs) await starter.start(run, progress);
  }
}
