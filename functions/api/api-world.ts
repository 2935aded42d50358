import type { S3Client } from '@aws-sdk/client-s3';
import type { Clients } from '../../shared/aws/clients.ts';
import { displayKey, hiddenNamesKey } from '../../shared/aws/segments-keys.ts';
import { patientSenderTo, queueDepth, senderTo } from '../../shared/aws/send-messages.ts';
import type { Surroundings } from '../../shared/aws/surroundings.ts';
import { createKeptOutStore } from '../../shared/erasure/kept-out-store.ts';
import type { ExportMessage } from '../../shared/export/export.ts';
import { createExportFileStore } from '../../shared/export/export-file-store.ts';
import { createExportStore, newExportId } from '../../shared/export/export-store.ts';
import { createMemberReader } from '../../shared/export/member-reader.ts';
import { createDeadLetterQueue } from '../../shared/freshness/dead-letter-queue-store.ts';
import { createFanOutStore } from '../../shared/freshness/fan-out-store.ts';
import { createFreshnessStore } from '../../shared/freshness/freshness-store.ts';
import { queueOfJob, queueSetting } from '../../shared/freshness/job-queues.ts';
import { createQueueHealth } from '../../shared/freshness/queue-health.ts';
import { createImportFileStore } from '../../shared/import/import-file-store.ts';
import type { ImportMessage } from '../../shared/import/import-job.ts';
import { createImportStore, newImportId } from '../../shared/import/import-store.ts';
import { createSavedMappingStore } from '../../shared/import/saved-mapping-store.ts';
import type { JobMessage } from '../../shared/jobs/job-message.ts';
import type { MemberJobMessage } from '../../shared/member-job/member-job.ts';
import { createMemberJobStore } from '../../shared/member-job/member-job-store.ts';
import type { LeadWork } from '../../shared/membership/evaluate-leads.ts';
import { createPreviewer } from '../../shared/preview/ask-preview.ts';
import { createPreviewStore } from '../../shared/preview/preview-store.ts';
import { createReadBudgetStore } from '../../shared/preview/read-budget-store.ts';
import { createSharedPreviewStore } from '../../shared/preview/shared-preview-store.ts';
import { createActivityStore } from '../../shared/projection/activity-store.ts';
import { createListedRowStore } from '../../shared/projection/listed-row-store.ts';
import { createMemberCountStore } from '../../shared/projection/member-count-store.ts';
import { createMemberListStore } from '../../shared/projection/member-list-store.ts';
import { createTransitionStore } from '../../shared/projection/transition-store.ts';
import { createUnlistedReader } from '../../shared/projection/unlisted.ts';
import { startMissingRuns } from '../../shared/recalculation/begin-missing-runs.ts';
import { createRunStore } from '../../shared/recalculation/run-store.ts';
import { createRunStarter } from '../../shared/recalculation/start-run.ts';
import { createReconciliationStore } from '../../shared/reconciliation/reconciliation-store.ts';
import { createCleanUpStore } from '../../shared/segment/clean-up-store.ts';
import { createRevisionStore } from '../../shared/segment/revision-store.ts';
import { createSegmentView } from '../../shared/segment/segment-view.ts';
import { createSegmentWriter } from '../../shared/segment/segment-writer.ts';
import { createCleanUpStarter } from '../../shared/segment/start-clean-up.ts';
import type { DisplayFields } from '../../shared/vocabulary/display.ts';
import { createDisplayStore } from '../../shared/vocabulary/display-store.ts';
import { storeLevels } from '../../shared/vocabulary/level-store.ts';
import { createLevelWriter } from '../../shared/vocabulary/level-writer.ts';
import { createSettingStore } from '../../shared/vocabulary/setting-store.ts';
import { createVocabularyStore } from '../../shared/vocabulary/vocabulary-store.ts';
import { createLeadStores, createScanPacers, evaluateAndFollowUp, type LeadStoreNames } from '../lead-stores.ts';
import { ofRequest } from './request-id.ts';

/** Where everything is that the API works with. */
export interface ApiPlaces {
  readonly leadStores: LeadStoreNames;
  readonly membershipsTable: string;
  readonly transitionsTable: string;
  readonly transitionRetentionDays: number;
  readonly exportsBucket: string;
  readonly importFilesBucket: string;
  /** How many leads and raw events previews may read for a caller in a minute. */
  readonly previewReadsPerMinute: number;
  /** How many read units a second each table serves. */
  readonly warmReadUnits: number;
  /** The URL of a queue by its name in settings: `LEAD_EVENTS`. */
  readonly queueUrl: (name: string) => string;
}

/** All that the API works with: stores, senders, the clock and new ids. */
export type ApiWorld = ReturnType<typeof createApiWorld>;

/** How long (s) dead letters that are looked at stay hidden from a redrive, if they are not given back. */
const lookSeconds = 30;

