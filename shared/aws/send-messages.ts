import { GetQueueAttributesCommand, SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { chunk, mapConcurrently } from '../batch/batch.ts';
import { untilProcessed } from './retries.ts';

/** One message to send. */
export interface OutgoingMessage {
  readonly body: string;
  /** Up to 900. */
  readonly delaySeconds?: number;
  /** Message attributes, all text. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Sends messages to one queue. */
export type Send = (messages: readonly OutgoingMessage[]) => Promise<void>;

/** What sends messages to that queue. */
export function senderTo(sqs: SQSClient, queueUrl: string): Send {
  return (messages) => sendMessages(sqs, queueUrl, messages);
}

/** Sends messages, ten a call; what a call left unsent is sent again. Throws `UnprocessedError` in the end. */
export async function sendMessages(
  sqs: SQSClient,
  queueUrl: string,
  messages: readonly OutgoingMessage[],
): Promise<void> {
  const groups = chunk(messages, 10).flatMap(splitBySize);
  await mapConcurrently(groups, 4, (group) =>
    untilProcessed('messages', group, async (pending) => {
      const Entries = pending.map(({ body, delaySeconds, attributes = {} }, index) => ({
        Id: String(index),
        MessageBody: body,
        ...(delaySeconds !== undefined && { DelaySeconds: delaySeconds }),
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
        ),
      }));
      const answer = await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
      return (answer.Failed ?? []).map(({ Id }) => pending[Number(Id)]!);
    }),
  );
}

const maximumCallBytes = 240_000;

function splitBySize(messages: readonly OutgoingMessage[]): OutgoingMessage[][] {
  const groups: OutgoingMessage[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const message of messages) {
    const size = Buffer.byteLength(message.body) + 1_000;
    if (bytes + size > maximumCallBytes) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)!.push(message);
    bytes += size;
  }
  return groups;
}

/** How many messages wait in a queue: to be received, being processed, and delayed. */
export interface QueueDepth {
  readonly waiting: number;
  readonly inFlight: number;
  readonly delayed: number;
  /** Epoch ms at which the queue was made. */
  readonly createdAt: number;
}

/** A queue's depth, as SQS knows it: approximate. */
export async function queueDepth(sqs: SQSClient, queueUrl: string): Promise<QueueDepth> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
        'CreatedTimestamp',
      ],
    }),
  );
  return {
    waiting: Number(Attributes.ApproximateNumberOfMessages ?? 0),
    inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
    delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
    createdAt: Number(Attributes.CreatedTimestamp ?? 0) * 1000,
  };
}
