import type { SQSRecord } from 'aws-lambda';
import { createS3Client } from '../../shared/aws/object-storage.ts';
import { reasonOf } from '../../shared/aws/retries.ts';
import {
  continuedAttribute,
  continuedTimes,
  type OutgoingMessage,
  sendMessages,
} from '../../shared/aws/send-messages.ts';
import { setting } from '../../shared/aws/settings.ts';
import { surroundings } from '../../shared/aws/surroundings.ts';
import { createEraser } from '../../shared/erasure/erase-lead.ts';
import type { ExportMessage } from '../../shared/export/export.ts';
import { createExportFileStore } from '../../shared/export/export-file-store.ts';
import { createExportStore } from '../../shared/export/export-store.ts';
import { createMemberReader } from '../../shared/export/member-reader.ts';
import { createExporter } from '../../shared/export/write-export.ts';
import { readInnerMessage } from '../../shared/jobs/inner-message.ts';
import { type JobMessage, jobMessageSchema } from '../../shared/jobs/job-message.ts';
import { forgottenAfterMs } from '../../shared/lead/lead-store.ts';
import type { MemberJobMessage } from '../../shared/member-job/member-job.ts';
import { createMemberJobStore } from '../../shared/member-job/member-job-store.ts';
import { createMemberJobRunner } from '../../shared/member-job/run-member-job.ts';
import { countPreviewShard } from '../../shared/preview/continue-preview.ts';
import { createPreviewStore } from '../../shared/preview/preview-store.ts';
import { createReadBudgetStore } from '../../shared/preview/read-budget-store.ts';
import { createSharedPreviewStore } from '../../shared/preview/shared-preview-store.ts';
import { createMemberListStore } from '../../shared/projection/member-list-store.ts';
import {
  type RecalculationPorts,
  type RoundResult,
  recalculateShard,
} from '../../shared/recalculation/recalculate-shard.ts';
import { createRunStore } from '../../shared/recalculation/run-store.ts';
import { createCleanUpShardStore } from '../../shared/segment/clean-up-shard-store.ts';
import { createCleanUpStore } from '../../shared/segment/clean-up-store.ts';
import { jobQueueUrl } from '../job-queue-url.ts';
import { createScanStores, evaluateAndFollowUp, type LeadStores } from '../lead-stores.ts';
import type { RefusedMessage } from './dead-letters.ts';
import { createFanOut } from './fan-out.ts';
import { createQueueWorker, type QueueFunction } from './queue-frame.ts';
import { createReconciler } from './reconciler.ts';

/** Enough time (ms) for one more page; what is left then goes on in a message of its own. */
const reserveMs = 30_000;
const retryDelaySeconds = 20;
/** As long as SQS can. */
const longestDelaySeconds = 900;

/**
 * How often a job may go on in a message of its own, five minutes each: no shard of leads takes that long. Lambda would
 * stop such a chain after some sixteen times, and is told not to (infra/functions.ts).
 */
const maximumContinuations = 1_000;

/** What became of a job: what is left of it, and when that may go on; and what is refused. */
interface JobResult {
  readonly rest?: JobMessage | undefined;
  readonly delaySeconds?: number;
  readonly refused?: RefusedMessage | undefined;
}

/**
 * The worker of the queues of jobs: one message is the round of recalculations over a shard, one shard of a preview, of a
 * reconciliation or of a clean-up, a range of a roster, an export, a manual change by rules, or what is left of a deleted lead.
 */
