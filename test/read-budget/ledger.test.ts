import { describe, expect, test } from 'vitest';
import {
  type Claim,
  granted,
  halvedLimit,
  limitAt,
  noClaims,
  type SlotClaims,
  type Terms,
  unknownTable,
} from '../../shared/read-budget/ledger.ts';
import { mostTogether, scanUnits } from '../../shared/read-budget/table-units.ts';

const terms = (more: Partial<Terms> = {}): Terms => ({
  ...{ table: { partitions: 4, keys: 32 }, limit: scanUnits, claimsBefore: 0, pageUnits: 50 },
  ...more,
});
const claim = (key: string, units: number, least = 50): Claim => ({ key, units, least });

/** The slot after a claim, as the store adds it. */
function after({ claims, units }: SlotClaims, made: readonly Claim[]): SlotClaims {
  const sum = { ...units };
  for (const { key, units: of } of made) sum[key] = (sum[key] ?? 0) + of;
  return { claims: claims + made.length, units: sum };
}

/** Makes claims one after the other; answers what each was granted. */
function inTurn(all: readonly (readonly Claim[])[], of: Terms): number[] {
  let slot = noClaims;
  return all.flatMap((made) => {
    slot = after(slot, made);
    return granted(made, slot, of);
  });
}

describe('a slot', () => {
  test('is for whoever asks first, up to half of a partition', () => {
    expect(inTurn([[claim('00', 1_000)], [claim('01', 1_000)], [claim('02', 1_000)]], terms())).toEqual([
      1_000, 500, 0,
    ]);
  });

  test('is shared alike by as many as asked in the one before', () => {
    const all = ['00', '01', '02', '03', '04'].map((key) => [claim(key, 900)]);
    expect(inTurn(all, terms({ claimsBefore: 5 }))).toEqual([300, 300, 300, 300, 300]);
  });

  test('grants nothing that is less than a page', () => {
    expect(inTurn([[claim('00', 1_460)], [claim('01', 200)]], terms())).toEqual([1_460, 0]);
  });

  test('grants one page even if the limit is below it', () => {
    const all = [[claim('00', 250, 250)], [claim('01', 250, 250)]];
    expect(inTurn(all, terms({ limit: 100, pageUnits: 250 }))).toEqual([250, 0]);
  });

  test('gives many keys their part of a partition each, since not all of them can be in one', () => {
    const keys = Array.from({ length: 32 }, (_, index) => [claim(String(index), 400)]);
    const all = inTurn(keys, terms({ table: { partitions: 32, keys: 32 }, claimsBefore: 32 }));
    expect(new Set(all)).toEqual(new Set([scanUnits / 7]));
  });

  test('counts claims of the same process one after the other', () => {
    expect(inTurn([[claim('00', 900), claim('01', 900)], [claim('00', 900)]], terms())).toEqual([900, 600, 0]);
  });
});

test('whatever is asked, no keys that may share a partition get more than the limit', () => {
  let seed = 7;
  const below = (most: number) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * most);
  };
  for (let round = 0; round < 60; round++) {
    const partitions = [1, 4, 8, 32][below(4)]!;
    const of = terms({
      ...{ table: { partitions, keys: 32 }, claimsBefore: below(80), pageUnits: 200 },
      limit: [scanUnits, 700, 250][below(3)]!,
    });
    const got = new Map<string, number>();
    let slot = noClaims;
    for (let turn = 0; turn < 60; turn++) {
      const made = Array.from({ length: 1 + below(4) }, () =>
        claim(String(below(32)), 25 + below(1_500), 25 + below(175)),
      );
      const distinct = [
        ...new Map(made.map((one) => [one.key, { ...one, units: Math.max(one.units, one.least) }])).values(),
      ];
      slot = after(slot, distinct);
      const answers = granted(distinct, slot, of);
      for (const [index, { key }] of distinct.entries()) got.set(key, (got.get(key) ?? 0) + answers[index]!);
    }
    const largest = [...got.values()].sort((a, b) => b - a).slice(0, mostTogether(32, partitions));
    expect(largest.reduce((sum, units) => sum + units, 0)).toBeLessThanOrEqual(of.limit + 1e-6);
  }
});

test('throttles halve the limit, to no less than a hundred; it grows again within a minute', () => {
  const half = { ...unknownTable, limit: halvedLimit(unknownTable, 0), limitedAt: 0 };
  expect(half.limit).toBe(750);
  expect([0, 10_000, 30_000, 300_000].map((now) => limitAt(half, now))).toEqual([750, 1_000, 1_500, 1_500]);
  const quarter = { ...half, limit: halvedLimit(half, 2_000), limitedAt: 2_000 };
  expect(quarter.limit).toBe(400);
  expect(halvedLimit({ ...quarter, limit: 120 }, 2_000)).toBe(100);
});
