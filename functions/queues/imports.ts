import { createS3Client } from '../../shared/aws/object-storage.ts';
import { reasonOf, sleep } from '../../shared/aws/retries.ts';
import { continuedAttribute, continuedTimes, queueDepth, sendMessages } from '../../shared/aws/send-messages.ts';
import { setting } from '../../shared/aws/settings.ts';
import { surroundings } from '../../shared/aws/surroundings.ts';
import { createFanOutStore } from '../../shared/freshness/fan-out-store.ts';
import { createFreshnessStore } from '../../shared/freshness/freshness-store.ts';
import { createQueueHealth } from '../../shared/freshness/queue-health.ts';
import { createImportFileStore } from '../../shared/import/import-file-store.ts';
import { importMessageSchema } from '../../shared/import/import-job.ts';
import { createImportStore } from '../../shared/import/import-store.ts';
import { createImporter } from '../../shared/import/look-after-import.ts';
import type { ImportQueue } from '../../shared/import/mapping.ts';
import { createPace } from '../../shared/import/pace.ts';
import { readInnerMessage } from '../../shared/jobs/inner-message.ts';
import { createMemberListStore, type MemberPosition } from '../../shared/projection/member-list-store.ts';
import { createLeadStores, evaluateAndFollowUp, leadPortsOf } from '../lead-stores.ts';
import type { RefusedMessage } from './dead-letters.ts';
import { createQueueWorker, type QueueFunction } from './queue-frame.ts';

/** Enough time (ms) for one more batch of rows; what is left then goes on in a message of its own. */
const reserveMs = 30_000;

/** Members that are read at once. */
const membersAtOnce = 500;

/** How often an import may go on in a message of its own, as for jobs: the queues of changes may be full for days. */
const maximumContinuations = 1_000;

const settingOf: Readonly<Record<ImportQueue, string>> = {
  profile: 'PROFILE_CHANGES_QUEUE_URL',
  level: 'LEVEL_CHANGES_QUEUE_URL',
  event: 'LEAD_EVENTS_QUEUE_URL',
  account: 'ACCOUNT_CHANGES_QUEUE_URL',
};

/** The worker of the queue of imports: one message has one import looked after. */
export function createImportWorker(): QueueFunction {
  const stores = createLeadStores();
  const { clients } = stores;
  const { sqs } = clients;
  const queueHealth = createQueueHealth({
    ...surroundings,
    depthOf: (name) => queueDepth(sqs, setting(`${name}_QUEUE_URL`)),
    notes: createFreshnessStore(clients.documents, setting('SEGMENTS_TABLE')),
    fanOuts: createFanOutStore(clients, setting('SEGMENTS_TABLE')),
  });
  const memberships = createMemberListStore(clients.dynamodb, setting('MEMBERSHIPS_TABLE'));
  const urlOf = (queue: ImportQueue) => setting(settingOf[queue]);
  const waitingIn = async (queue: ImportQueue) => {
    const { waiting, inFlight } = await queueDepth(sqs, urlOf(queue));
    return waiting + inFlight;
  };
  const lookAfter = createImporter({
    ...surroundings,
    jobs: createImportStore(clients.documents, setting('SEGMENTS_TABLE'), Date.now),
    files: createImportFileStore(createS3Client(), setting('IMPORT_FILES_BUCKET')),
    leads: leadPortsOf(stores),
    evaluate: (work) => evaluateAndFollowUp(stores, work),
    freshAsOf: queueHealth.freshAsOf,
    manualMembers: async function* (segmentId) {
      for (const source of ['manual', 'pinned'] as const) {
        for (let from: MemberPosition | undefined = { shard: 0 }; from; ) {
          const { members, next } = await memberships.members(segmentId, from, membersAtOnce, { source });
          yield members.map(({ leadId }) => leadId);
          from = next;
        }
      }
    },
    send: (queue, messages) => sendMessages(sqs, urlOf(queue), messages),
    paceOf: (queues) =>
      createPace({
        waiting: async () => Math.max(...(await Promise.all(queues.map(waitingIn)))),
        now: Date.now,
        sleep,
      }),
  });

  return createQueueWorker(clients, async ({ Records }, context) => {
    const isTimeUp = () => context.getRemainingTimeInMillis() < reserveMs;
    const refused: RefusedMessage[] = [];
    const failed = new Map<string, string>();
    for (const record of Records) {
      const read = readInnerMessage(record.body, importMessageSchema);
      if ('refused' in read) refused.push({ record, reason: read.refused });
      else if ('failed' in read) failed.set(record.messageId, read.failed);
      else {
        try {
          const rest = await lookAfter(read.message, isTimeUp);
          const continued = continuedTimes(record.messageAttributes) + 1;
          if (rest && continued > maximumContinuations) {
            const reason = `went on in ${maximumContinuations} messages and is not done`;
            refused.push({ record: { ...record, body: JSON.stringify(rest.message) }, reason });
          } else if (rest) {
            const attributes = continuedAttribute(continued);
            await sendMessages(sqs, setting('IMPORTS_QUEUE_URL'), [
              { body: JSON.stringify(rest.message), delaySeconds: rest.delaySeconds, attributes },
            ]);
          }
        } catch (error) {
          console.error(`Import ${record.body} failed and will be delivered again`, error);
          failed.set(record.messageId, reasonOf(error));
        }
      }
    }
    return { refused, failed };
  });
}

/** Wakes on the queue of imports. */
export const handler = createImportWorker();
