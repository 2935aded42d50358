import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { chunk, mapConcurrently } from '../../shared/batch/batch.ts';

/** A message where nobody reads it but people: a dead letter. */
export interface DeadLetter {
  readonly messageId: string;
  /** Epoch ms. */
  readonly sentAt: number;
  readonly receiveCount: number;
  /** Why it is there; missing where SQS moved it by itself. */
  readonly reason?: string;
  readonly body: string;
  readonly receiptHandle: string;
}

/** How long (s) read messages stay hidden if this process dies before it gives them back. */
const heldSeconds = 120;
const maximumHeldBytes = 100_000_000;

/** Reads and deletes the messages of a queue of dead letters. */
export class DeadLetterQueue {
  private readonly sqs: SQSClient;
  private readonly url: string;
  private readonly signal: AbortSignal;
  private readonly held = new Map<string, DeadLetter>();

  constructor(sqs: SQSClient, url: string, signal: AbortSignal) {
    this.sqs = sqs;
    this.url = url;
    this.signal = signal;
  }

  /** Takes up to `limit` messages, each once; they are hidden from others until given back. `isAll`: there were no more. */
  async take(limit: number): Promise<{ letters: DeadLetter[]; isAll: boolean }> {
    let bytes = 0;
    while (this.held.size < limit && bytes < maximumHeldBytes && !this.signal.aborted) {
      const { Messages = [] } = await this.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: this.url,
          MaxNumberOfMessages: Math.min(10, limit - this.held.size),
          VisibilityTimeout: heldSeconds,
          // Asks all of the queue's servers, not a few of them.
          WaitTimeSeconds: 1,
          MessageSystemAttributeNames: ['SentTimestamp', 'ApproximateReceiveCount'],
          MessageAttributeNames: ['reason'],
        }),
      );
      const letters = Messages.map(deadLetterOf);
      // One seen before was hidden for too long: everything was read once.
      const isRound = letters.length === 0 || letters.every(({ messageId }) => this.held.has(messageId));
      for (const letter of letters) {
        this.held.set(letter.messageId, letter);
        bytes += letter.body.length;
      }
      if (isRound) return { letters: this.letters(), isAll: true };
    }
    return { letters: this.letters(), isAll: false };
  }

  /** Deletes a message that was taken. */
  async delete(letter: DeadLetter): Promise<void> {
    await this.sqs.send(new DeleteMessageCommand({ QueueUrl: this.url, ReceiptHandle: letter.receiptHandle }));
    this.held.delete(letter.messageId);
  }

  /** Gives back what was taken and not deleted: others see it at once. Where that fails, in two minutes. */
  async giveBack(): Promise<void> {
    await mapConcurrently(chunk([...this.held.values()], 10), 8, (letters) =>
      this.sqs.send(
        new ChangeMessageVisibilityBatchCommand({
          QueueUrl: this.url,
          Entries: letters.map(({ receiptHandle }, index) => ({
            Id: String(index),
            ReceiptHandle: receiptHandle,
            VisibilityTimeout: 0,
          })),
        }),
      ),
    );
    this.held.clear();
  }

  /** The oldest first. */
  private letters(): DeadLetter[] {
    return [...this.held.values()].sort((a, b) => a.sentAt - b.sentAt || (a.messageId < b.messageId ? -1 : 1));
  }
}

function deadLetterOf({ MessageId = '', Body = '', ReceiptHandle = '', Attributes, MessageAttributes }: Message) {
  const reason = MessageAttributes?.reason?.StringValue;
  return {
    messageId: MessageId,
    sentAt: Number(Attributes?.SentTimestamp ?? 0),
    receiveCount: Number(Attributes?.ApproximateReceiveCount ?? 0),
    ...(reason !== undefined && { reason }),
    body: Body,
    receiptHandle: ReceiptHandle,
  };
}
