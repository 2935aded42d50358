import { expect, test } from 'vitest';
import { mostTogether, partitionsOf } from '../../shared/read-budget/table-units.ts';

test('a table has as many partitions as its read units need', () => {
  expect([12_000, 96_000, 3_000, 5_999, 100].map(partitionsOf)).toEqual([4, 32, 1, 1, 1]);
});

test('keys share a partition by chance: more than that in one table of a thousand', () => {
  expect(mostTogether(32, 1)).toBe(32);
  expect(mostTogether(1, 32)).toBe(1);
  expect(mostTogether(32, 4)).toBe(17);
  expect(mostTogether(32, 32)).toBe(7);
  // Placed by a generator of its own, few tables of ten thousand have more.
  let seed = 1;
  const next = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
  const tables = Array.from({ length: 10_000 }, () => {
    const counts = [0, 0, 0, 0];
    for (let key = 0; key < 32; key++) counts[Math.floor(next() * 4)]!++;
    return Math.max(...counts);
  });
  expect(tables.filter((most) => most > 17).length).toBeLessThanOrEqual(20);
  expect(tables.filter((most) => most > 12).length).toBeGreaterThan(20);
});
