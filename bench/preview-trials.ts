import { shardOf, shards } from '../shared/lead/shard.ts';
import { previewOf } from '../shared/preview/preview.ts';
import { type ShardCount, uncountedShard } from '../shared/preview/shard-count.ts';
import { seededChance } from './lead-world.ts';

/** Ids as systems give them: running numbers, numbers with a check digit, addresses. */
const idForms: readonly ((index: number) => string)[] = [
  (index) => `lead-${index}`,
  (index) => `crm:${String(index * 7 + 3).padStart(9, '0')}`,
  (index) => `person.${index % 97}@company-${Math.floor(index / 97)}.example`,
];

/**
 * One preview that was stopped early, over leads whose matches are skewed: rare or common, in runs of neighbouring ids (as
 * when one import brought all leads of a campaign) or anywhere. Answers whether the true total lies between `low` and
 * `high`.
 */
export function isTotalInInterval(seed: number): boolean {
  const chance = seededChance(seed);
  const leads = Math.floor(400 + 12_000 * chance() ** 2);
  const idOf = idForms[Math.floor(chance() * idForms.length)]!;
  // From one in a thousand to nearly all, mostly rare.
  const share = 10 ** (-3 * chance());
  const runLength = chance() < 0.5 ? 1 : Math.ceil(leads * 0.02 * chance());
  const byShard = new Map(shards.map((shard) => [shard, { leads: 0, matching: 0 }]));
  let total = 0;
  let isInRun = false;
  for (let index = 0; index < leads; index++) {
    if (index % runLength === 0) isInRun = chance() < share;
    const shard = byShard.get(shardOf(idOf(index)))!;
    shard.leads++;
    if (isInRun) shard.matching++;
    if (isInRun) total++;
  }
  const order = [...shards].map((shard) => ({ shard, place: chance() })).sort((a, b) => a.place - b.place);
  const finished = new Set(order.slice(0, 1 + Math.floor(chance() * 31)).map(({ shard }) => shard));
  const counts = shards.map((shard): ShardCount => {
    const uncounted = uncountedShard(shard);
    const counted = byShard.get(shard)!;
    if (!finished.has(shard)) return uncounted;
    return { ...uncounted, leads: counted.leads, matching: { total: counted.matching, sample: [] }, isFinished: true };
  });
  const known = new Map([...byShard].map(([shard, counted]) => [shard, counted.leads]));
  const { low = total, high = total } = previewOf({ sampleSize: 0, match: 'all', rules: [] }, counts, known);
  return low <= total && total <= high;
}

/** The part of so many trials in which the true total lies inside the interval. */
export function intervalCoverage(trials: number, seed: number): number {
  let inside = 0;
  for (let trial = 0; trial < trials; trial++) if (isTotalInInterval(seed + trial)) inside++;
  return inside / trials;
}
