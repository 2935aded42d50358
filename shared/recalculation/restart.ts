import type { Catalog, CompiledSegment } from '../catalog/catalog.ts';
import {
  catalogVersionOf,
  isThrough,
  type Recalculation,
  type RecalculationFailure,
  type ShardProgress,
} from './recalculation.ts';

const minuteMs = 60_000;

/** A run without progress for that long (ms) is looked after. */
const stalledMs = 2 * minuteMs;
/** How often the messages of a run that makes no progress are sent again before it has failed. */
const maximumRestarts = 5;
/** Pauses (ms) before a failed run is tried again; the last one from then on. */
const pausesMs = [minuteMs, 5 * minuteMs, 30 * minuteMs, 6 * 60 * minuteMs];

/** How many failures of a run people are told of. */
export const maximumFailuresShown = 10;

/**
 * What the minute schedule does about a run: nothing, send its messages again, end it as failed since that has not helped,
 * or begin the next attempt of one that failed.
 */
type RestartStep = 'wait' | 'send_again' | 'give_up' | 'retry';

/** The next step for a run. `now`: epoch ms; `isQueueEmpty`: no message of the queue waits to be received. */
export function restartStep(
  run: Recalculation,
  progress: readonly ShardProgress[],
  { now, isQueueEmpty }: { now: number; isQueueEmpty: boolean },
): RestartStep {
  if (run.state === 'done') return 'wait';
  if (run.finishedAt !== undefined) return Date.parse(run.retryAt ?? run.finishedAt) <= now ? 'retry' : 'wait';
  // While messages wait, those of this run may be among them.
  if (!isQueueEmpty || now - lastProgressAt(run, progress) <= stalledMs) return 'wait';
  return restartsSinceProgress(run, progress) < maximumRestarts ? 'send_again' : 'give_up';
}

/** How often the run's messages were sent again since it last made progress. */
export function restartsSinceProgress(run: Recalculation, progress: readonly ShardProgress[]): number {
  const { queuedAt = run.startedAt, restarts = 0 } = run;
  return progress.some(({ progressedAt }) => progressedAt > queuedAt) ? 0 : restarts;
}

/** The moment (epoch ms) at which a run whose attempt failed at `now` is tried again. */
export function retryAt({ attempt = 1 }: Recalculation, now: number): number {
  return now + (pausesMs[attempt - 1] ?? pausesMs.at(-1)!);
}

/**
 * Why a run is not whole: a few of the leads that failed and of the shards that are not through; none when it is.
 * `problems`: what their rounds failed with.
 */
export function failuresOf(
  run: Recalculation,
  progress: readonly ShardProgress[],
  shards: readonly string[],
  problems: readonly RecalculationFailure[] = [],
): RecalculationFailure[] {
  const byShard = new Map(progress.map((shard) => [shard.shard, shard]));
  const stuck = shards.filter((shard) => !isThrough(byShard.get(shard), run));
  const ofProblems = new Set(problems.map(({ shard }) => shard));
  return [
    ...problems,
    ...stuck.flatMap((shard) => (ofProblems.has(shard) ? [] : [{ shard, reason: 'it made no progress' }])),
    ...progress.flatMap(({ failures = [] }) => failures),
  ].slice(0, maximumFailuresShown);
}

function lastProgressAt(run: Recalculation, progress: readonly ShardProgress[]): number {
  const moments = [run.startedAt, run.queuedAt ?? run.startedAt, ...progress.map(({ progressedAt }) => progressedAt)];
  return Math.max(...moments.map((moment) => Date.parse(moment)));
}

/**
 * The active segments that no run was begun for since their last save. A segment's own save begins its run with it; a
 * change of levels is a save of too many segments for that, and may die before it has begun them all.
 */
export function segmentsWithoutRun(catalog: Catalog, runs: readonly Recalculation[]): CompiledSegment[] {
  const begunIn = new Map(runs.map(({ segmentId, runId }) => [segmentId, catalogVersionOf(runId)]));
  return [...catalog.active.values()].filter(({ segment, lastSave }) => {
    const version = begunIn.get(segment.id);
    return version === undefined || version < lastSave.savedInCatalog;
  });
}
