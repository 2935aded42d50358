import { createActivityStore } from '../../shared/aws/activity-store.ts';
import { createCleanUpStarter } from '../../shared/aws/clean-up-starter.ts';
import { createCleanUpStore } from '../../shared/aws/clean-up-store.ts';
import { numericSetting, setting } from '../../shared/aws/environment.ts';
import { createExportFiles } from '../../shared/aws/export-file.ts';
import { createExportStore } from '../../shared/aws/export-store.ts';
import { createLeadStores, evaluateAndFollowUp } from '../../shared/aws/lead-evaluation.ts';
import { createLevelWriter } from '../../shared/aws/level-writer.ts';
import { createMemberCounts } from '../../shared/aws/member-counts.ts';
import { createCsvReader } from '../../shared/aws/member-csv.ts';
import { createMembershipStore } from '../../shared/aws/membership-store.ts';
import { startMissingRuns } from '../../shared/aws/missing-runs.ts';
import { createS3Client } from '../../shared/aws/object-storage.ts';
import { createPreviewStore } from '../../shared/aws/preview-store.ts';
import { createPreviewer } from '../../shared/aws/previewer.ts';
import { sendMessages } from '../../shared/aws/queue.ts';
import { createQueueHealth } from '../../shared/aws/queue-health.ts';
import { createRecalculationStarter } from '../../shared/aws/recalculation-starter.ts';
import { createRecalculationStore } from '../../shared/aws/recalculation-store.ts';
import { createReconciliationStore } from '../../shared/aws/reconciliation-store.ts';
import { createRevisionStore } from '../../shared/aws/revision-store.ts';
import { createSegmentView } from '../../shared/aws/segment-view.ts';
import { createSegmentWriter } from '../../shared/aws/segment-writer.ts';
import { createTransitionStore } from '../../shared/aws/transition-store.ts';
import { createVocabularyStore } from '../../shared/aws/vocabulary-store.ts';
import { notFound } from '../../shared/http/problem.ts';
import { isPossibleId } from '../../shared/http/request.ts';
import type { LeadWork } from '../../shared/membership/evaluate-leads.ts';
import type { ExportMessage } from '../../shared/membership/export.ts';
import type { Segment } from '../../shared/segment/segment.ts';

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
const reevaluationsQueueUrl = setting('REEVALUATIONS_QUEUE_URL');
export const recalculationStarter = createRecalculationStarter(recalculations, clients.sqs, reevaluationsQueueUrl);
export const segmentWriter = createSegmentWriter(
  segments,
  catalog,
  recalculationStarter,
  createCleanUpStarter(createCleanUpStore(clients.documents, segmentsTable), clients.sqs, reevaluationsQueueUrl),
);
export const levelWriter = createLevelWriter(clients.documents, segmentsTable, catalog, (current) =>
  startMissingRuns(recalculations, recalculationStarter, current),
);
export const previews = createPreviewStore(clients.documents, segmentsTable);
export const previewer = createPreviewer({
  scan: stores.leads.scan,
  eventPages: stores.events.pagesFrom,
  catalog,
  leadTotal: stores.leadTotal,
  previews,
  send: (messages) => sendMessages(clients.sqs, setting('REEVALUATIONS_QUEUE_URL'), messages),
});
export const readMembersAsCsv = createCsvReader(memberships, leads);
export const exportJobs = createExportStore(clients.documents, segmentsTable);
export const exportFiles = createExportFiles(createS3Client(), setting('EXPORTS_BUCKET'));
/** Asks for an export to be written. */
export const queueExport = (message: ExportMessage) =>
  sendMessages(clients.sqs, setting('REEVALUATIONS_QUEUE_URL'), [{ body: JSON.stringify(message) }]);
export const vocabulary = createVocabularyStore(clients.documents, segmentsTable);
export const queueHealth = createQueueHealth(clients, segmentsTable);
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
