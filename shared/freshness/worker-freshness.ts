/** Of a message that a worker received: when it was sent (epoch ms) and how often it was delivered, as SQS tells. */
interface ReceivedMessage {
  readonly messageId: string;
  readonly attributes: { readonly SentTimestamp: string; readonly ApproximateReceiveCount: string };
}

/** What one worker tells of its queue. Moments are epoch ms. */
export interface FreshnessNote {
  /** Every message that this worker works on, or failed, was sent then or later; absent: there is none. */
  readonly oldestHeldSentAt?: number;
  /** By then messages it holds were delivered again, if it did not end them. */
  readonly heldUntil?: number;
  /** The messages it last received for the first time were sent then or later. */
  readonly receivedSince?: number;
  readonly notedAt: number;
}

const noteEveryMs = 2_000;
/** How long a message that is visible again may wait until a worker receives it. */
const receivedAgainMs = 60_000;
/** So many messages a worker takes at once, if so many wait. A full batch is followed by another soon; another may be the last for long. */
export const fullBatch = 100;

/**
 * Keeps what one worker knows of its queue, and says when to write it: before a batch, so that a worker that dies in it
 * has told what it held, and after it; of full batches, which come one after another, one every two seconds.
 */
export class WorkerFreshness {
  private readonly visibilityTimeoutMs: number;
  /** Messages that this worker failed and that may not have been delivered again yet. */
  private readonly failed = new Map<string, { sentAt: number; until: number }>();
  private receivedSince: number | undefined;
  private noted: FreshnessNote | undefined;

  constructor(visibilityTimeoutMs: number) {
    this.visibilityTimeoutMs = visibilityTimeoutMs;
  }

  /** The note to write when a batch comes, if what is written does not cover it. */
  begin(records: readonly ReceivedMessage[], now: number): FreshnessNote | undefined {
    const first = records.filter(({ attributes }) => Number(attributes.ApproximateReceiveCount) === 1);
    if (first.length > 0) this.receivedSince = Math.min(...first.map(sentAtOf));
    for (const { messageId } of records) this.failed.delete(messageId);
    const held = Math.min(...records.map(sentAtOf), this.oldestFailed(now));
    const noted = this.noted;
    const isCovered = noted?.oldestHeldSentAt !== undefined && noted.oldestHeldSentAt <= held;
    if (isCovered && now - noted.notedAt < noteEveryMs) return undefined;
    return this.note(held, now);
  }

  /** The note to write when a batch is over, with the ids of the messages that come again. */
  end(records: readonly ReceivedMessage[], failedIds: ReadonlySet<string>, now: number): FreshnessNote | undefined {
    const until = now + this.visibilityTimeoutMs + receivedAgainMs;
    for (const record of records) {
      if (failedIds.has(record.messageId)) this.failed.set(record.messageId, { sentAt: sentAtOf(record), until });
    }
    const isRecent = this.noted !== undefined && now - this.noted.notedAt < noteEveryMs;
    if (failedIds.size === 0 && isRecent && records.length >= fullBatch) return undefined;
    return this.note(this.oldestFailed(now), now);
  }

  private oldestFailed(now: number): number {
    let oldest = Number.POSITIVE_INFINITY;
    for (const [messageId, { sentAt, until }] of this.failed) {
      if (until <= now) this.failed.delete(messageId);
      else oldest = Math.min(oldest, sentAt);
    }
    return oldest;
  }

  private note(held: number, now: number): FreshnessNote {
    const receivedSince = this.receivedSince;
    this.noted = {
      ...(Number.isFinite(held) && {
        oldestHeldSentAt: held,
        heldUntil: now + this.visibilityTimeoutMs + receivedAgainMs,
      }),
      ...(receivedSince !== undefined && { receivedSince }),
      notedAt: now,
    };
    return this.noted;
  }
}

function sentAtOf({ attributes }: ReceivedMessage): number {
  return Number(attributes.SentTimestamp);
}
