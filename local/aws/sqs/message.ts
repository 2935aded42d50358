import { randomUUID } from 'node:crypto';

export interface MessageAttribute {
  DataType: string;
  StringValue?: string;
  BinaryValue?: string;
}

export type MessageAttributes = Record<string, MessageAttribute>;

/** A message as it was sent, and what has happened to it since. */
export interface Message {
  id: string;
  body: string;
  attributes?: MessageAttributes;
  systemAttributes?: MessageAttributes;
  sentAt: number;
  receiveCount: number;
  firstReceivedAt?: number;
  /** Not to be received before this moment: delayed, in flight, or waiting for its next try. */
  visibleAt: number;
  /** The queue whose dead letter this is. */
  deadLetterSourceArn?: string;
}

/** A message that is sent at this moment. */
export function newMessage(body: string, attributes?: MessageAttributes, delaySeconds = 0, now = Date.now()): Message {
  return {
    id: randomUUID(),
    body,
    ...(attributes && Object.keys(attributes).length > 0 && { attributes }),
    sentAt: now,
    receiveCount: 0,
    visibleAt: delaySeconds > 0 ? now + delaySeconds * 1_000 : 0,
  };
}
