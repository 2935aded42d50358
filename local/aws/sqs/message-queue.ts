import { randomUUID } from 'node:crypto';
import { Clock } from '../../clock.ts';
import { AlarmClock } from './alarm-clock.ts';
import type { Message } from './message.ts';

/** Hears of every message that comes or goes, before whoever caused it is answered. */
export interface QueueObserver {
  added(queue: MessageQueue, messages: Message[]): void;
  removed(queue: MessageQueue, messageIds: string[]): void;
}

interface RedrivePolicy {
  deadLetterTargetArn: string;
  maxReceiveCount: number;
}

interface Held {
  message: Message;
  state: 'ready' | 'delayed' | 'inFlight';
  receiptHandle?: string;
}

export interface ReceivedMessage {
  message: Message;
  receiptHandle: string;
}

/** One standard SQS queue in memory: visibility, delays, receive counts, dead letters. */
export class MessageQueue {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly attributes: Readonly<Record<string, string>>;
  private readonly observer: QueueObserver | undefined;
  private readonly deadLetters: (arn: string) => MessageQueue | undefined;
  private readonly held = new Map<string, Held>();
  private ready: Held[] = [];
  private readyFrom = 0;
  readonly clock: Clock;
  private readonly alarms: AlarmClock<Held>;
  private tally = { ready: 0, delayed: 0, inFlight: 0 };
  private waiting = new Set<() => void>();

  constructor(
    name: string,
    arn: string,
    attributes: Record<string, string>,
    observer: QueueObserver | undefined,
    deadLetters: (arn: string) => MessageQueue | undefined,
    clock = new Clock(),
  ) {
    this.name = name;
    this.arn = arn;
    this.attributes = attributes;
    this.observer = observer;
    this.deadLetters = deadLetters;
    this.clock = clock;
    this.alarms = new AlarmClock(clock, (awake) => this.awaken(awake));
    this.createdAt = clock.now();
  }

  get counts(): Readonly<{ ready: number; delayed: number; inFlight: number }> {
    return this.tally;
  }

  /** Everything in the queue, in any state. */
  messages(): Message[] {
    return [...this.held.values()].map(({ message }) => message);
  }

  get redrivePolicy(): RedrivePolicy | undefined {
    const policy = this.attributes.RedrivePolicy;
    return policy ? (JSON.parse(policy) as RedrivePolicy) : undefined;
  }

  get visibilityTimeoutMs(): number {
    return Number(this.attributes.VisibilityTimeout ?? 30) * 1_000;
  }

  /** Takes new messages in; `Message.visibleAt` in the future delays one. */
  add(messages: Message[]): void {
    this.observer?.added(this, messages);
    this.restore(messages);
  }

  /** Takes messages in that the observer knows already. */
  restore(messages: Message[]): void {
    const now = this.clock.now();
    for (const message of messages) {
      const held: Held = { message, state: 'ready' };
      this.held.set(message.id, held);
      this.tally.ready += 1;
      if (message.visibleAt > now) this.sleep(held, 'delayed');
      else this.ready.push(held);
    }
    this.callReceivers();
  }

  /** Hands out up to `max` messages; those received too often go to the dead letters instead. */
  receive(
    max: number,
    visibilityMs = this.visibilityTimeoutMs,
    maxBytes = Number.POSITIVE_INFINITY,
  ): ReceivedMessage[] {
    const received: ReceivedMessage[] = [];
    const now = this.clock.now();
    const policy = this.redrivePolicy;
    const deadLetters = policy && this.deadLetters(policy.deadLetterTargetArn);
    const exhausted: Message[] = [];
    let bytes = 0;
    while (received.length < max && this.readyFrom < this.ready.length) {
      const held = this.ready[this.readyFrom] as Held;
      if (held.state !== 'ready' || this.held.get(held.message.id) !== held) {
        this.readyFrom += 1;
        continue;
      }
      const { message } = held;
      if (policy && deadLetters && message.receiveCount >= policy.maxReceiveCount) {
        this.readyFrom += 1;
        this.forget(held);
        exhausted.push(message);
        continue;
      }
      bytes += message.body.length;
      if (bytes > maxBytes && received.length > 0) break;
      this.readyFrom += 1;
      message.receiveCount += 1;
      message.firstReceivedAt ??= now;
      message.visibleAt = now + visibilityMs;
      held.receiptHandle = `${message.id}/${randomUUID()}`;
      this.sleep(held, 'inFlight');
      received.push({ message, receiptHandle: held.receiptHandle });
    }
    this.trimReady();
    if (deadLetters && exhausted.length > 0) {
      deadLetters.add(exhausted.map((message) => ({ ...message, visibleAt: 0, deadLetterSourceArn: this.arn })));
      this.observer?.removed(
        this,
        exhausted.map(({ id }) => id),
      );
    }
    return received;
  }

  /** Deletes by receipt handle; handles of messages that are gone already change nothing. */
  delete(receiptHandles: string[]): void {
    const removed: string[] = [];
    for (const handle of receiptHandles) {
      const held = this.byHandle(handle);
      // Of a message received again since, an older handle deletes nothing.
      if (held?.receiptHandle !== handle) continue;
      this.forget(held);
      removed.push(held.message.id);
    }
    if (removed.length > 0) this.observer?.removed(this, removed);
  }

  /** Moves the moment a message in flight comes back; false if it is not in flight. */
  changeVisibility(receiptHandle: string, visibilityMs: number): boolean {
    const held = this.byHandle(receiptHandle);
    if (held?.receiptHandle !== receiptHandle || held.state !== 'inFlight') return false;
    held.message.visibleAt = this.clock.now() + visibilityMs;
    if (visibilityMs > 0) {
      this.sleep(held, 'inFlight');
    } else {
      this.alarms.cancel(held);
      this.awaken([held]);
    }
    return true;
  }

  /** Makes all that are in flight visible, as if the time was over for which they are hidden. */
  reveal(): void {
    const hidden = [...this.held.values()].filter(({ state }) => state === 'inFlight');
    for (const held of hidden) this.alarms.cancel(held);
    this.awaken(hidden);
  }

  /** Resolves when a message is ready, the time is over, or the queue is closed or the wait is called off. */
  waitForMessage(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    if (this.tally.ready > 0 || signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.waiting.delete(done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      this.waiting.add(done);
      signal?.addEventListener('abort', done);
    });
  }

  close(): void {
    this.alarms.clear();
    for (const done of [...this.waiting]) done();
  }

  private byHandle(receiptHandle: string): Held | undefined {
    return this.held.get(receiptHandle.slice(0, receiptHandle.indexOf('/')));
  }

  private forget(held: Held): void {
    this.alarms.cancel(held);
    this.tally[held.state] -= 1;
    this.held.delete(held.message.id);
  }

  private enter(held: Held, state: Held['state']): void {
    this.tally[held.state] -= 1;
    this.tally[state] += 1;
    held.state = state;
  }

  private sleep(held: Held, state: 'delayed' | 'inFlight'): void {
    this.enter(held, state);
    this.alarms.set(held, held.message.visibleAt);
  }

  private awaken(awake: Iterable<Held>): void {
    for (const held of awake) {
      this.enter(held, 'ready');
      this.ready.push(held);
    }
    this.callReceivers();
  }

  private callReceivers(): void {
    if (this.tally.ready > 0) for (const done of [...this.waiting]) done();
  }

  private trimReady(): void {
    if (this.readyFrom > 1_000 && this.readyFrom * 2 > this.ready.length) {
      this.ready = this.ready.slice(this.readyFrom);
      this.readyFrom = 0;
    }
  }
}
