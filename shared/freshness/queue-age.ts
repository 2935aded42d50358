import type { QueueDepth } from '../aws/send-messages.ts';
import type { FreshnessNote } from './worker-freshness.ts';

/** What is known of a queue. Moments are epoch ms. */
interface QueueKnowledge {
  readonly depth: QueueDepth;
  /** What its workers noted. */
  readonly notes: readonly FreshnessNote[];
  /** Everything in the queue was sent since then: it was empty. */
  readonly emptyAt?: number;
  readonly createdAt: number;
}

/** Queues hand out messages about in the order they came; workers that received within that time (ms) are compared. */
const disorderMs = 5_000;

/**
 * The moment (epoch ms) since which every unprocessed message of a queue was sent; undefined when there is none. It may
 * be earlier than the oldest message, never later (docs/operations.md, "How fresh it is").
 */
export function unprocessedSince(
  { depth, notes, emptyAt, createdAt }: QueueKnowledge,
  now: number,
): number | undefined {
  if (depth.waiting + depth.inFlight + depth.delayed === 0) return undefined;
  const held = notes.flatMap(({ oldestHeldSentAt, heldUntil = 0 }) =>
    oldestHeldSentAt !== undefined && heldUntil > now ? [oldestHeldSentAt] : [],
  );
  const receipts = notes.filter(({ receivedSince }) => receivedSince !== undefined);
  const newest = Math.max(...receipts.map(({ notedAt }) => notedAt));
  const lately = receipts.filter(({ notedAt }) => notedAt >= newest - disorderMs);
  const receivedSince = Math.min(...lately.map((note) => note.receivedSince ?? 0));
  const unreceivedSince = Math.max(
    Number.isFinite(receivedSince) ? receivedSince : createdAt,
    emptyAt ?? Number.NEGATIVE_INFINITY,
  );
  return Math.min(unreceivedSince, ...held);
}
