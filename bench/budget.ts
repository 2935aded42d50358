import { partitionUnits } from '../shared/read-budget/table-units.ts';
import { type Crowd, type Outcome, scanBesideWorkers, type Trial } from './budget/scan-crowd.ts';
import { short, table } from './measure.ts';

/** What a new account lets scan at the same time, and many more. */
const few: Crowd = { recalculations: 2, previews: 1, reconciliations: 1, exports: 1 };
const many: Crowd = { recalculations: 32, previews: 4, reconciliations: 2, exports: 2 };

/** Workers ask for half of what every partition serves. */
const workersUnits = 1_500;

/**
 * Scans beside workers in virtual time, before there was a budget for all and with it: on tables of 4 and 32 partitions, and
 * on one of 4 that is taken for one of 32. The worst of several placements of keys in partitions.
 */
export async function benchBudget(quick: boolean): Promise<Record<string, number>> {
  const placements = quick ? 2 : 5;
  const seconds = quick ? 10 : 30;
  const figures: Record<string, number> = {};
  const rows: string[][] = [];
  const tables = [
    { name: '4 partitions', partitions: 4, readUnits: 12_000 },
    { name: '32 partitions', partitions: 32, readUnits: 96_000 },
    { name: '4, taken for 32', partitions: 4, readUnits: 96_000 },
  ];
  for (const { name, partitions, readUnits } of tables) {
    for (const [crowdName, crowd] of Object.entries({ few, many })) {
      const isTrue = partitions * partitionUnits === readUnits;
      for (const isGoverned of isTrue ? [false, true] : [true]) {
        const governedBy = isGoverned ? readUnits : undefined;
        const trial = { partitions, governedBy, crowd, workersUnits, seconds };
        const { mostOfPartition, worstRefused, refused, scannedPerSecond, ledgerWritesPerSecond } = await worstOf(
          trial,
          placements,
        );
        rows.push([
          `${name}, ${crowdName} scans, ${isGoverned ? 'one budget' : 'each by itself'}`,
          short(mostOfPartition),
          `${short((mostOfPartition / partitionUnits) * 100)} %`,
          `${short(worstRefused * 100)} %`,
          `${short(refused * 100)} %`,
          short(scannedPerSecond),
          short(ledgerWritesPerSecond),
        ]);
        if (!isGoverned || !isTrue) continue;
        figures[`budget.${partitions}.${crowdName}.mostOfPartition`] = mostOfPartition;
        figures[`budget.${partitions}.${crowdName}.refused`] = refused;
        figures[`budget.${partitions}.${crowdName}.scannedPerSecond`] = scannedPerSecond;
      }
    }
  }
  const heading = [
    'scans beside workers',
    'most of a partition',
    'of it',
    'refused, worst',
    'in all',
    'scans',
    'writes',
  ];
  console.log(`\nRead units a second of scans, what workers are refused, and what leases are written a second\n`);
  console.log(`${table(heading, rows)}\n`);
  return figures;
}

/** The worst that came of several placements; what scans read and leases cost, on average. */
async function worstOf(trial: Omit<Trial, 'seed'>, placements: number): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  for (let seed = 1; seed <= placements; seed++) outcomes.push(await scanBesideWorkers({ ...trial, seed }));
  const worst = (of: keyof Outcome) => Math.max(...outcomes.map((outcome) => outcome[of]));
  const mean = (of: keyof Outcome) => outcomes.reduce((sum, outcome) => sum + outcome[of], 0) / outcomes.length;
  return {
    mostOfPartition: worst('mostOfPartition'),
    worstRefused: worst('worstRefused'),
    refused: worst('refused'),
    scannedPerSecond: mean('scannedPerSecond'),
    ledgerWritesPerSecond: mean('ledgerWritesPerSecond'),
  };
}
