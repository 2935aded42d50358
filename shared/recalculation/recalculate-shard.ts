import { mapConcurrently } from '../batch/batch.ts';
import type { ShardReader } from '../lead/lead-reads.ts';
import { shards } from '../lead/shard.ts';
import type { LeadWork } from '../membership/evaluate-leads.ts';
import { unlessTimeUp } from '../read-budget/time-up.ts';
import { evaluatePage, evaluateTwice, type PagePorts, requestOf } from './evaluate-page.ts';
import { gatheringSeconds } from './gather-runs.ts';
import type { OpenRun, RecalculationMessage, ShardProgress } from './recalculation.ts';
import { advanceRound, joinRound, moveOf, type Round } from './round.ts';

/** Who works on a shard's round, for a while; a newer term ends it. */
export interface RoundLease {
  readonly shard: string;
  readonly term: number;
}

/** What the recalculation of a shard needs from outside. All reads are strongly consistent. */
export interface RecalculationPorts extends PagePorts {
  readonly pages: ShardReader;
  readonly rounds: {
    /** Takes the round over, unless another holder works on it; the same one takes it from an earlier delivery. */
    readonly take: (shard: string, holder: string) => Promise<RoundLease | undefined>;
    /** Keeps the lease for longer, if it has become short; says whether it is still the last one. */
    readonly keep: (lease: RoundLease) => Promise<boolean>;
    /**
     * Lets go of the round, and notes when (epoch ms) the message comes that goes on with it, if one will. Says whether the
     * lease was still the last one.
     */
    readonly letGo: (lease: RoundLease, comesAt?: number) => Promise<boolean>;
    readonly read: (shard: string) => Promise<Round>;
    /** Stores the round unless somebody else moved it on since it was read; says whether it did. */
    readonly store: (round: Round) => Promise<boolean>;
  };
  readonly runs: {
    readonly open: () => Promise<readonly OpenRun[]>;
    readonly shardProgress: (segmentId: string, shard: string) => Promise<ShardProgress | undefined>;
    /** Stores that a run is through with a shard, unless it is over; ends this attempt if that was the last one. */
    readonly finishShard: (segmentId: string, progress: ShardProgress) => Promise<void>;
    /** Ends this attempt of the run if every shard of it is through and the run is still the current one. */
    readonly finishIfComplete: (run: Pick<OpenRun, 'segmentId' | 'runId' | 'attempt'>) => Promise<void>;
  };
}

const leadsPerPage = 200;
const writesAtOnce = 8;

/** Why the work on a round ends: no run waits, somebody else moved it on meanwhile, or there is more to do, then. */
type End = 'at rest' | 'overtaken' | { readonly delaySeconds: number };

/** Whether a message is to go on with the round, and after which time. */
export interface RoundResult {
  readonly isFinished: boolean;
  readonly delaySeconds?: number;
}

/**
 * Goes on with a shard's round, page by page for all runs that wait, until none does, the round is at the shard's end, or
 * time is up. Before the first page it lets runs gather. `holder` names the message: its next delivery takes over from this
 * one. Repeating it is harmless. If it is not finished, another message is to go on with it.
 */
export async function recalculateShard(
  ports: RecalculationPorts,
  { shard }: Pick<RecalculationMessage, 'shard'>,
  holder: string,
  isTimeUp: () => boolean,
): Promise<RoundResult> {
  for (;;) {
    const lease = await ports.rounds.take(shard, holder);
    // Whoever works on it looks once more after letting go.
    if (!lease) return { isFinished: true };
    let end: End;
    try {
      end = await goOn(ports, lease, isTimeUp);
    } catch (error) {
      // Not to keep others waiting until this message comes again. If that fails, too, the lease ends by itself.
      await Promise.allSettled([ports.rounds.letGo(lease)]);
      throw error;
    }
    const rest = typeof end === 'object' ? end : undefined;
    // With a newer lease, somebody else goes on.
    if (!(await ports.rounds.letGo(lease, rest && ports.now() + rest.delaySeconds * 1_000)))
      return { isFinished: true };
    if (rest) return { isFinished: false, ...rest };
    // A run that began after the last look may have found the round held, and relies on this look.
    if (waitingFor(shard, await ports.runs.open()).length === 0) return { isFinished: true };
  }
}

