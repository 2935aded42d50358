import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { attributeText, sendMessages } from '../../shared/aws/send-messages.ts';

/** A message that goes to the dead letters, with the reason. */
export interface RefusedMessage {
  readonly record: SQSRecord;
  readonly reason: string;
}

/** What SQS takes as one message, its attributes included. */
const maximumMessageBytes = 1_048_576;
/** What the two attributes may take. */
const attributeBytes = 4_000;

/** Whether a message has room for a reason: beside the largest bodies there is none. */
function hasRoomForReason({ body }: SQSRecord): boolean {
  return Buffer.byteLength(body) <= maximumMessageBytes - attributeBytes;
}

/** Sends messages to dead letters, each as it came, with the reason and its id as message attributes if there is room. */
export async function sendToDeadLetters(
  sqs: SQSClient,
  queueUrl: string,
  refused: readonly RefusedMessage[],
): Promise<void> {
  for (const { record, reason } of refused) console.warn(`Message ${record.messageId} refused: ${reason}`);
  const messages = refused.map(({ record, reason }) => ({
    body: record.body,
    ...(hasRoomForReason(record) && { attributes: { reason: attributeText(reason), messageId: record.messageId } }),
  }));
  await sendMessages(sqs, queueUrl, messages);
}
