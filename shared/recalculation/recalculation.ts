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
  /** What it did in all, once it is done. */
  readonly totals?: RecalculationTotals;
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
  /** The last lead of the last page that is done. */
  readonly after?: string;
  readonly isFinished: boolean;
  /** ISO date-time. */
  readonly progressedAt: string;
}

const id = z.string().min(1).max(256);

/** The message that asks for one shard of a recalculation. It names the segment, never its rules: the current ones count. */
export const recalculationMessageSchema = z.strictObject({
  kind: z.literal('recalculation'),
  segmentId: id,
  runId: id,
  shard: id,
});

/** The message that asks for the leads of an account after an id, or all, to read their account again. */
export const accountFanOutMessageSchema = z.strictObject({
  kind: z.literal('account_fan_out'),
  accountId: id,
  after: id.optional(),
});

/** A message of the queue `reevaluations`. */
export const reevaluationMessageSchema = z.discriminatedUnion('kind', [
  recalculationMessageSchema,
  accountFanOutMessageSchema,
]);

/** Asks for one shard of a recalculation. */
export type RecalculationMessage = z.infer<typeof recalculationMessageSchema>;
/** Asks for a range of an account's leads. */
export type AccountFanOutMessage = z.infer<typeof accountFanOutMessageSchema>;
/** A message of the queue `reevaluations`. */
export type ReevaluationMessage = z.infer<typeof reevaluationMessageSchema>;
