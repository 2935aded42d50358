import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { chunk, mapConcurrently } from '../batch/batch.ts';
import { reasonOf, untilProcessed } from './retries.ts';

/** One message to send. */
export interface OutgoingMessage {
  readonly body: string;
  /** Up to 900. */
  readonly delaySeconds?: number;
  /** Message attributes, all text. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Text that SQS takes as a message attribute: no control characters or halves of characters, and not too long. */
export function attributeText(text: string): string {
  const allowed = text.replace(/[\p{Cc}\p{Surrogate}\p{Noncharacter_Code_Point}]/gu, '?');
  return [...allowed].slice(0, 500).join('') || 'unknown';
}

/** What a message says of how many messages followed each other up to it, each sent by who worked on the one before. */
export function continuedAttribute(times: number): Record<string, string> {
  return times === 0 ? {} : { continued: String(times) };
}

/** How many messages followed each other up to a message, as its attributes say. */
export function continuedTimes(
  attributes: Readonly<Record<string, { readonly stringValue?: string | undefined }>>,
): number {
  return Number(attributes.continued?.stringValue ?? 0);
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
  await mapConcurrently(callsOf(messages), 4, (group) =>
    untilProcessed('messages', group, (pending) => sendOnce(sqs, queueUrl, pending)),
  );
}

/** Sends messages to one queue as far as it goes; answers those that were not sent. */
export type SendWhatGoes = (
  messages: readonly OutgoingMessage[],
  signal: AbortSignal,
) => Promise<ReadonlySet<OutgoingMessage>>;

/** How often a message is sent while somebody waits. */
const patientAttempts = 4;

/**
 * What sends messages to that queue for somebody who waits: each is tried a few times, and not any more once `signal` is
 * aborted. What a call failed with is logged; some of its messages may have been sent all the same.
 */
export function patientSenderTo(sqs: SQSClient, queueUrl: string): SendWhatGoes {
  return async (messages, signal) => {
    const unsent = new Set(messages);
    await mapConcurrently(callsOf(messages), 4, async (group) => {
      try {
        await untilProcessed(
          'messages',
          group,
          async (pending) => {
            const left = await sendOnce(sqs, queueUrl, pending, signal);
            for (const message of pending) if (!left.includes(message)) unsent.delete(message);
            return left;
          },
          patientAttempts,
        );
      } catch (error) {
        console.error(`Messages could not be sent to ${queueUrl}`, error);
      }
    });
    return unsent;
  };
}

/** One call; answers what it left unsent. */
async function sendOnce(
  sqs: SQSClient,
  queueUrl: string,
  messages: readonly OutgoingMessage[],
  abortSignal?: AbortSignal,
): Promise<OutgoingMessage[]> {
  const Entries = messages.map(({ body, delaySeconds, attributes = {} }, index) => ({
    Id: String(index),
    MessageBody: body,
    ...(delaySeconds !== undefined && { DelaySeconds: delaySeconds }),
    MessageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
    ),
  }));
  const command = new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries });
  const answer = await sqs.send(command, abortSignal && { abortSignal });
  return (answer.Failed ?? []).map(({ Id }) => messages[Number(Id)]!);
}

const callsOf = (messages: readonly OutgoingMessage[]) => chunk(messages, 10).flatMap(splitBySize);

// A message that is larger goes alone: SQS takes 1 MiB, and took 256 KiB a call before.
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

/** Receives up to ten messages that wait, with all that SQS says of them. */
export async function receiveMessages(sqs: SQSClient, queueUrl: string): Promise<Message[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: 10,
    MessageSystemAttributeNames: ['All'],
  });
  return (await sqs.send(command)).Messages ?? [];
}

/** A message that was received, and in how many seconds from now it may be received again. */
export interface HiddenMessage {
  readonly receiptHandle: string;
  readonly seconds: number;
}

/** Says when received messages come again; answers why it could not, by their position. */
export function hideMessages(
  sqs: SQSClient,
  queueUrl: string,
  messages: readonly HiddenMessage[],
): Promise<ReadonlyMap<number, string>> {
  const entries = messages.map(({ receiptHandle, seconds }, index) => ({
    Id: String(index),
    ReceiptHandle: receiptHandle,
    VisibilityTimeout: seconds,
  }));
  return inCalls(entries, (Entries) =>
    sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries })),
  );
}

/** Deletes received messages; answers why it could not, by their position: those come again. */
export function deleteMessages(
  sqs: SQSClient,
  queueUrl: string,
  receiptHandles: readonly string[],
): Promise<ReadonlyMap<number, string>> {
  const entries = receiptHandles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
  return inCalls(entries, (Entries) => sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries })));
}

/** Makes calls with ten entries each; answers why entries failed, by their position, which is their id. */
async function inCalls<T extends { readonly Id: string }>(
  entries: readonly T[],
  call: (entries: T[]) => Promise<{ Failed?: BatchResultErrorEntry[] | undefined }>,
): Promise<ReadonlyMap<number, string>> {
  const failed = new Map<number, string>();
  await mapConcurrently(chunk(entries, 10), 4, async (group) => {
    try {
      const { Failed = [] } = await call(group);
      for (const { Id, Code = 'failed' } of Failed) failed.set(Number(Id), Code);
    } catch (error) {
      for (const { Id } of group) failed.set(Number(Id), reasonOf(error));
    }
  });
  return failed;
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
