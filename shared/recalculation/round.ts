import { isAfterInKeys } from '../id/id-in-key.ts';
import type { LeadDocument } from '../lead/lead-document.ts';
import {
  type FailedLead,
  isThrough,
  maximumFailedLeads,
  type OpenRun,
  type Recalculation,
  type RecalculationFailure,
  type RecalculationTotals,
  type ShardProgress,
} from './recalculation.ts';

/** A run that takes part in a round, and what it has come to there. */
export interface WaitingRun
  extends RecalculationTotals,
    Pick<OpenRun, 'segmentId' | 'runId' | 'startedAt' | 'attempt'> {
  /** The last lead before the page at which it joined; left out: it joined at the first lead. */
  readonly joinedAfter?: string;
  /** Whether the round has started over since it joined: it is through once the round comes by where it joined. */
  readonly hasStartedOver?: boolean;
}

/**
 * The round over a shard's leads: page by page, each for all runs that wait, and from the first lead again as long as one
 * waits. At rest, when none does.
 */
export interface Round {
  readonly shard: string;
  /** One more with each write. */
  readonly version: number;
  /** The last lead of the last page that is done; left out: the next page is the first. */
  readonly after?: string;
  readonly waiting: readonly WaitingRun[];
  /** The leads that could not be evaluated, the latest last: the last `failed` of them are those of a run that waits. */
  readonly failures: readonly FailedLead[];
  /** ISO date-time of its last page; left out: it had none yet. */
  readonly progressedAt?: string;
  /** What its last page failed with, if it did. */
  readonly problem?: string;
}

/** A lead of a page as it was evaluated. */
export interface EvaluatedLead {
  readonly leadId: string;
  /** The document as it is now. */
  readonly document?: LeadDocument | undefined;
  /** Why it could not be evaluated. */
  readonly failure?: string | undefined;
}

/** How many runs take part in one round: it is one item, of 400 KB at most. The others join as these are through. */
export const maximumWaitingRuns = 500;

const nothing: RecalculationTotals = { done: 0, entering: 0, leaving: 0, failed: 0 };

/** The round with those runs, which are open and not through in its shard: others fall out, new ones join where it is. */
export function joinRound(round: Round, open: readonly OpenRun[]): Round {
  const keyOf = ({ segmentId, runId, attempt }: Pick<OpenRun, 'segmentId' | 'runId' | 'attempt'>) =>
    `${segmentId} ${runId} ${attempt}`;
  const openKeys = new Set(open.map(keyOf));
  const stay = round.waiting.filter((run) => openKeys.has(keyOf(run)));
  // With nobody to go on for, it begins with the first lead.
  const { after, ...atStart } = stay.length === 0 ? { ...round, after: undefined, failures: [] } : round;
  const known = new Set(stay.map(keyOf));
  const join = open
    .filter((run) => !known.has(keyOf(run)))
    .slice(0, maximumWaitingRuns - stay.length)
    .map(({ segmentId, runId, startedAt, attempt }) => ({
      ...{ segmentId, runId, startedAt, attempt },
      ...nothing,
      ...(after !== undefined && { joinedAfter: after }),
    }));
  return { ...atStart, ...(after !== undefined && { after }), waiting: [...stay, ...join] };
}

/**
 * The round after a page, and the progress of the runs that are through with the shard. `next`: where the following page
 * starts after; left out at the end of the shard. `now`: epoch ms.
 */
