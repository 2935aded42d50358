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

/** The message that asks for one shard of a recalculation. It names the segment, never its rules: the current ones count. */
export interface RecalculationMessage {
  readonly kind: 'recalculation';
  readonly segmentId: string;
  readonly runId: string;
  readonly shard: string;
}

/** The message that asks for a range of an account's leads to read their account again. */
export interface AccountFanOutMessage {
  readonly kind: 'account_fan_out';
  readonly accountId: string;
  /** Leads after this id. */
  readonly after?: string;
}

/** A message of the queue `reevaluations`. */
export type ReevaluationMessage = RecalculationMessage | AccountFanOutMessage;