async function goOn(ports: RecalculationPorts, lease: RoundLease, isTimeUp: () => boolean): Promise<End> {
  const { shard } = lease;
  let [round, open] = await Promise.all([ports.rounds.read(shard), ports.runs.open()]);
  await endThoseThrough(ports, open);
  for (;;) {
    const joined = joinRound(round, await retryFailedLeads(ports, round, waitingFor(shard, open)));
    if (joined.waiting.length === 0) {
      const isNoted = round.waiting.length === 0 && round.problem === undefined;
      return isNoted || (await ports.rounds.store(asAtRest(round))) ? 'at rest' : 'overtaken';
    }
    const delaySeconds = joined.after === undefined ? gatheringSeconds(joined.waiting, ports.now()) : 0;
    if (delaySeconds > 0 || isTimeUp()) return { delaySeconds };
    if (!(await ports.rounds.keep(lease))) return 'overtaken';
    // After the runs were listed: what a page holds was decided after each of them began, or is decided again.
    const page = await unlessTimeUp(evaluatedPage(ports, joined, isTimeUp));
    if (!page) return { delaySeconds: 0 };
    const { evaluated, next } = page;
    const advanced = advanceRound(joined, { leads: evaluated, next }, ports.now());
    await mapConcurrently(advanced.through, writesAtOnce, ({ segmentId, progress }) =>
      ports.runs.finishShard(segmentId, progress),
    );
    const wasAtRest = round.waiting.length === 0 && round.problem === undefined;
    const isAtRest = advanced.round.waiting.length === 0;
    // A round of one page leaves nothing to remember.
    if (!(wasAtRest && isAtRest) && !(await ports.rounds.store(advanced.round))) return 'overtaken';
    if (isAtRest) return 'at rest';
    // Others' messages wait in line, too.
    if (next === undefined) return { delaySeconds: 0 };
    round = advanced.round;
    open = await ports.runs.open();
  }
}

/** The page of leads that the round is at, evaluated. Throws `TimeUp`, before anything of it is written. */
async function evaluatedPage(ports: RecalculationPorts, { shard, after, waiting }: Round, isTimeUp: () => boolean) {
  const { leads, next } = await ports.pages(shard, after, leadsPerPage, isTimeUp);
  return { evaluated: await evaluatePage(ports, waiting, shard, leads, isTimeUp), next };
}

const waitingFor = (shard: string, open: readonly OpenRun[]) => open.filter(({ through }) => !through.has(shard));

function asAtRest({ after: _after, problem: _problem, ...round }: Round): Round {
  return { ...round, version: round.version + 1, waiting: [], failures: [] };
}

/** Ends runs that are through with all shards: whoever was to end one may have died before. */
async function endThoseThrough({ runs }: RecalculationPorts, open: readonly OpenRun[]): Promise<void> {
  for (const run of open) if (run.through.size === shards.length) await runs.finishIfComplete(run);
}

/**
 * Of runs that are tried again, evaluates the leads of the shard that failed, where they are known: the run is then through
 * with it. Answers the runs that have to go through all leads.
 */
async function retryFailedLeads(
  ports: RecalculationPorts,
  { shard, waiting }: Round,
  open: readonly OpenRun[],
): Promise<OpenRun[]> {
  const takePart = new Set(waiting.map(({ runId, attempt }) => `${runId} ${attempt}`));
  const all: OpenRun[] = [];
  for (const run of open) {
    const { segmentId, runId, attempt } = run;
    const isKnown = attempt === 1 || takePart.has(`${runId} ${attempt}`);
    const before = isKnown ? undefined : await ports.runs.shardProgress(segmentId, shard);
    const { failures = [] } = before ?? {};
    if (before?.runId !== runId || !before.isFinished || failures.length < before.failed) {
      all.push(run);
      continue;
    }
    const work = failures.map(({ leadId }): LeadWork => ({ leadId, recalculate: requestOf([run]) }));
    const leads = await evaluateTwice(ports, work);
    const startedAt = Date.parse(run.startedAt);
    const moved = leads.map(({ document }) => moveOf(document, segmentId, startedAt));
    const failed = leads.flatMap(({ leadId, failure }) => (failure === undefined ? [] : [{ leadId, reason: failure }]));
    const { failures: _earlier, ...rest } = before;
    await ports.runs.finishShard(segmentId, {
      ...rest,
      entering: before.entering + moved.filter((move) => move === 'entering').length,
      leaving: before.leaving + moved.filter((move) => move === 'leaving').length,
      failed: failed.length,
      progressedAt: new Date(ports.now()).toISOString(),
      attempt,
      ...(failed.length > 0 && { failures: failed }),
    });
  }
  return all;
}
