import type { PreviewLead } from './preview-lead.ts';
import type { ReadValues } from './unread-values.ts';

/** How many leads, and some of them. */
export interface Tally {
  readonly total: number;
  readonly sample: readonly PreviewLead[];
}

/** What a preview has seen of one shard. */
export interface ShardCount {
  readonly shard: string;
  /** Leads that were looked at. */
  readonly leads: number;
  readonly matching: Tally;
  /** Of leads that saving the rules would let in or take out; none where the rules are for no segment. */
  readonly entering: Tally;
  readonly leaving: Tally;
  /** Of the values that rules compare as numbers or dates, rule by rule. */
  readonly values?: readonly ReadValues[];
  /** By top-level rule: leads that it decides about. The release before did not count them. */
  readonly decided?: readonly number[];
  /** The last lead that was looked at; where counting goes on. */
  readonly after?: string;
  readonly isFinished: boolean;
}

const nobody: Tally = { total: 0, sample: [] };

/** A shard of which nothing was seen yet. */
export function uncountedShard(shard: string): ShardCount {
  return { shard, leads: 0, matching: nobody, entering: nobody, leaving: nobody, isFinished: false };
}

/** A sample's leads together are no longer than this as JSON: the counts of a shard are stored as one item. */
const maximumSampleCharacters = 100_000;

/** Counts leads and keeps the first as a sample. */
export class Tallying {
  private total: number;
  private readonly sample: PreviewLead[];
  private readonly sampleSize: number;
  private characters: number;

  constructor(sampleSize: number, { total, sample }: Tally = nobody) {
    this.sampleSize = sampleSize;
    this.total = total;
    this.sample = [...sample];
    this.characters = JSON.stringify(sample).length;
  }

  /** Counts one lead. `show` is asked for it if the sample has room. */
  add(show: () => PreviewLead): void {
    this.total++;
    if (this.sample.length < this.sampleSize) this.keep(show());
  }

  /** Adds what was counted elsewhere. */
  addAll({ total, sample }: Tally): void {
    this.total += total;
    for (const lead of sample) if (this.sample.length < this.sampleSize) this.keep(lead);
  }

  private keep(lead: PreviewLead): void {
    const { length } = JSON.stringify(lead);
    if (this.characters + length > maximumSampleCharacters) return;
    this.characters += length;
    this.sample.push(lead);
  }

  /** What was counted so far. */
  tally(): Tally {
    return { total: this.total, sample: [...this.sample] };
  }
}

/** The tallies of several shards as one. */
export function addTallies(tallies: readonly Tally[], sampleSize: number): Tally {
  const sum = new Tallying(sampleSize);
  for (const tally of tallies) sum.addAll(tally);
  return sum.tally();
}
