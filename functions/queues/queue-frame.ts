import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { reasonOf } from '../../shared/aws/retries.ts';
import { numericSetting, setting } from '../../shared/aws/settings.ts';
import { hasRoomForReason, type RefusedMessage, sendToDeadLetters } from './dead-letters.ts';
import type { FreshnessNotes } from './freshness-notes.ts';

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
 * again, and after the last delivery the queue allows go there, too, with what they failed with. A message is deleted
 * only after it was sent there: a worker that dies in between leaves one there twice, never none.
 */
export function createQueueWorker(sqs: SQSClient, handle: BatchHandler, notes?: FreshnessNotes): QueueFunction {
  const deadLettersUrl = setting('DEAD_LETTERS_QUEUE_URL');
  const maximumDeliveries = numericSetting('MAXIMUM_DELIVERIES');
  const isLast = ({ attributes }: SQSRecord) => Number(attributes.ApproximateReceiveCount) >= maximumDeliveries;

  const handleAll = async (event: SQSEvent, context: RemainingTime): Promise<BatchResult> => {
    try {
      return await handle(event, context);
    } catch (error) {
      // The invocation fails as a whole, for everybody to see, unless there is no other delivery to wait for.
      if (!event.Records.some(isLast)) throw error;
      console.error('The batch failed; messages that will not be delivered again are tried alone', error);
      return tryAlone(event.Records, context, reasonOf(error));
    }
  };

  /** Tries each message that is here for the last time by itself: whatever broke the batch may be another one. */
  const tryAlone = async (
    records: readonly SQSRecord[],
    context: RemainingTime,
    reason: string,
  ): Promise<BatchResult> => {
    const refused: RefusedMessage[] = [];
    const failed = new Map(records.map(({ messageId }) => [messageId, reason]));
    for (const record of records.length > 1 ? records.filter(isLast) : []) {
      if (context.getRemainingTimeInMillis() < reserveMs) break;
      try {
        const result = await handle({ Records: [record] }, context);
        failed.delete(record.messageId);
        refused.push(...result.refused);
        for (const entry of result.failed) failed.set(...entry);
      } catch (error) {
        failed.set(record.messageId, reasonOf(error));
      }
    }
    return { refused, failed };
  };

  const work: QueueFunction = async (event, context) => {
    const { refused, failed } = await handleAll(event, context);
    const exhausted = event.Records.filter((record) => failed.has(record.messageId) && isLast(record));
    const leaving = [
      ...refused,
      ...exhausted.map((record) => ({
        record,
        reason: `failed ${maximumDeliveries} times, at last: ${failed.get(record.messageId)}`,
      })),
    ];
    const movable = leaving.filter(({ record }) => hasRoomForReason(record));
    await sendToDeadLetters(sqs, deadLettersUrl, movable);
    const left = leaving.filter(({ record }) => !hasRoomForReason(record));
    for (const { record, reason } of left) {
      console.error(`Message ${record.messageId} is too large for a reason; the queue will move it. ${reason}`);
    }
    const moved = new Set(movable.map(({ record }) => record.messageId));
    const again = new Set([...failed.keys(), ...left.map(({ record }) => record.messageId)]);
    return {
      batchItemFailures: [...again].filter((id) => !moved.has(id)).map((id) => ({ itemIdentifier: id })),
    };
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
