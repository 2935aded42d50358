import type { SQSRecord } from 'aws-lambda';
import type { AccountFanOutMessage } from '../../shared/account/fan-out.ts';
import { createS3Client } from '../../shared/aws/object-storage.ts';
import { reasonOf } from '../../shared/aws/retries.ts';
import { sendMessages } from '../../shared/aws/send-messages.ts';
import { setting } from '../../shared/aws/settings.ts';
import { surroundings } from '../../shared/aws/surroundings.ts';
import { createEraser } from '../../shared/erasure/erase-lead.ts';
import type { ExportMessage } from '../../shared/export/export.ts';
import { createExportFileStore } from '../../shared/export/export-file-store.ts';
import { createExportStore } from '../../shared/export/export-store.ts';
import { createCsvReader } from '../../shared/export/member-csv.ts';
import { createExporter } from '../../shared/export/write-export.ts';
import { readInnerMessage } from '../../shared/jobs/inner-message.ts';
import { type JobMessage, jobMessageSchema } from '../../shared/jobs/job-message.ts';
import { forgottenAfterMs } from '../../shared/lead/lead-store.ts';
import type { LeadOutcome } from '../../shared/membership/evaluate-leads.ts';
import { countPreviewShard } from '../../shared/preview/continue-preview.ts';
import { createPreviewStore } from '../../shared/preview/preview-store.ts';
import { createMemberListStore } from '../../shared/projection/member-list-store.ts';
import { type RecalculationPorts, recalculateShard } from '../../shared/recalculation/recalculate-shard.ts';
import type { RecalculationMessage } from '../../shared/recalculation/recalculation.ts';
import { createRunStore } from '../../shared/recalculation/run-store.ts';
import { createCleanUpShardStore } from '../../shared/segment/clean-up-shard-store.ts';
import { createCleanUpStore } from '../../shared/segment/clean-up-store.ts';
import { createLeadStores, evaluateAndFollowUp, type LeadStores } from '../lead-stores.ts';
import type { RefusedMessage } from './dead-letters.ts';
import { createQueueWorker, type QueueFunction } from './queue-frame.ts';
import { createReconciler } from './reconciler.ts';
import { refusedLeads } from './refused-leads.ts';

/** Enough time (ms) for one more page; what is left then goes on in a message of its own. */
const reserveMs = 30_000;
const rosterPage = 200;
const retryDelaySeconds = 20;
/** As long as SQS can. */
const longestDelaySeconds = 900;

/**
 * The worker of the queue of jobs: one message is one shard of a recalculation, of a preview, of a
 * reconciliation or of a clean-up, one page of a roster, an export, or what is left of a deleted lead.
 */
