import { z } from 'zod';

/** The removal of what is left of a deleted segment: members, counts, day counters, revisions. */
export interface CleanUp {
  readonly segmentId: string;
  /**
   * 1 removes what is there. 2 comes when no write from before the deletion can still be on its way to the projections,
   * and removes what they brought meanwhile.
   */
  readonly sweep: 1 | 2;
  /** ISO date-time from which the sweep may begin. */
  readonly dueAt: string;
  /** ISO date-time at which its messages were last queued. */
  readonly queuedAt?: string;
  /** How often its messages were queued. */
  readonly sends: number;
  /** Shards that this sweep is through with. */
  readonly done: Readonly<Record<string, true>>;
}

const minuteMs = 60_000;
/** The streams that feed the projections keep a write for 24 hours. */
const lateWritesMs = 25 * 60 * minuteMs;
const longestPauseMs = 6 * 60 * minuteMs;

/** What a deletion leaves to do. `now`: epoch ms. */
export function firstSweep(segmentId: string, now: number): CleanUp {
  return { segmentId, sweep: 1, dueAt: new Date(now).toISOString(), sends: 0, done: {} };
}

/** What is to do after a sweep; undefined when that was the last one. `now`: epoch ms. */
export function sweepAfter({ segmentId, sweep }: CleanUp, now: number): CleanUp | undefined {
  if (sweep === 2) return undefined;
  return { segmentId, sweep: 2, dueAt: new Date(now + lateWritesMs).toISOString(), sends: 0, done: {} };
}

/**
 * Whether the messages of a sweep are to be queued (again): it is due, and those that were queued have had their time,
 * which grows from two minutes to six hours. `now`: epoch ms.
 */
export function isSweepToBeQueued({ dueAt, queuedAt, sends }: CleanUp, now: number): boolean {
  if (now < Date.parse(dueAt)) return false;
  return queuedAt === undefined || now - Date.parse(queuedAt) >= Math.min(longestPauseMs, 2 ** sends * minuteMs);
}

const id = z.string().min(1).max(256);

/** The message that asks for one shard of the clean-up after a segment's deletion. */
export const cleanUpMessageSchema = z.strictObject({
  kind: z.literal('clean_up'),
  segmentId: id,
  sweep: z.literal([1, 2]),
  shard: id,
});
/** Asks for one shard of a clean-up. */
export type CleanUpMessage = z.infer<typeof cleanUpMessageSchema>;
