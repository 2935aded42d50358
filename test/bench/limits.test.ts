import { RootConstruct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { limitsOf, unitsPerTransition } from '../../bench/limits/limits.ts';
import { lookedUpOn, quotas } from '../../bench/limits/quotas.ts';
import { liftedReport, mostChanges, mostReport, sizes, usualReport } from '../../bench/limits/report.ts';
import { changeBatches, leadEventsAtOnce, projectionBatches } from '../../bench/limits/traffic.ts';
import { usualDeployment } from '../../bench/limits/use.ts';
import { maximumConcurrencies } from '../../infra/concurrency.ts';
import { tableBelow, textOf } from '../docs/documents.ts';

const use = { leads: 1_000_000, changesPerSecond: 1_000, segments: 1_000 };

describe('docs/scale.md', () => {
  const page = textOf('docs/scale.md');

  it.each([
    ['as usual', usualReport],
    ['with everything lifted', liftedReport],
    ['at most', mostReport],
  ])('shows what the bench prints: %s', (_, report) => {
    expect(page).toContain(`\`\`\`\n${report()}\n\`\`\``);
  });

  it('has every quota that the bench reckons with, its source, and the day it was looked up', () => {
    const rows = tableBelow(page, 'Quotas').map(([most, of, raised, source]) => [most, of, raised, source]);
    const expected = Object.values(quotas).map(({ most, of, isAdjustable, source }) => [
      most.toLocaleString('en-US'),
      of,
      isAdjustable ? 'yes' : 'no',
      `[AWS](${source})`,
    ]);
    expect(rows).toEqual(expected);
    expect(page).toContain(lookedUpOn);
  });
});

describe('the limits of a use', () => {
  it('come in the order of how much of them is used', () => {
    for (const size of sizes) {
      const shares = limitsOf(size, usualDeployment).map(({ share }) => share);
      expect(shares).toEqual([...shares].sort((a, b) => b - a));
    }
  });

  it('are used more, the more changes there are, but for what full batches share', () => {
    const shareOf = (name: string, changesPerSecond: number) =>
      limitsOf({ ...use, changesPerSecond }, usualDeployment).find((limit) => limit.name === name)!.share;
    const ofAws = limitsOf(use, usualDeployment).filter(({ kind }) => kind !== 'design');
    expect(ofAws.length).toBeGreaterThan(5);
    for (const { name } of ofAws) {
      expect(shareOf(name, 10_000), name).toBeGreaterThanOrEqual(shareOf(name, 1_000));
    }
  });

  it('hold at the most changes that fit, and one of them does not above', () => {
    const kinds = ['quota', 'setting', 'design'] as const;
    const [most, name] = mostChanges(use, usualDeployment, kinds);
    const firstAt = (changesPerSecond: number) => limitsOf({ ...use, changesPerSecond }, usualDeployment)[0]!;
    expect(firstAt(most * 0.95).share).toBeLessThan(1);
    expect(firstAt(most * 1.05).share).toBeGreaterThan(1);
    expect(firstAt(most * 1.05).name).toBe(name);
  });

  it('are of the maximum concurrency that is deployed', () => {
    for (const accountConcurrency of [10, 200, 1_000, 50_000]) {
      const root = new RootConstruct();
      root.node.setContext('accountConcurrency', accountConcurrency);
      expect(leadEventsAtOnce({ ...usualDeployment, accountConcurrency })).toBe(maximumConcurrencies(root).leadEvents);
    }
  });
});

describe('batches', () => {
  it('are of one change with little traffic, and full in a flood', () => {
    expect(changeBatches(10, usualDeployment)).toEqual({ perSecond: 10, size: 1 });
    expect(changeBatches(50_000, usualDeployment)).toEqual({ perSecond: 500, size: 100 });
    expect(projectionBatches(1, usualDeployment)).toEqual({ perSecond: 1, size: 1 });
    expect(projectionBatches(1_000, usualDeployment).size).toBe(500);
  });

  it('are larger with a window', () => {
    const sizeWith = (batchingWindowSeconds: number) =>
      changeBatches(200, { ...usualDeployment, batchingWindowSeconds }).size;
    expect(sizeWith(1)).toBeGreaterThan(10 * sizeWith(0));
  });

  it.each([
    [1, 9.4],
    [10, 5.84],
    [100, 4.11],
    [500, 3.6],
  ])(
    'of %i transitions cost what was measured with 100 segments (%d units each), give or take a fifth',
    (size, units) => {
      expect(Math.abs(unitsPerTransition(size, 100) / units - 1)).toBeLessThan(0.2);
    },
  );
});
