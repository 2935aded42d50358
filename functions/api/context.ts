import { createS3Client } from '../../shared/aws/object-storage.ts';
import { queueDepth, senderTo } from '../../shared/aws/send-messages.ts';
import { numericSetting, setting } from '../../shared/aws/settings.ts';
import { surroundings } from '../../shared/aws/surroundings.ts';
import type { Segment } from '../../shared/catalog/segment.ts';
import type { ExportMessage } from '../../shared/export/export.ts';
import { createExportFiles } from '../../shared/export/export-file-store.ts';
import { createExportStore } from '../../shared/export/export-store.ts';
import { createCsvReader } from '../../shared/export/member-csv.ts';
import { createFreshnessStore } from '../../shared/freshness/freshness-store.ts';
import { createQueueHealth } from '../../shared/freshness/queue-health.ts';
import type { LeadWork } from '../../shared/membership/evaluate-leads.ts';
import { createPreviewer } from '../../shared/preview/ask-preview.ts';
import { createPreviewStore } from '../../shared/preview/preview-store.ts';
import { isPossibleId } from '../../shared/problem/input-limits.ts';
import { notFound } from '../../shared/problem/problem.ts';
import { createActivityStore } from '../../shared/projection/activity-store.ts';
import { createMemberCounts } from '../../shared/projection/member-count-store.ts';
import { createMembershipStore } from '../../shared/projection/member-list-store.ts';
import { createTransitionStore } from '../../shared/projection/transition-store.ts';
import { startMissingRuns } from '../../shared/recalculation/begin-missing-runs.ts';
import { createRecalculationStore } from '../../shared/recalculation/run-store.ts';
import { createRecalculationStarter } from '../../shared/recalculation/start-run.ts';
import { createReconciliationStore } from '../../shared/reconciliation/reconciliation-store.ts';
import { createCleanUpStore } from '../../shared/segment/clean-up-store.ts';
import { createRevisionStore } from '../../shared/segment/revision-store.ts';
import { createSegmentView } from '../../shared/segment/segment-view.ts';
import { createSegmentWriter } from '../../shared/segment/segment-writer.ts';
import { createCleanUpStarter } from '../../shared/segment/start-clean-up.ts';
import { storeLevels } from '../../shared/vocabulary/level-store.ts';
import { createLevelWriter } from '../../shared/vocabulary/level-writer.ts';
import { createVocabularyStore } from '../../shared/vocabulary/vocabulary-store.ts';
import { createLeadStores, evaluateAndFollowUp } from '../lead-stores.ts';

const segmentsTable = setting('SEGMENTS_TABLE');
const stores = createLeadStores();
const { clients, segments, catalog } = stores;

export const { leads, leadTotal, events } = stores;
export { catalog, segments };
export const memberCounts = createMemberCounts(clients.dynamodb, setting('MEMBERSHIPS_TABLE'));
export const memberships = createMembershipStore(clients.dynamodb, setting('MEMBERSHIPS_TABLE'));
export const transitions = createTransitionStore(
  clients.dynamodb,
  setting('TRANSITIONS_TABLE'),
  numericSetting('TRANSITION_RETENTION_DAYS'),
);
export const activity = createActivityStore(clients.dynamodb, {
  memberships: setting('MEMBERSHIPS_TABLE'),
  transitions: setting('TRANSITIONS_TABLE'),
});
export const revisions = createRevisionStore(clients.documents, segmentsTable);
export const recalculations = createRecalculationStore(clients.documents, segmentsTable, catalog);
const sendJobs = senderTo(clients.sqs, setting('JOBS_QUEUE_URL'));
export const recalculationStarter = createRecalculationStarter(recalculations, sendJobs, surroundings);
export const segmentWriter = createSegmentWriter(
  segments,
  catalog,
  recalculationStarter,
  createCleanUpStarter(createCleanUpStore(clients.documents, segmentsTable), sendJobs, surroundings),
  surroundings,
);
export const levelWriter = createLevelWriter(
  (kind, names, save) => storeLevels(clients.documents, segmentsTable, kind, names, save),
  catalog,
  (current) => startMissingRuns(recalculations, recalculationStarter, current, surroundings),
  surroundings,
);
export const previews = createPreviewStore(clients.documents, segmentsTable);
export const previewer = createPreviewer({
  ...surroundings,
  scan: stores.leads.scan,
  eventPages: stores.events.pagesFrom,
  catalog,
  leadTotal: stores.leadTotal,
  previews,
  send: sendJobs,
});
export const readMembersAsCsv = createCsvReader(memberships, leads);
export const exportJobs = createExportStore(clients.documents, segmentsTable);
export const exportFiles = createExportFiles(createS3Client(), setting('EXPORTS_BUCKET'));
/** Asks for an export to be written. */
export const queueExport = (message: ExportMessage) => sendJobs([{ body: JSON.stringify(message) }]);
export const vocabulary = createVocabularyStore(clients.documents, segmentsTable);
export const queueHealth = createQueueHealth({
  ...surroundings,
  depthOf: (name) => queueDepth(clients.sqs, setting(`${name}_QUEUE_URL`)),
  notes: createFreshnessStore(clients.documents, segmentsTable),
});
export const reconciliations = createReconciliationStore(clients.documents, segmentsTable);
export const segmentView = createSegmentView({
  memberCounts,
  recalculations,
  leadTotal,
  freshAsOf: queueHealth.freshAsOf,
});
/** Where answers to repeated requests are kept. */
export const idempotency = { table: segmentsTable, client: clients.dynamodb };

/** Evaluates leads as every writer does. */
export const evaluate = (work: readonly LeadWork[]) => evaluateAndFollowUp(stores, work);

/** The segment, or 404. */
export async function segmentOr404(segmentId: string): Promise<Segment> {
  const segment = isPossibleId(segmentId) ? await segments.get(segmentId) : undefined;
  if (!segment) throw notFound('segment', segmentId);
  return segment;
}
