import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Flood, flood } from '../../bench/load/flood.ts';
import { type LoadUnits, measureLoadUnits } from '../../bench/load/units.ts';
import { type LocalTables, startLocalTables } from '../../bench/scan/local-tables.ts';
import { functionSettings } from '../settings-of-functions.ts';

describe('changes in batches of 100, on the real tables', () => {
  let tables: LocalTables;
  let units: LoadUnits;
  beforeAll(async () => {
    // Nobody tells a bench the settings of functions but itself.
    for (const name of Object.keys(functionSettings)) delete process.env[name];
    tables = await startLocalTables();
    units = await measureLoadUnits({ leads: 300, rounds: 1, warmUps: 0, inSmallerBatches: 50 });
  }, 240_000);
  afterAll(() => tables?.stop());

  test('a change that moves no membership reads and writes its lead’s document, and next to nothing else', () => {
    expect(units.readsPerChange).toBeLessThanOrEqual(1.05);
    expect(units.writesPerChange).toBeLessThanOrEqual(1.05);
    expect(Math.min(units.readsPerChange, units.writesPerChange)).toBeGreaterThan(0.99);
  });

  test('a transition writes its row and its history, and two counters that it shares with others', () => {
    expect(units.transitions).toBeGreaterThan(100);
    const projections = units.writesPerTransition - units.documentWritesPerTransition;
    expect(projections).toBeGreaterThan(3);
    expect(projections).toBeLessThan(5);
  });

  test('a transition shares less, the fewer writes the projector is given at once', () => {
    const writes = [units.writesPerTransition, ...units.writesInSmallerBatches.values()];
    expect(writes).toEqual([...writes].sort((a, b) => a - b));
  });
});

describe('a flood of changes while functions die', () => {
  let shown: Flood;
  beforeAll(async () => {
    shown = await flood({ messages: 400, leads: 80, segments: 20, steadySeconds: 1, killEverySeconds: 1 });
  }, 400_000);

  test('loses none', () => expect(shown.lost).toBe(0));

  test('ends with the members, counts and events that the oracle expects', () => {
    const { wrongMembers, wrongCounts, wrongEvents } = shown;
    expect({ wrongMembers, wrongCounts, wrongEvents }).toEqual({ wrongMembers: 0, wrongCounts: 0, wrongEvents: 0 });
    expect(shown.memberships).toBeGreaterThan(0);
  });

  test('did kill functions, and heard what changed', () => {
    expect(shown.killed).toBeGreaterThan(0);
    expect(shown.flood.length).toBeGreaterThan(0);
  });
});
