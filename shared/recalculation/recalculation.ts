import { z } from 'zod';

/** How far the evaluation of all leads for one segment is. */
export interface Recalculation {
  readonly segmentId: string;
  /** Names the run; a newer save starts a newer run, and the older one ends. */
  readonly runId: string;
  readonly state: 'queued' | 'running' | 'done' | 'failed';
  /** ISO date-time. */
  readonly startedAt: string;
  readonly finishedAt?: string;
  /** ISO date-time at which its messages were last queued. */
  readonly queuedAt?: string;
  /** What it did in all, once it has ended. */
  readonly totals?: RecalculationTotals;
  /** How often it was begun: 1 (also where it is left out), and one more each time it was tried again after it failed. */
  readonly attempt?: number;
  /** ISO date-time at which a failed run is tried again. */
  readonly retryAt?: string;
  /** Why it failed: a few leads, or the shards that did not get through. */
  readonly failures?: readonly RecalculationFailure[];
  /** How often its messages were sent again since it last made progress. */
  readonly restarts?: number;
}

/** A run that has not ended: what the rounds over the shards go by. */
export interface OpenRun extends Pick<Recalculation, 'segmentId' | 'runId' | 'startedAt'> {
  readonly attempt: number;
  /** The shards that are through with this attempt. */
  readonly through: ReadonlySet<string>;
}

/** A run as it is open, with the shards that its attempt need not go through again. */
export function openRunOf(
  { segmentId, runId, startedAt, attempt = 1 }: Recalculation,
  through: Iterable<string> = [],
): OpenRun {
  return { segmentId, runId, startedAt, attempt, through: new Set(through) };
}

/** What could not be done: one lead, or the rest of a shard. */
export interface RecalculationFailure {
  readonly leadId?: string;
  readonly shard?: string;
  readonly reason: string;
}

/** A lead that could not be evaluated, and why. */
export interface FailedLead {
  readonly leadId: string;
  readonly reason: string;
}

/** A run that begins; `now` is epoch ms. */
export function newRun(segmentId: string, runId: string, now: number): Recalculation {
  return { segmentId, runId, state: 'queued', startedAt: new Date(now).toISOString() };
}

/** The catalog version that a run was begun in, which its id starts with. */
export function catalogVersionOf(runId: string): number {
  return Number(runId.slice(0, runId.indexOf('-')));
}

/** Leads evaluated, how many of them entered and left, and how many could not be evaluated. */
export interface RecalculationTotals {
  readonly done: number;
  readonly entering: number;
  readonly leaving: number;
  readonly failed: number;
}

/** The sum over shards. */
export function totalsOf(shards: readonly RecalculationTotals[]): RecalculationTotals {
  return shards.reduce(
    (sum, { done, entering, leaving, failed }) => ({
      done: sum.done + done,
      entering: sum.entering + entering,
      leaving: sum.leaving + leaving,
      failed: sum.failed + failed,
    }),
    { done: 0, entering: 0, leaving: 0, failed: 0 },
  );
}

/** How far one shard of a run is. */
export interface ShardProgress extends RecalculationTotals {
  readonly shard: string;
  readonly runId: string;
  readonly isFinished: boolean;
  /** ISO date-time. */
  readonly progressedAt: string;
  /** The attempt of the run that brought it here; 1 where it is left out. */
  readonly attempt?: number;
  /** Leads that could not be evaluated, at most `maximumFailedLeads` of them. */
  readonly failures?: readonly FailedLead[];
}

/** How many failed leads a shard remembers: with no more than these, only they are tried again. */
export const maximumFailedLeads = 100;

/** Whether a shard has nothing more to do in this attempt of the run. */
export function isThrough(
  progress: ShardProgress | undefined,
  { runId, attempt = 1 }: Pick<Recalculation, 'runId' | 'attempt'>,
): boolean {
  if (progress?.runId !== runId || !progress.isFinished) return false;
  return progress.failed === 0 || (progress.attempt ?? 1) === attempt;
}

/** The message that asks for the round over a shard's leads. It names no segment: whichever wait take part. */
export const recalculationMessageSchema = z.strictObject({
  kind: z.literal('recalculation'),
  shard: z.string().min(1).max(256),
  /** Messages of the release before name a run; it is among those that wait. */
  segmentId: z.string().optional(),
  runId: z.string().optional(),
});

/** Asks for the round over a shard's leads. */
export type RecalculationMessage = z.infer<typeof recalculationMessageSchema>;
