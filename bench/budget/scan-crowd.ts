import { createReadPacer, type ReadPacer } from '../../shared/aws/read-pacer.ts';
import { shardNames, usualShardCount } from '../../shared/lead/shard.ts';
import { createReadGovernor } from '../../shared/read-budget/read-governor.ts';
import { partitionsOf } from '../../shared/read-budget/table-units.ts';
import { seededChance } from '../lead-world.ts';
import { PartitionedTable } from './partitioned-table.ts';
import { SharedLedger } from './shared-ledger.ts';
import { VirtualTime } from './virtual-time.ts';

/** How many processes scan at the same time. */
export interface Crowd {
  readonly recalculations: number;
  readonly previews: number;
  readonly reconciliations: number;
  readonly exports: number;
}

/** One kind of scan: how many shards a process reads side by side, what a page takes, and how long (ms) it is worked on. */
const kinds: Readonly<Record<keyof Crowd, { sideBySide: number; pageUnits: number; workMs: number }>> = {
  recalculations: { sideBySide: 1, pageUnits: 50, workMs: 100 },
  previews: { sideBySide: 8, pageUnits: 200, workMs: 10 },
  reconciliations: { sideBySide: 1, pageUnits: 125, workMs: 200 },
  exports: { sideBySide: 1, pageUnits: 200, workMs: 20 },
};

/** What is to be tried. */
export interface Trial {
  readonly partitions: number;
  /** How many read units a second the governor is told that the table serves; undefined: each process paces itself. */
  readonly governedBy: number | undefined;
  readonly crowd: Crowd;
  /** What workers read of each partition in a second. */
  readonly workersUnits: number;
  readonly seconds: number;
  readonly seed: number;
}

/** What came of it. */
export interface Outcome {
  /** The most that scans read of one partition within a second. */
  readonly mostOfPartition: number;
  /** What scans read in a second, of all partitions. */
  readonly scannedPerSecond: number;
  /** The part of what workers wanted to read of the partition that suffered most, and of all, that was refused. */
  readonly worstRefused: number;
  readonly refused: number;
  /** How often the ledger was written in a second, conditions that failed included. */
  readonly ledgerWritesPerSecond: number;
}

const shards = shardNames(usualShardCount);
const startsAt = Date.parse('2026-06-01T00:00:00Z');
const tickMs = 10;
/** How often the AWS client tries a read in all. */
const tries = 5;

/** Lets a crowd scan a table beside its workers, in virtual time. */
export async function scanBesideWorkers(trial: Trial): Promise<Outcome> {
  const time = new VirtualTime(startsAt);
  const chance = seededChance(trial.seed);
  const table = new PartitionedTable(trial.partitions, trial.seed, time.now);
  const ledger = new SharedLedger(() => time.sleep(2 + 6 * chance()));

  const pacerOfProcess = (): ReadPacer => {
    const own = createReadPacer(time.now, time.sleep);
    if (trial.governedBy === undefined) return own;
    return createReadGovernor({
      now: time.now,
      random: chance,
      sleep: time.sleep,
      note: (what, error) => {
        throw new Error(what, { cause: error });
      },
      ledger,
      table: { partitions: partitionsOf(trial.governedBy), keys: shards.length },
      otherwise: own,
    });
  };

  /** One read as the AWS client makes it: again after a pause that grows. */
  const read = async (key: string, units: number) => {
    for (let attempts = 1; attempts <= tries; attempts++) {
      if (table.scan(key, units)) {
        await time.sleep(5 + 20 * chance());
        return { ConsumedCapacity: { CapacityUnits: units }, $metadata: { attempts } };
      }
      await time.sleep(chance() * 50 * 2 ** attempts);
    }
    throw Object.assign(new Error('refused'), { name: 'ThrottlingException' });
  };

  /** Reads page after page of one shard after the other. */
  const scan = async (pace: ReadPacer, { pageUnits, workMs }: (typeof kinds)[keyof Crowd]): Promise<never> => {
    await time.sleep(2_000 * chance());
    for (let page = 0, shard = ''; ; page++) {
      if (page % 20 === 0) shard = shards[Math.floor(chance() * shards.length)]!;
      try {
        await pace(
          shard,
          () => read(shard, pageUnits),
          () => false,
        );
        await time.sleep(workMs * (0.5 + chance()));
      } catch (error) {
        if (!(error instanceof Error && error.name === 'ThrottlingException')) throw error;
        await time.sleep(1_000);
      }
    }
  };

  const work = async (): Promise<never> => {
    for (;;) {
      table.work((trial.workersUnits * tickMs) / 1_000);
      await time.sleep(tickMs);
    }
  };

  const running: Promise<never>[] = [work()];
  for (const kind of Object.keys(kinds) as (keyof Crowd)[]) {
    for (let process = 0; process < trial.crowd[kind]; process++) {
      const pace = pacerOfProcess();
      for (let stream = 0; stream < kinds[kind].sideBySide; stream++) running.push(scan(pace, kinds[kind]));
    }
  }
  await Promise.race([time.runUntil(startsAt + trial.seconds * 1_000), ...running]);

  const { partitions } = table;
  const scanned = partitions.flatMap((partition) => [...partition.scanned.values()]);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    mostOfPartition: Math.max(0, ...scanned),
    scannedPerSecond: sum(scanned) / trial.seconds,
    worstRefused: Math.max(...partitions.map(({ refused, wanted }) => refused / wanted)),
    refused: sum(partitions.map(({ refused }) => refused)) / sum(partitions.map(({ wanted }) => wanted)),
    ledgerWritesPerSecond: ledger.writes / trial.seconds,
  };
}
