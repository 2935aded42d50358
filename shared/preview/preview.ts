import { type SizeAdvice, shareOf, sizeAdvice } from '../catalog/segment.ts';
import { shards } from '../lead/shard.ts';
import type { RuleWarning } from '../vocabulary/lint.ts';
import type { PreviewQuestion } from './count-shard.ts';
import { type Estimate, estimateTotal } from './estimate.ts';
import { type FunnelStep, funnelOf, pathOfRule } from './rule-funnel.ts';
import { addTallies, type ShardCount, type Tally } from './shard-count.ts';
import { warnOfUnread } from './unread-values.ts';

/** Who would enter or leave, and how many; `low` and `high` as those of the preview. */
export interface PreviewMoves extends Tally {
  readonly low?: number;
  readonly high?: number;
}

/** The answer to "who would match these rules?". */
export interface Preview extends PreviewMoves {
  /** Whether every lead was looked at. If not, totals are estimates, with 95 % confidence between `low` and `high`. */
  readonly exact: boolean;
  /** All leads. */
  readonly leads: number;
  readonly share: number;
  readonly size: SizeAdvice;
  readonly entering?: PreviewMoves;
  readonly leaving?: PreviewMoves;
  /** How many leads are left after each top-level rule, in their order. */
  readonly funnel?: readonly FunnelStep[];
  /** Of values that rules cannot read, as far as leads were looked at. */
  readonly warnings?: readonly RuleWarning[];
}

/** How much of a preview is counted, in shards. */
export interface PreviewProgress {
  readonly done: number;
  readonly of: number;
}

/** How much of a preview is counted. */
export function progressOf(counts: readonly ShardCount[]): PreviewProgress {
  return { done: counts.filter(({ isFinished }) => isFinished).length, of: shards.length };
}

/**
 * The answer as far as shards were counted. `knownLeads`: how many leads each shard is known to have, for those that were
 * not read to their end.
 */
export function previewOf(
  { segmentId, sampleSize, match, rules }: Pick<PreviewQuestion, 'segmentId' | 'sampleSize' | 'match' | 'rules'>,
  counts: readonly ShardCount[],
  knownLeads: ReadonlyMap<string, number>,
): Preview {
  const byShard = new Map(counts.map((count) => [count.shard, count]));
  const finished = counts.filter(({ isFinished }) => isFinished);
  const exact = finished.length === shards.length;
  const leads = shards.reduce((sum, shard) => sum + leadsOf(byShard.get(shard), knownLeads.get(shard) ?? 0), 0);
  const sum = (of: readonly ShardCount[], what: (count: ShardCount) => number) =>
    of.reduce((all, count) => all + what(count), 0);
  const estimateOf = (what: (count: ShardCount) => number): Estimate =>
    estimateTotal({
      leads,
      sampled: sum(finished, (count) => count.leads),
      sampledMatching: sum(finished, what),
      seen: sum(counts, (count) => count.leads),
      seenMatching: sum(counts, what),
    });
  const movesOf = (tallyOf: (count: ShardCount) => Tally): PreviewMoves => {
    const { total, sample } = addTallies(counts.map(tallyOf), sampleSize);
    return exact ? { total, sample } : { ...estimateOf((count) => tallyOf(count).total), sample };
  };
  const matching = movesOf((count) => count.matching);
  const isFunnelCounted = rules.length > 0 && counts.every(({ leads, decided }) => leads === 0 || decided);
  const left = new Map(counts.map((count) => [count, funnelOf(match, count.decided ?? [], count.leads)]));
  const funnel = rules.map((_, index): FunnelStep => {
    // Nothing is decided of a shard that nobody has begun to read.
    const leftIn = (count: ShardCount) => left.get(count)?.[index] ?? 0;
    return { path: pathOfRule(index), total: exact ? sum(counts, leftIn) : estimateOf(leftIn).total };
  });
  const warnings = warnOfUnread(
    rules,
    counts.map(({ values }) => values),
  );
  return {
    ...matching,
    exact,
    leads,
    share: shareOf(matching.total, leads),
    size: sizeAdvice(matching.total, leads),
    ...(segmentId !== undefined && {
      entering: movesOf((count) => count.entering),
      leaving: movesOf((count) => count.leaving),
    }),
    ...(isFunnelCounted && { funnel }),
    ...(warnings.length > 0 && { warnings }),
  };
}

/** A shard in the middle of reading has at least the leads that were seen of it. */
function leadsOf(count: ShardCount | undefined, known: number): number {
  if (count?.isFinished) return count.leads;
  return Math.max(known, count?.leads ?? 0);
}