export function advanceRound(
  { problem: _solved, ...round }: Round,
  { leads, next }: { readonly leads: readonly EvaluatedLead[]; readonly next?: string | undefined },
  now: number,
): { round: Round; through: { segmentId: string; progress: ShardProgress }[] } {
  const progressedAt = new Date(now).toISOString();
  const failedHere = failuresAmong(leads);
  const waiting: WaitingRun[] = [];
  const through: { segmentId: string; progress: ShardProgress }[] = [];
  for (const run of round.waiting) {
    const { joinedAfter, hasStartedOver = false } = run;
    // Beyond where it joined, it has seen them before.
    const own =
      hasStartedOver && joinedAfter !== undefined
        ? leads.filter(({ leadId }) => !isAfterInKeys(leadId, joinedAfter))
        : leads;
    const counted = count(run, own);
    const isAtEnd = next === undefined;
    const isBack = hasStartedOver && (isAtEnd || !isAfterInKeys(joinedAfter!, next));
    if (isBack || (isAtEnd && joinedAfter === undefined)) {
      const failures = [...failuresOfRun(round, run), ...failuresAmong(own)];
      through.push({
        segmentId: run.segmentId,
        progress: progressOf(round.shard, counted, failures, progressedAt, true),
      });
    } else waiting.push(isAtEnd ? { ...counted, hasStartedOver: true } : counted);
  }
  const { after: _before, ...rest } = round;
  const failures = waiting.length > 0 ? [...round.failures, ...failedHere].slice(-maximumFailedLeads) : [];
  return {
    through,
    round: {
      ...rest,
      version: round.version + 1,
      ...(next !== undefined && waiting.length > 0 && { after: next }),
      waiting,
      failures,
      progressedAt,
    },
  };
}

function count(run: WaitingRun, leads: readonly EvaluatedLead[]): WaitingRun {
  const startedAt = Date.parse(run.startedAt);
  let [entering, leaving, failed] = [run.entering, run.leaving, run.failed];
  for (const { document, failure } of leads) {
    if (failure !== undefined) failed++;
    const move = moveOf(document, run.segmentId, startedAt);
    if (move === 'entering') entering++;
    else if (move === 'leaving') leaving++;
  }
  return { ...run, done: run.done + leads.length, entering, leaving, failed };
}

/**
 * How a recalculation begun at a moment (epoch ms) moved a lead. Whoever evaluated the lead first after the save moved it:
 * another run's page, a change, or this run.
 */
export function moveOf(
  document: LeadDocument | undefined,
  segmentId: string,
  startedAt: number,
): 'entering' | 'leaving' | undefined {
  const state = document?.memberships[segmentId];
  if (state?.reason !== 'recalculated' || state.since < startedAt) return undefined;
  return state.sequence % 2 === 1 ? 'entering' : 'leaving';
}

function failuresAmong(leads: readonly EvaluatedLead[]): FailedLead[] {
  return leads.flatMap(({ leadId, failure }) => (failure === undefined ? [] : [{ leadId, reason: failure }]));
}

const failuresOfRun = ({ failures }: Round, { failed }: WaitingRun) => (failed === 0 ? [] : failures.slice(-failed));

function progressOf(
  shard: string,
  { runId, attempt, done, entering, leaving, failed }: WaitingRun,
  failures: readonly FailedLead[],
  progressedAt: string,
  isFinished: boolean,
): ShardProgress {
  return {
    ...{ shard, runId, attempt, done, entering, leaving, failed, isFinished, progressedAt },
    ...(failures.length > 0 && { failures: failures.slice(0, maximumFailedLeads) }),
  };
}

/** How far each shard of a run is: as stored where it is through, and as the rounds have it where it takes part or waits. */
export function progressInRounds(
  run: Recalculation,
  stored: readonly ShardProgress[],
  rounds: readonly Round[],
): ShardProgress[] {
  const byShard = new Map(stored.map((progress) => [progress.shard, progress]));
  for (const round of rounds) {
    const { shard, waiting, progressedAt } = round;
    if (progressedAt === undefined || waiting.length === 0 || isThrough(byShard.get(shard), run)) continue;
    const own = waiting.find(({ segmentId, runId, attempt }) => {
      return segmentId === run.segmentId && runId === run.runId && attempt === (run.attempt ?? 1);
    });
    if (own) byShard.set(shard, progressOf(shard, own, failuresOfRun(round, own), progressedAt, false));
    // The round goes on without it, as others joined before it.
    else if (!byShard.has(shard))
      byShard.set(shard, { shard, runId: run.runId, ...nothing, isFinished: false, progressedAt });
  }
  return [...byShard.values()];
}

/** What keeps a run from getting through its shards, by what their rounds failed with. */
export function problemsInRounds(
  run: Recalculation,
  stored: readonly ShardProgress[],
  rounds: readonly Round[],
): RecalculationFailure[] {
  const through = new Set(stored.filter((progress) => isThrough(progress, run)).map(({ shard }) => shard));
  return rounds.flatMap(({ shard, problem }) =>
    problem === undefined || through.has(shard) ? [] : [{ shard, reason: problem }],
  );
}
