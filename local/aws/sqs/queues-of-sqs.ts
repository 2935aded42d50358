import type { JsonObject } from '../aws-json.ts';
import type { MessageQueue } from './message-queue.ts';

/** The queues of the stand-in, as its operations find and make them. */
export interface QueuesOfSqs {
  readonly all: () => MessageQueue[];
  readonly byArn: (arn: string) => MessageQueue | undefined;
  /** The queue of a QueueUrl, whatever host the client reached it by. */
  readonly byUrl: (input: JsonObject) => MessageQueue;
  readonly urlOf: (queue: MessageQueue) => string;
  /** Makes a queue for a client: it lasts as long as this process. */
  readonly create: (name: string, attributes: Record<string, string>) => MessageQueue;
}
