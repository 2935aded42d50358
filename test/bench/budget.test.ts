import { describe, expect, test } from 'vitest';
import { scanBesideWorkers } from '../../bench/budget/scan-crowd.ts';
import { scanUnits } from '../../shared/read-budget/table-units.ts';

const crowd = { recalculations: 12, previews: 3, reconciliations: 2, exports: 2 };

/** Scans of a crowd beside workers that ask for half of each partition, for ten seconds of a clock that only they have. */
const scan = (partitions: number, governedBy: number | undefined, seed: number, workersUnits = 1_500) =>
  scanBesideWorkers({ partitions, governedBy, crowd, workersUnits, seconds: 10, seed });

describe.each([4, 32])('scans of a table with %i partitions', (partitions) => {
  test.each([1, 2, 3])('together never take more than half of one from the workers, placed as by %i', async (seed) => {
    const outcome = await scan(partitions, partitions * 3_000, seed);
    expect(outcome.mostOfPartition).toBeLessThanOrEqual(scanUnits);
    expect(outcome.refused).toBe(0);
    expect(outcome.scannedPerSecond).toBeGreaterThan(partitions === 4 ? 750 : 2_000);
    // Nineteen processes, a few writes a second each.
    expect(outcome.ledgerWritesPerSecond).toBeLessThan(3 * 19);
  });

  test('took more when each process paced itself', async () => {
    const outcome = await scan(partitions, undefined, 1);
    expect(outcome.mostOfPartition).toBeGreaterThan(2 * scanUnits);
    expect(outcome.worstRefused).toBeGreaterThan(0.1);
  });
});

test('a table that serves less than is said is soon asked for less', async () => {
  const [own, governed] = [await scan(1, undefined, 1), await scan(1, 96_000, 1)];
  expect(governed.refused).toBeLessThan(own.refused / 4);
});
