import { chanceOfAtLeast, chanceOfAtMost } from './hypergeometric.ts';

/** What is known of a total of which only a part was counted. */
export interface PartCounted {
  /** All leads there are, counted or not. */
  readonly leads: number;
  /** Leads of the shards that were read completely, and how many of them count: a random sample of all. */
  readonly sampled: number;
  readonly sampledMatching: number;
  /** Every lead that was looked at, those of shards in the middle of reading too, and how many of them count. */
  readonly seen: number;
  readonly seenMatching: number;
}

/** A total as far as it is known: between `low` and `high` with 95 % confidence. */
export interface Estimate {
  readonly total: number;
  readonly low: number;
  readonly high: number;
}

/** What each end of the interval may be wrong by chance. */
const oneSided = 0.025;

/**
 * Estimates a total. Leads are in shards by a hash, so those of the shards that were read are drawn at random from all; the
 * interval has every total under which what was found is not too unlikely (Clopper and Pearson's, for a draw without
 * putting back: it holds for any share, however small). What was seen bounds it for certain.
 */
export function estimateTotal({ leads, sampled, sampledMatching, seen, seenMatching }: PartCounted): Estimate {
  const least = seenMatching;
  const most = Math.max(least, leads - (seen - seenMatching));
  const within = (value: number) => Math.min(most, Math.max(least, value));
  if (sampled === 0) {
    return { total: within(seen > 0 ? Math.round((seenMatching / seen) * leads) : 0), low: least, high: most };
  }
  const draw = { population: leads, drawn: sampled };
  const couldBeMore = (total: number) => chanceOfAtMost(draw, total, sampledMatching) > oneSided;
  const couldBeFewer = (total: number) => chanceOfAtLeast(draw, total, sampledMatching) > oneSided;
  const [fewest, greatest] = [sampledMatching, leads - (sampled - sampledMatching)];
  const low = firstThat(fewest, greatest, couldBeFewer);
  const high = firstThat(fewest, greatest + 1, (total) => !couldBeMore(total)) - 1;
  const total = Math.round((sampledMatching / sampled) * leads);
  return { total: within(total), low: within(low), high: within(high) };
}

/** The first whole number of a range (the last one included) for which something holds that then holds for all after it. */
function firstThat(first: number, last: number, holds: (value: number) => boolean): number {
  let [low, high] = [first, last];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
