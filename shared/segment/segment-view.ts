import { mapConcurrently } from '../batch/batch.ts';
import { labelsOf, type Segment, shareOf, sizeAdvice } from '../catalog/segment.ts';
import type { LeadTotalStore } from '../lead/lead-total-store.ts';
import type { MemberCounts } from '../projection/member-count-store.ts';
import type { Unlisted, UnlistedReader } from '../projection/unlisted.ts';
import { type Recalculation, totalsOf } from '../recalculation/recalculation.ts';
import { maximumFailuresShown } from '../recalculation/restart.ts';
import { problemsInRounds, type Round } from '../recalculation/round.ts';
import type { RunStore } from '../recalculation/run-store.ts';

const queriesAtOnce = 8;

/** Makes the view of segments: with counts, size advice, recalculation progress and freshness. */
export function createSegmentView(ports: {
  memberCounts: MemberCounts;
  recalculations: RunStore;
  leadTotal: LeadTotalStore;
  unlisted: UnlistedReader;
  freshAsOf: () => Promise<string>;
}) {
  const progressOf = async (run: Recalculation, rounds: readonly Round[], leads: number) => {
    const { state, startedAt, finishedAt, attempt = 1, retryAt } = run;
    const reached = run.totals ? [] : await ports.recalculations.progress(run, rounds);
    const totals = run.totals ?? totalsOf(reached);
    const problems = run.totals ? [] : problemsInRounds(run, reached, rounds);
    const met = [...problems, ...reached.flatMap((shard) => shard.failures ?? [])];
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

  const show = async (segments: readonly Segment[], runs: ReadonlyMap<string, Recalculation>, scattered = false) => {
    const active = activeIds(segments);
    // In this order: what was processed is announced, and what is not among what is unlisted is in the counts.
    const processedUntil = await ports.freshAsOf();
    const unlisted = await ports.unlisted.of(active);
    const [counts, leads] = await Promise.all([ports.memberCounts(active, { scattered }), ports.leadTotal.read()]);
    // Before the progress of the runs: what leaves a round is stored there by then.
    const isUnderWay = segments.some(({ id }) => runs.get(id)?.totals === undefined && runs.has(id));
    const rounds = isUnderWay ? await ports.recalculations.allRounds() : [];
    return mapConcurrently(
      segments,
      queriesAtOnce,
      async ({ savedInCatalog: _in, savedAt: _at, silent: _silent, conditions: _kept, ...segment }) => {
        const memberCount = counts.get(segment.id) ?? 0;
        const behind = unlisted.get(segment.id);
        const stored = runs.get(segment.id);
        const run = stored && asListed(stored, behind);
        return {
          ...segment,
          ...labelsOf(segment),
          memberCount,
          share: shareOf(memberCount, leads),
          size: sizeAdvice(memberCount, leads),
          ...(run && { recalculation: await progressOf(run, rounds, leads) }),
          freshAsOf: earliest(
            processedUntil,
            run && run.state !== 'done' ? run.startedAt : undefined,
            behind && listedBefore(behind),
          ),
        };
      },
    );
  };

  return {
    /** ISO date-time up to which every change sent is in the lists and counts of all these segments. */
    freshAsOf: async (segmentIds: readonly string[]): Promise<string> => {
      // In this order, as above.
      const processedUntil = await ports.freshAsOf();
      const unlisted = await ports.unlisted.of(segmentIds);
      return earliest(processedUntil, ...[...unlisted.values()].map(listedBefore));
    },
    /** One segment, with its rules. */
    one: async (segment: Segment) => {
      const run = await ports.recalculations.get(segment.id);
      const [shown] = await show([segment], new Map(run ? [[segment.id, run]] : []));
      return shown!;
    },
    /**
     * A page of segments without their rules; `scattered`: many others lie between them, by their ids. Asks for progress
     * only where a run has not ended.
     */
    many: async (segments: readonly Segment[], { scattered = false } = {}) => {
      if (segments.length === 0) return [];
      const found = await runsOf(segments.map(({ id }) => id).sort(), scattered);
      const runs = new Map(found.map((run) => [run.segmentId, run]));
      return (await show(segments, runs, scattered)).map(({ rules: _rules, ...segment }) => segment);
    },
  };
}

/** The ids of those that are active, sorted: the others count no members. */
export function activeIds(segments: readonly Segment[]): string[] {
  return segments.flatMap(({ id, active }) => (active ? [id] : [])).sort();
}

/** The run as clients see it: it is done when lists and counts show what it did. */
function asListed(run: Recalculation, behind: Unlisted | undefined): Recalculation {
  const { finishedAt, ...unfinished } = run;
  const isListed = !behind || finishedAt === undefined || Date.parse(finishedAt) < behind.announcedAt;
  return run.state !== 'done' || isListed ? run : { ...unfinished, state: 'running' };
}

/** ISO date-time up to which everything is listed. */
const listedBefore = ({ since }: Unlisted) => new Date(since - 1).toISOString();

/** The earliest of these moments, all of them ISO date-times. */
function earliest(first: string, ...others: readonly (string | undefined)[]): string {
  return others.reduce<string>((least, moment) => (moment !== undefined && moment < least ? moment : least), first);
}
