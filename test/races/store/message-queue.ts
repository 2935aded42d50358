/** A message as a queue holds it. */
export interface QueuedMessage {
  readonly id: string;
  readonly body: string;
  /** The id it had in the queue it was refused from; undefined: it was not. */
  readonly formerId: string | undefined;
  /** Epoch ms. */
  readonly sentAt: number;
  /** Epoch ms from which it can be received. */
  visibleAt: number;
  isInFlight: boolean;
  deliveries: number;
}

/** One SQS queue in memory: any order, any number of deliveries, until it is deleted. */
export class MessageQueue {
  readonly name: string;
  messages: QueuedMessage[] = [];
  private serial = 0;

  constructor(name: string) {
    this.name = name;
  }

  send(body: string, now: number, delaySeconds = 0, formerId?: string): void {
    if (delaySeconds < 0 || delaySeconds > 900) throw new Error(`A delay of ${delaySeconds} s is not possible`);
    this.serial++;
    const id = `${this.name}-${this.serial}`;
    const visibleAt = now + delaySeconds * 1000;
    this.messages.push({ id, body, formerId, sentAt: now, visibleAt, isInFlight: false, deliveries: 0 });
  }

  visible(now: number): QueuedMessage[] {
    return this.messages.filter((message) => !message.isInFlight && message.visibleAt <= now);
  }

  remove(ids: ReadonlySet<string>): void {
    this.messages = this.messages.filter(({ id }) => !ids.has(id));
  }

  depth(now: number): Record<string, string> {
    const count = (test: (message: QueuedMessage) => boolean) => String(this.messages.filter(test).length);
    return {
      ApproximateNumberOfMessages: count(({ isInFlight, visibleAt }) => !isInFlight && visibleAt <= now),
      ApproximateNumberOfMessagesNotVisible: count(({ isInFlight }) => isInFlight),
      ApproximateNumberOfMessagesDelayed: count(({ isInFlight, visibleAt }) => !isInFlight && visibleAt > now),
    };
  }
}