export function createJobWorker(stores: LeadStores = createLeadStores()): QueueFunction {
  const { documents, dynamodb } = stores.clients;
  const tables = { segments: setting('SEGMENTS_TABLE'), memberships: setting('MEMBERSHIPS_TABLE') };
  const recalculations = createRunStore(documents, tables.segments, stores.catalog);
  const previews = createPreviewStore(documents, tables.segments);
  const cleanUp = createCleanUpShardStore(dynamodb, createCleanUpStore(documents, tables.segments), tables);
  const recalculationPorts: RecalculationPorts = {
    noteFailure: (leadId, reason) => console.error(`Lead ${leadId} could not be recalculated: ${reason}`),
    catalog: stores.catalog,
    now: Date.now,
    evaluate: (work) => evaluateAndFollowUp(stores, work),
    pages: stores.leads.page,
    eventsOfLeads: stores.events.ofLeads,
    runs: recalculations.runs,
  };
  const memberships = createMemberListStore(stores.clients.dynamodb, setting('MEMBERSHIPS_TABLE'));
  const exports = createExportStore(stores.clients.documents, setting('SEGMENTS_TABLE'));
  const exportFiles = createExportFileStore(createS3Client(), setting('EXPORTS_BUCKET'));
  const erase = createEraser({ ...surroundings, ...stores, previews, exports, exportFiles, forgottenAfterMs });
  const runExport = createExporter({
    ...surroundings,
    jobs: exports,
    files: exportFiles,
    catalog: stores.catalog,
    readPage: createCsvReader(memberships, stores.leads),
  });
  const reconcile = createReconciler(stores, recalculations);
  const send = (message: JobMessage, delaySeconds = 0) =>
    sendMessages(stores.clients.sqs, setting('JOBS_QUEUE_URL'), [{ body: JSON.stringify(message), delaySeconds }]);

  const exportMembers = async (message: ExportMessage, isTimeUp: () => boolean): Promise<void> => {
    const rest = await runExport(message, isTimeUp);
    if (rest) await send(rest, rest.attempt > message.attempt ? retryDelaySeconds : 0);
  };

  /** For people to see on the segment: the queue alone knows of it otherwise, or its dead letters. */
  const noteProblem = async (message: RecalculationMessage, reason: string): Promise<void> => {
    try {
      await recalculations.noteProblem(message, reason);
    } catch (error) {
      console.error(`What went wrong with ${message.segmentId} could not be noted`, error);
    }
  };

  const reevaluate = (accountId: string, leadIds: readonly string[], since: number) =>
    evaluateAndFollowUp(
      stores,
      leadIds.map((leadId) => ({ leadId, accountId })),
      { since },
    );

  /** Answers what became of the leads that did not fail. */
  const fanOut = async (
    { accountId, after, leadIds }: AccountFanOutMessage,
    since: number,
  ): Promise<Iterable<LeadOutcome>> => {
    if (leadIds) {
      const { outcomes, failed } = await reevaluate(accountId, leadIds, since);
      const [first] = failed;
      if (first) throw new Error(`${failed.size} leads of account ${accountId} failed; ${first[0]}: ${first[1]}`);
      return outcomes.values();
    }
    const page = await stores.accounts.roster(accountId, after, rosterPage);
    const { outcomes, failed } = await reevaluate(accountId, page.leadIds, since);
    // Leads that fail get a message of their own: one of the page, delivered again, would send the rest again each time.
    if (page.next !== undefined) await send({ kind: 'account_fan_out', accountId, after: page.next });
    if (failed.size > 0) await send({ kind: 'account_fan_out', accountId, leadIds: [...failed.keys()] });
    return outcomes.values();
  };

  const work = async (
    record: SQSRecord,
    message: JobMessage,
    isTimeUp: () => boolean,
  ): Promise<{ isFinished: boolean; refused?: RefusedMessage | undefined }> => {
    switch (message.kind) {
      case 'recalculation':
        return recalculateShard(recalculationPorts, message, isTimeUp);
      case 'clean_up':
        return cleanUp(message, isTimeUp);
      case 'preview':
        return countPreviewShard(stores, previews, message, isTimeUp);
      case 'reconciliation':
        return reconcile(message, isTimeUp);
      case 'account_fan_out':
        return {
          isFinished: true,
          refused: refusedLeads(
            record,
            await fanOut(message, Number(record.attributes.SentTimestamp)),
            (leadIds): AccountFanOutMessage => {
              return { kind: 'account_fan_out', accountId: message.accountId, leadIds: [...leadIds] };
            },
          ),
        };
      case 'erasure': {
        const restSeconds = await erase(message);
        if (restSeconds !== undefined) await send(message, Math.min(restSeconds, longestDelaySeconds));
        return { isFinished: true };
      }
      case 'export':
        // What is left of it goes on in a message of its own.
        await exportMembers(message, isTimeUp);
        return { isFinished: true };
    }
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
      const { message } = read;
      try {
        const done = await work(record, message, isTimeUp);
        if (!done.isFinished) await send(message);
        if (done.refused) refused.push(done.refused);
      } catch (error) {
        console.error(`Job ${record.body} failed and will be delivered again`, error);
        failed.set(record.messageId, reasonOf(error));
        if (message.kind === 'recalculation') await noteProblem(message, reasonOf(error));
      }
    }
    return { refused, failed };
  });
}

/** Wakes on the queue `jobs`. */
export const handler = createJobWorker();