/** The world in those places. */
export function createApiWorld(clients: Clients & { readonly s3: S3Client }, places: ApiPlaces, outside: Surroundings) {
  const surroundings = { ...outside, note: (what: string, error: unknown) => outside.note(ofRequest(what), error) };
  const { dynamodb, documents, sqs } = clients;
  const { membershipsTable, transitionsTable, queueUrl } = places;
  const segmentsTable = places.leadStores.segments;
  const pacers = createScanPacers(clients, segmentsTable, places.warmReadUnits);
  const stores = createLeadStores(clients, places.leadStores, clients.s3, pacers);
  const { segments, catalog, leads, leadTotal, events } = stores;
  const sendJobs = (kind: JobMessage['kind']) => senderTo(sqs, queueUrl(queueSetting(queueOfJob[kind])));
  const memberCounts = createMemberCountStore(dynamodb, membershipsTable);
  const memberships = createMemberListStore(dynamodb, membershipsTable);
  const recalculations = createRunStore(documents, segmentsTable, catalog);
  const recalculationStarter = createRunStarter(recalculations, sendJobs('recalculation'), surroundings);
  const cleanUpStarter = createCleanUpStarter(
    createCleanUpStore(documents, segmentsTable),
    sendJobs('clean_up'),
    surroundings,
  );
  const vocabulary = createVocabularyStore(documents, segmentsTable, stores.hash, outside.now);
  const previews = createPreviewStore(documents, segmentsTable, outside.now);
  const queueHealth = createQueueHealth({
    ...surroundings,
    depthOf: (name) => queueDepth(sqs, queueUrl(name)),
    notes: createFreshnessStore(documents, segmentsTable),
    fanOuts: createFanOutStore(clients, segmentsTable),
  });
  const deadLettersOf = (queue: string) => {
    const url = queueUrl(`${queueSetting(queue)}_DEAD_LETTERS`);
    return createDeadLetterQueue(sqs, url, { heldSeconds: lookSeconds });
  };
  const unlisted = createUnlistedReader({
    announcements: stores.announcements,
    listed: createListedRowStore(dynamodb, membershipsTable),
  });
  return {
    ...surroundings,
    /** What sends changes to their queues. */
    changeSenders: {
      profileChanges: patientSenderTo(sqs, queueUrl('PROFILE_CHANGES')),
      levelChanges: patientSenderTo(sqs, queueUrl('LEVEL_CHANGES')),
      leadEvents: patientSenderTo(sqs, queueUrl('LEAD_EVENTS')),
      accountChanges: patientSenderTo(sqs, queueUrl('ACCOUNT_CHANGES')),
    },
    newExportId,
    newImportId,
    /** How long the history of transitions is kept. */
    transitionRetentionDays: places.transitionRetentionDays,
    segments,
    catalog,
    leads,
    leadTotal,
    events,
    memberCounts,
    memberships,
    transitions: createTransitionStore(dynamodb, transitionsTable, places.transitionRetentionDays),
    activity: createActivityStore(dynamodb, { memberships: membershipsTable, transitions: transitionsTable }),
    revisions: createRevisionStore(documents, segmentsTable),
    recalculations,
    recalculationStarter,
    segmentWriter: createSegmentWriter(segments, catalog, recalculationStarter, cleanUpStarter, surroundings),
    levelWriter: createLevelWriter(
      (kind, names, save) => storeLevels(documents, segmentsTable, kind, names, save),
      catalog,
      (current) => startMissingRuns(recalculations, recalculationStarter, current, surroundings),
      surroundings,
    ),
    previews,
    previewer: createPreviewer({
      ...surroundings,
      scan: leads.scan,
      eventPages: events.pagesFrom,
      catalog,
      leadTotal,
      previews,
      shared: createSharedPreviewStore(documents, segmentsTable, outside.now),
      budgets: createReadBudgetStore(documents, segmentsTable, outside.now),
      readsPerMinute: places.previewReadsPerMinute,
      hash: stores.hash,
      send: sendJobs('preview'),
    }),
    readMembers: createMemberReader(memberships, leads, pacers.leads, catalog),
    exportJobs: createExportStore(documents, segmentsTable),
    exportFiles: createExportFileStore(clients.s3, places.exportsBucket),
    /** Asks for an export to be written. */
    queueExport: (message: ExportMessage) => sendJobs('export')([{ body: JSON.stringify(message) }]),
    memberJobs: createMemberJobStore(documents, segmentsTable),
    /** Has a manual change by rules gone on with. */
    queueMemberJob: (message: MemberJobMessage) => sendJobs('member_job')([{ body: JSON.stringify(message) }]),
    vocabulary,
    hiddenNames: createSettingStore<readonly string[]>(documents, segmentsTable, hiddenNamesKey, 'names'),
    display: createDisplayStore({
      setting: createSettingStore<DisplayFields>(documents, segmentsTable, displayKey, 'fields'),
      sightings: vocabulary.read,
      now: outside.now,
    }),
    importJobs: createImportStore(documents, segmentsTable, outside.now),
    savedMappings: createSavedMappingStore(documents, segmentsTable),
    importFiles: createImportFileStore(clients.s3, places.importFilesBucket),
    /** Has an import looked after. */
    queueImport: (message: ImportMessage) => senderTo(sqs, queueUrl('IMPORTS'))([{ body: JSON.stringify(message) }]),
    queueHealth,
    /** The dead letters of a queue by its name: `profileChanges`. */
    deadLettersOf,
    keptOut: createKeptOutStore(documents, segmentsTable),
    reconciliations: createReconciliationStore(documents, segmentsTable),
    segmentView: createSegmentView({
      memberCounts,
      recalculations,
      leadTotal,
      unlisted,
      freshAsOf: queueHealth.freshAsOf,
    }),
    /** Evaluates leads as every writer does. */
    evaluate: (work: readonly LeadWork[]) =>
      evaluateAndFollowUp(stores, work, { dueLeadsQueueUrl: queueUrl('DUE_LEADS') }),
    /** Where answers to repeated requests are kept. */
    idempotency: { table: segmentsTable, client: dynamodb, hash: stores.hash },
  };
}
