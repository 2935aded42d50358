import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { reasonOf } from '../aws/retries.ts';
import { chunk, mapConcurrently } from '../batch/batch.ts';

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

/** Dead letters that were taken, the oldest first. */
export interface TakenLetters {
  readonly letters: readonly DeadLetter[];
  /** There were no more. */
  readonly isAll: boolean;
}

/** A queue of dead letters. */
export type DeadLetterQueue = ReturnType<typeof createDeadLetterQueue>;

interface Taking {
  /** How long (s) what is taken stays hidden from others if it is never given back. */
  readonly heldSeconds: number;
  /** Ends the taking early. */
  readonly signal?: AbortSignal;
}

const maximumHeldBytes = 100_000_000;

/** Reads, gives back and deletes the messages of a queue of dead letters. */
export function createDeadLetterQueue(sqs: SQSClient, url: string, { heldSeconds, signal }: Taking) {
  const held = new Map<string, DeadLetter>();
  const taken = (isAll: boolean): TakenLetters => ({
    letters: [...held.values()].sort((a, b) => a.sentAt - b.sentAt || (a.messageId < b.messageId ? -1 : 1)),
    isAll,
  });
  return {
    /** Takes up to `limit` messages, each once; they are hidden from others until given back. */
    take: async (limit: number): Promise<TakenLetters> => {
      let bytes = 0;
      while (held.size < limit && bytes < maximumHeldBytes && !signal?.aborted) {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({
            QueueUrl: url,
            MaxNumberOfMessages: Math.min(10, limit - held.size),
            VisibilityTimeout: heldSeconds,
            // Asks all of the queue's servers, not a few of them.
            WaitTimeSeconds: 1,
            MessageSystemAttributeNames: ['SentTimestamp', 'ApproximateReceiveCount'],
            MessageAttributeNames: ['reason'],
          }),
        );
        const letters = Messages.map(deadLetterOf);
        // One seen before was hidden for too long: everything was read once.
        const isRound = letters.length === 0 || letters.every(({ messageId }) => held.has(messageId));
        for (const letter of letters) {
          held.set(letter.messageId, letter);
          bytes += letter.body.length;
        }
        if (isRound) return taken(true);
      }
      return taken(false);
    },

    /** Deletes a message that was taken. */
    delete: async (letter: DeadLetter): Promise<void> => {
      await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: letter.receiptHandle }));
      held.delete(letter.messageId);
    },

    /**
     * Gives back what was taken and not deleted: others see it at once. What cannot be given back is told in the log, and
     * others see it after `heldSeconds`.
     */
    giveBack: async (): Promise<void> => {
      const faults = await mapConcurrently(chunk([...held.values()], 10), 8, async (letters) => {
        try {
          const { Failed = [] } = await sqs.send(
            new ChangeMessageVisibilityBatchCommand({
              QueueUrl: url,
              Entries: letters.map(({ receiptHandle }, index) => ({
                Id: String(index),
                ReceiptHandle: receiptHandle,
                VisibilityTimeout: 0,
              })),
            }),
          );
          return Failed.map(({ Code, Message }) => `${Code}: ${Message}`);
        } catch (error) {
          return letters.map(() => reasonOf(error));
        }
      });
      const [first, ...others] = faults.flat();
      if (first)
        console.warn(`Of ${url}, ${others.length + 1} dead letters stay hidden for ${heldSeconds} s: ${first}`);
      held.clear();
    },
  };
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
