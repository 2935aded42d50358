import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { hideMessages } from '../../shared/aws/send-messages.ts';

/** Seconds, about, until a message comes again after its first delivery; after each further one it waits five times as long. */
const firstDelaySeconds = 3;

/** How long (s) a failed message waits: 1.5 to 4.5 s after its first delivery, three to nine minutes after its fourth. */
function delayAfter({ attributes }: SQSRecord, longestSeconds: number): number {
  const delay = firstDelaySeconds * 5 ** (Number(attributes.ApproximateReceiveCount) - 1);
  return Math.ceil(Math.min(longestSeconds, delay * (0.5 + Math.random())));
}

/**
 * Has failed messages come again sooner than when the queue would show them by itself (`visibilityTimeoutSeconds`). Those
 * that SQS could not be told of are logged: they come again then.
 */
export async function comeAgainSoon(
  sqs: SQSClient,
  queueUrl: string,
  records: readonly SQSRecord[],
  visibilityTimeoutSeconds: number,
): Promise<void> {
  const messages = records.map((record) => ({
    receiptHandle: record.receiptHandle,
    seconds: delayAfter(record, visibilityTimeoutSeconds),
  }));
  for (const [index, reason] of await hideMessages(sqs, queueUrl, messages)) {
    console.warn(`Message ${records[index]?.messageId} comes again late: ${reason}`);
  }
}
