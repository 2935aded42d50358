import { mapConcurrently } from '../batch/batch.ts';
import { type Segment, shareOf, sizeAdvice } from '../catalog/segment.ts';
import type { LeadTotalStore } from '../lead/lead-total-store.ts';
import type { MemberCounts } from '../projection/member-count-store.ts';
import { type Recalculation, totalsOf } from '../recalculation/recalculation.ts';
import { maximumFailuresShown } from '../recalculation/restart.ts';
import type { RunStore } from '../recalculation/run-store.ts';

const queriesAtOnce = 8;

/** What may be known of segments that are to be shown. */
interface ShowOptions {
  /** How many members they have. */
  readonly counts?: ReadonlyMap<string, number> | undefined;
  /** Whether many others lie between them, by their ids. */
  readonly scattered?: boolean;
}

/** Makes the view of segments: with counts, size advice, recalculation progress and freshness. */
export function createSegmentView(ports: {
  memberCounts: MemberCounts;
  recalculations: RunStore;
  leadTotal: LeadTotalStore;
  freshAsOf: () => Promise<string>;
}) {
  const progressOf = async (run: Recalculation, leads: number) => {
    const { state, startedAt, finishedAt, attempt = 1, retryAt, segmentId, runId, problem } = run;
    const reached = run.totals ? [] : await ports.recalculations.progress(segmentId, runId);
    const totals = run.totals ?? totalsOf(reached);
    const met = [...(problem ? [problem] : []), ...reached.flatMap((shard) => shard.failures ?? [])];
    const failures = run.failures ?? met.slice(0, maximumFailuresShown);
    return {
      state,
      ...totals,
      of: state === 'done' ? totals.done : Math.max(totals.done, leads),
      startedAt,
      ...(finishedAt !== undefined && { finishedAt }),
      ...(attempt > 1 && { attempt }),
      ...(retryAt !== undefined && { retryAt }),
      ...(failures.length > 0 && { failures }),
    };
  };

  const runsOf = async (segmentIds: readonly string[], scattered: boolean) => {
    const [first, last] = [segmentIds.at(0), segmentIds.at(-1)];
    if (first === undefined || last === undefined) return [];
    if (!scattered) return ports.recalculations.all({ first, last });
    return (await mapConcurrently(segmentIds, queriesAtOnce, ports.recalculations.get)).filter((run) => !!run);
  };

  const show = async (
    segments: readonly Segment[],
    runs: ReadonlyMap<string, Recalculation>,
    { counts: known, scattered = false }: ShowOptions = {},
  ) => {
    const active = activeIds(segments);
    const [counts, leads, freshAsOf] = await Promise.all([
      known ?? ports.memberCounts(active, { scattered }),
      ports.leadTotal.read(),
      ports.freshAsOf(),
    ]);
    return mapConcurrently(
      segments,
      queriesAtOnce,
      async ({ savedInCatalog: _in, savedAt: _at, silent: _silent, conditions: _kept, ...segment }) => {
        const memberCount = counts.get(segment.id) ?? 0;
        const run = runs.get(segment.id);
        return {
          ...segment,
          memberCount,
          share: shareOf(memberCount, leads),
          size: sizeAdvice(memberCount, leads),
          ...(run && { recalculation: await progressOf(run, leads) }),
          freshAsOf: run && run.state !== 'done' && run.startedAt < freshAsOf ? run.startedAt : freshAsOf,
        };
      },
    );
  };

  return {
    /** One segment, with its rules. */
    one: async (segment: Segment) => {
      const run = await ports.recalculations.get(segment.id);
      const [shown] = await show([segment], new Map(run ? [[segment.id, run]] : []));
      return shown!;
    },
    /** A page of segments without their rules. Asks for progress only where a run has not ended. */
    many: async (segments: readonly Segment[], options: ShowOptions = {}) => {
      if (segments.length === 0) return [];
      const found = await runsOf(segments.map(({ id }) => id).sort(), options.scattered ?? false);
      const runs = new Map(found.map((run) => [run.segmentId, run]));
      return (await show(segments, runs, options)).map(({ rules: _rules, ...segment }) => segment);
    },
  };
}

/** The ids of those that are active, sorted: the others count no members. */
export function activeIds(segments: readonly Segment[]): string[] {
  return segments.flatMap(({ id, active }) => (active ? [id] : [])).sort();
}
