import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { intervalCoverage } from '../../bench/preview-trials.ts';
import { estimateTotal, type PartCounted } from '../../shared/preview/estimate.ts';
import { chanceOfAtLeast, chanceOfAtMost } from '../../shared/preview/hypergeometric.ts';

const sampled = (leads: number, of: number, matching: number): PartCounted => ({
  leads,
  sampled: of,
  sampledMatching: matching,
  seen: of,
  seenMatching: matching,
});

describe('the chances of a draw', () => {
  test('are those of counting every possible draw', () => {
    // 3 of 8 leads match, 4 are drawn: 70 draws.
    const draw = { population: 8, drawn: 4 };
    expect(chanceOfAtMost(draw, 3, 0)).toBeCloseTo(5 / 70, 12);
    expect(chanceOfAtMost(draw, 3, 1)).toBeCloseTo(35 / 70, 12);
    expect(chanceOfAtMost(draw, 3, 3)).toBeCloseTo(1, 12);
    expect(chanceOfAtLeast(draw, 3, 3)).toBeCloseTo(5 / 70, 12);
    expect(chanceOfAtLeast(draw, 3, 0)).toBe(1);
  });

  test('add up, for few leads and for millions', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 5_000_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (population, a, b) => {
          const drawn = 1 + Math.floor(a * (population - 1));
          const marked = Math.floor(b * population);
          const found = Math.round((drawn * marked) / population);
          const draw = { population, drawn };
          const sum = chanceOfAtMost(draw, marked, found) + chanceOfAtLeast(draw, marked, found + 1);
          expect(sum).toBeCloseTo(1, 6);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('an estimate', () => {
  test('is what the shards that were read say of all, with an interval around it', () => {
    expect(estimateTotal(sampled(3_200, 1_600, 160))).toEqual({ total: 320, low: 288, high: 355 });
    const { low, high } = estimateTotal(sampled(3_200, 100, 10));
    expect(low).toBeLessThan(200);
    expect(high).toBeGreaterThan(450);
  });

  test('that found nobody does not say that there is nobody', () => {
    const { total, low, high } = estimateTotal(sampled(10_000, 1_000, 0));
    expect([total, low]).toEqual([0, 0]);
    expect(high).toBeGreaterThan(30);
    expect(high).toBeLessThan(45);
  });

  test('of everybody is exact', () => {
    expect(estimateTotal(sampled(500, 500, 20))).toEqual({ total: 20, low: 20, high: 20 });
    expect(estimateTotal(sampled(0, 0, 0))).toEqual({ total: 0, low: 0, high: 0 });
  });

  test('without one whole shard is bounded by what was seen', () => {
    const started = { leads: 1_000, sampled: 0, sampledMatching: 0, seen: 200, seenMatching: 50 };
    expect(estimateTotal(started)).toEqual({ total: 250, low: 50, high: 850 });
    expect(estimateTotal({ ...started, seen: 0, seenMatching: 0 })).toEqual({ total: 0, low: 0, high: 1_000 });
  });

  test('never contradicts what was seen, and its interval holds it', () => {
    const part = fc.record({
      leads: fc.integer({ min: 1, max: 3_000 }),
      seenShare: fc.double({ min: 0, max: 1, noNaN: true }),
      sampledShare: fc.double({ min: 0, max: 1, noNaN: true }),
      matching: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(part, ({ leads, seenShare, sampledShare, matching }) => {
        const seen = Math.floor(leads * seenShare);
        const of = Math.floor(seen * sampledShare);
        const seenMatching = Math.floor(seen * matching);
        const sampledMatching = Math.min(of, Math.floor(seenMatching * sampledShare));
        const { total, low, high } = estimateTotal({ leads, sampled: of, sampledMatching, seen, seenMatching });
        expect(low).toBeGreaterThanOrEqual(seenMatching);
        expect(high).toBeLessThanOrEqual(leads - (seen - seenMatching));
        expect(total).toBeGreaterThanOrEqual(low);
        expect(total).toBeLessThanOrEqual(high);
      }),
    );
  });

  test('has the true total of skewed leads in its interval at least 93 times of 100', () => {
    expect(intervalCoverage(200, 20_261_125)).toBeGreaterThanOrEqual(0.93);
  });
});