export function createJobWorker(stores: LeadStores = createScanStores()): QueueFunction {
  const { documents, dynamodb } = stores.clients;
  const tables = { segments: setting('SEGMENTS_TABLE'), memberships: setting('MEMBERSHIPS_TABLE') };
  const recalculations = createRunStore(documents, tables.segments, stores.catalog);
  const previews = createPreviewStore(documents, tables.segments);
  const sharedPreviews = createSharedPreviewStore(documents, tables.segments, Date.now);
  const budgets = createReadBudgetStore(documents, tables.segments, Date.now);
  const cleanUp = createCleanUpShardStore(dynamodb, createCleanUpStore(documents, tables.segments), tables);
  const recalculationPorts: RecalculationPorts = {
    noteFailure: (leadId, reason) => console.error(`Lead ${leadId} could not be recalculated: ${reason}`),
    catalog: stores.catalog,
    now: Date.now,
    evaluate: (work) => evaluateAndFollowUp(stores, work),
    pages: stores.leads.page,
    eventsOfLeads: stores.events.ofLeads,
    runs: recalculations.runs,
    rounds: recalculations.rounds,
  };
  const memberships = createMemberListStore(stores.clients.dynamodb, setting('MEMBERSHIPS_TABLE'));
  const exports = createExportStore(stores.clients.documents, setting('SEGMENTS_TABLE'));
  const exportFiles = createExportFileStore(createS3Client(), setting('EXPORTS_BUCKET'));
  const memberJobs = createMemberJobStore(documents, tables.segments);
  const erase = createEraser({
    ...surroundings,
    ...stores,
    previews,
    sharedPreviews,
    exports,
    exportFiles,
    memberJobs,
    forgottenAfterMs,
  });
  const runExport = createExporter({
    ...surroundings,
    jobs: exports,
    files: exportFiles,
    catalog: stores.catalog,
    readPage: createMemberReader(memberships, stores.leads, stores.pacers.leads, stores.catalog),
  });
  const runMemberJob = createMemberJobRunner({
    ...surroundings,
    jobs: memberJobs,
    catalog: stores.catalog,
    pages: stores.leads.page,
    eventPages: stores.events.pagesFrom,
    evaluate: (work) => evaluateAndFollowUp(stores, work),
  });
  const reconcile = createReconciler(stores, recalculations);
  const send = (message: JobMessage, more: Omit<OutgoingMessage, 'body'> = {}) =>
    sendMessages(stores.clients.sqs, jobQueueUrl(message.kind), [{ body: JSON.stringify(message), ...more }]);
  const fanOut = createFanOut(stores, tables.segments, send);

  /** Has what went wrong wait before it is tried again. */
  const withAttempts = async <Message extends ExportMessage | MemberJobMessage>(
    message: Message,
    run: (message: Message) => Promise<Message | undefined>,
  ): Promise<JobResult> => {
    const rest = await run(message);
    return { rest, ...(rest && rest.attempt > message.attempt && { delaySeconds: retryDelaySeconds }) };
  };

  /** For people to see on the segments: the queue alone knows of it otherwise, or its dead letters. */
  const noteProblem = async (shard: string, reason: string): Promise<void> => {
    try {
      await recalculations.noteProblem(shard, reason);
    } catch (error) {
      console.error(`What went wrong with the recalculation of shard ${shard} could not be noted`, error);
    }
  };

  const work = async (record: SQSRecord, message: JobMessage, isTimeUp: () => boolean): Promise<JobResult> => {
    const restOf = ({ isFinished, ...more }: RoundResult): JobResult => (isFinished ? {} : { rest: message, ...more });
    switch (message.kind) {
      case 'recalculation':
        return restOf(await recalculateShard(recalculationPorts, message, record.messageId, isTimeUp));
      case 'clean_up':
        return restOf(await cleanUp(message, isTimeUp));
      case 'preview':
        return restOf(await countPreviewShard({ ...stores, budgets, now: Date.now }, previews, message, isTimeUp));
      case 'reconciliation':
        return restOf(await reconcile(message, isTimeUp));
      case 'account_fan_out':
        return fanOut(record, message, isTimeUp);
      case 'erasure': {
        const restSeconds = await erase(message);
        if (restSeconds === undefined) return {};
        return { rest: message, delaySeconds: Math.min(restSeconds, longestDelaySeconds) };
      }
      case 'export':
        return withAttempts(message, (asked) => runExport(asked, isTimeUp));
      case 'member_job':
        return withAttempts(message, (asked) => runMemberJob(asked, isTimeUp));
    }
  };

  /** Lets what is left of a job go on in a message of its own, unless that went on for too long: then it is refused. */
  const goOn = async (
    record: SQSRecord,
    { rest, delaySeconds = 0 }: JobResult,
  ): Promise<RefusedMessage | undefined> => {
    if (!rest) return undefined;
    const continued = continuedTimes(record.messageAttributes) + 1;
    if (continued > maximumContinuations) {
      const body = JSON.stringify(rest);
      return { record: { ...record, body }, reason: `went on in ${maximumContinuations} messages and is not done` };
    }
    await send(rest, { delaySeconds, attributes: continuedAttribute(continued) });
    return undefined;
  };

  return createQueueWorker(stores.clients, async (event, context) => {
    const isTimeUp = () => context.getRemainingTimeInMillis() < reserveMs;
    const refused: RefusedMessage[] = [];
    const failed = new Map<string, string>();
    for (const record of event.Records) {
      const read = readInnerMessage(record.body, jobMessageSchema);
      if ('refused' in read) {
        refused.push({ record, reason: read.refused });
        continue;
      }
      if ('failed' in read) {
        failed.set(record.messageId, read.failed);
        continue;
      }
      const { message } = read;
      try {
        const done = await work(record, message, isTimeUp);
        const stopped = await goOn(record, done);
        refused.push(...[done.refused, stopped].filter((letter) => letter !== undefined));
      } catch (error) {
        console.error(`Job ${record.body} failed and will be delivered again`, error);
        failed.set(record.messageId, reasonOf(error));
        if (message.kind === 'recalculation') await noteProblem(message.shard, reasonOf(error));
      }
    }
    return { refused, failed };
  });
}

/** Wakes on the queues of jobs. */
export const handler = createJobWorker();
