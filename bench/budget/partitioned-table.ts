import { createHash } from 'node:crypto';
import { partitionUnits } from '../../shared/read-budget/table-units.ts';

/** What was read of one partition. */
class Partition {
  /** What it serves at once: what was not read in the last second, and nothing of the seconds before. */
  private left = partitionUnits;
  private filledAt: number;
  /** Units that scans read, by second. */
  readonly scanned = new Map<number, number>();
  wanted = 0;
  refused = 0;

  constructor(now: number) {
    this.filledAt = now;
  }

  /** Reads as long as there is anything left: only then it is known what a read takes. */
  take(units: number, now: number): boolean {
    this.left = Math.min(partitionUnits, this.left + ((now - this.filledAt) / 1_000) * partitionUnits);
    this.filledAt = now;
    if (this.left <= 0) return false;
    this.left -= units;
    return true;
  }
}

/** A table whose keys fall into partitions by a hash, each of which serves so much a second and refuses the rest. */
export class PartitionedTable {
  readonly partitions: readonly Partition[];
  private readonly now: () => number;
  private readonly placement: number;

  /** `placement`: another one puts the same keys elsewhere. */
  constructor(partitions: number, placement: number, now: () => number) {
    this.partitions = Array.from({ length: partitions }, () => new Partition(now()));
    this.placement = placement;
    this.now = now;
  }

  /** Reads a page for a scan; says whether it was served. */
  scan(key: string, units: number): boolean {
    const hash = createHash('md5').update(`${this.placement} ${key}`).digest().readUInt32BE(0);
    const partition = this.partitions[Math.floor((hash / 2 ** 32) * this.partitions.length)]!;
    const now = this.now();
    if (!partition.take(units, now)) return false;
    const second = Math.floor(now / 1_000);
    partition.scanned.set(second, (partition.scanned.get(second) ?? 0) + units);
    return true;
  }

  /** Reads so many single leads of each partition for the workers. */
  work(units: number): void {
    for (const partition of this.partitions) {
      for (let unit = 0; unit < units; unit++) if (!partition.take(1, this.now())) partition.refused++;
      partition.wanted += units;
    }
  }
}
