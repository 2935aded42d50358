import type { JsonObject } from '../aws-json.ts';
import type { MessageQueue } from './message-queue.ts';

/** The queues of the stand-in, as its operations find, make and remove them. */
export interface QueuesOfSqs {
  readonly all: () => MessageQueue[];
  readonly byArn: (arn: string) => MessageQueue | undefined;
  /** The queue of a QueueUrl, whatever host the client reached it by. */
  readonly byUrl: (input: JsonObject) => MessageQueue;
  readonly urlOf: (queue: MessageQueue) => string;
  /** Makes a queue for a client, which the next start makes again. */
  readonly create: (name: string, attributes: Record<string, string>) => MessageQueue;
  readonly change: (queue: MessageQueue, attributes: Record<string, string>) => void;
  readonly remove: (queue: MessageQueue) => void;
}
