import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Clients } from '../../shared/aws/clients.ts';
import { reasonOf } from '../../shared/aws/retries.ts';
import { numericSetting, setting } from '../../shared/aws/settings.ts';
import { createDeliveryStore } from '../../shared/freshness/delivery-store.ts';
import { comeAgainSoon } from './come-again.ts';
import { type RefusedMessage, sendToDeadLetters } from './dead-letters.ts';
import type { FreshnessNotes } from './freshness-notes.ts';
import { sourceOf, sourceQueues } from './source-queues.ts';

/** What became of a batch. Messages that are in neither list are done. */
export interface BatchResult {
  /** Messages that can never be handled. */
  readonly refused: readonly RefusedMessage[];
  /** Why messages are to be delivered again, by message id. */
  readonly failed: ReadonlyMap<string, string>;
}

/** What a worker asks of its invocation. */
export type RemainingTime = Pick<Context, 'getRemainingTimeInMillis'>;

/** Handles one batch of a queue. */
export type BatchHandler = (event: SQSEvent, context: RemainingTime) => Promise<BatchResult>;

/** The handler of a function that a queue wakes. */
export type QueueFunction = (event: SQSEvent, context: RemainingTime) => Promise<SQSBatchResponse>;

/** No message is tried alone with less time (ms) left than that. */
const reserveMs = 10_000;

/**
 * The frame of every queue's worker. Refused messages go to the dead letters at once, with the reason; failed ones come
 * again after seconds, later each time, and after the fifth delivery that failed go there, too, with what they failed
 * with. A message is deleted only after it was sent there: a worker that dies in between leaves one there twice, never
 * none.
 *
 * Deliveries are counted here and not by SQS, whose count has throttled ones. A message on its last delivery is tried
 * alone: whatever made it fail, or brought its worker down, may be another one. One that brought its worker down even so
 * is not tried again.
 */
export function createQueueWorker(
  { sqs, documents }: Pick<Clients, 'sqs' | 'documents'>,
  handle: BatchHandler,
  notes?: FreshnessNotes,
): QueueFunction {
  const sources = sourceQueues();
  const maximumDeliveries = numericSetting('MAXIMUM_DELIVERIES');
  const visibilityTimeoutSeconds = numericSetting('VISIBILITY_TIMEOUT_SECONDS');
  const deliveries = createDeliveryStore(documents, setting('SEGMENTS_TABLE'));

  /** Tries one message that is here for the last time. */
  const tryAlone = async (record: SQSRecord, context: RemainingTime): Promise<BatchResult> => {
    const { messageId } = record;
    if (context.getRemainingTimeInMillis() < reserveMs) {
      return { refused: [], failed: new Map([[messageId, 'there was no time left to try it alone']]) };
    }
    const alone = (await deliveries.countAlone([messageId])).get(messageId) ?? 1;
    if (alone > 1) {
      return {
        refused: [{ record, reason: 'its worker died of it, or ran out of time, tried alone' }],
        failed: new Map(),
      };
    }
    const result = await handle({ Records: [record] }, context).catch(
      (error: unknown): BatchResult => ({ refused: [], failed: new Map([[messageId, reasonOf(error)]]) }),
    );
    const failure = result.failed.get(messageId);
    if (failure !== undefined) {
      const reason = `failed ${maximumDeliveries} times, at last: ${failure}`;
      return { refused: [...result.refused, { record, reason }], failed: new Map() };
    }
    // Others of its batch may bring the worker down yet: then it comes again, as one that was never tried alone.
    await deliveries.forget(messageId);
    return result;
  };

  const work: QueueFunction = async ({ Records }, context) => {
    // A message's first delivery, as nearly all are, is not counted: it would be a write for each message.
    const returning = Records.filter(({ attributes }) => Number(attributes.ApproximateReceiveCount) > 1);
    const counts = await deliveries.count(returning.map(({ messageId }) => messageId));
    const isLast = ({ messageId }: SQSRecord) => (counts.get(messageId) ?? 0) + 1 >= maximumDeliveries;
    const last = Records.filter(isLast);
    const batch = Records.filter((record) => !isLast(record));
    const refused: RefusedMessage[] = [];
    const failed = new Map<string, string>();
    let broken: unknown;
    if (batch.length > 0) {
      try {
        const result = await handle({ Records: batch }, context);
        refused.push(...result.refused);
        for (const entry of result.failed) failed.set(...entry);
      } catch (error) {
        broken = error;
        for (const { messageId } of batch) failed.set(messageId, reasonOf(error));
      }
    }
    for (const record of last) {
      const result = await tryAlone(record, context);
      refused.push(...result.refused);
      for (const entry of result.failed) failed.set(...entry);
    }
    // A batch is of one queue.
    const { queueUrl, deadLettersUrl } = sourceOf(sources, Records[0]);
    await sendToDeadLetters(sqs, deadLettersUrl, refused);
    const again = Records.filter(({ messageId }) => failed.has(messageId));
    await comeAgainSoon(sqs, queueUrl, again, visibilityTimeoutSeconds);
    if (broken !== undefined) {
      // The invocation fails as a whole, for everybody to see, unless some of its messages are done.
      if (last.length === 0) throw broken;
      console.error('The batch failed, but for messages that were tried alone', broken);
    }
    return { batchItemFailures: [...failed.keys()].map((itemIdentifier) => ({ itemIdentifier })) };
  };

  return async (event, context) => {
    const begun = notes?.begin(event.Records);
    let failedIds = new Set(event.Records.map(({ messageId }) => messageId));
    try {
      const response = await work(event, context);
      failedIds = new Set(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      return response;
    } finally {
      await begun;
      await notes?.end(event.Records, failedIds);
    }
  };
}
