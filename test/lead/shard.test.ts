import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shardCountIn, shardCounts, shardIndexOf, shardNames, shardOf, shards } from '../../shared/lead/shard.ts';

test.each([
  [1, '00', '00'],
  [32, '00', '31'],
  [128, '000', '127'],
])('%i shards are named so that they sort', (count, first, last) => {
  const names = shardNames(count);
  expect(names).toHaveLength(count);
  expect([names.at(0), names.at(-1)]).toEqual([first, last]);
  expect([...names].sort()).toEqual(names);
});

test('the shard of a lead never changes: stored keys hold it', () => {
  const indexes = (count: number) =>
    ['a', 'lead-1', 'lead-2', 'jane@example.com'].map((leadId) => shardIndexOf(leadId, count));
  expect(indexes(32)).toEqual([0, 22, 31, 21]);
  expect(indexes(128)).toEqual([32, 22, 95, 21]);
});

test.each(['0', '3', '256', '', 'many', '32.0'])('leads cannot be in %j shards', (text) => {
  expect(() => shardCountIn(text)).toThrow(/must be one of 1, 2, 4, /);
});

test('every id has one of them', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme-ascii' }), (id) => shards.includes(shardOf(id))));
});

test.each<[string, (index: number) => string]>([
  ['counted', (index) => `lead-${index}`],
  ['padded', (index) => String(index).padStart(10, '0')],
  ['hexadecimal', (index) => (index * 2_654_435_761).toString(16)],
  ['mail addresses', (index) => `user${index}@example.com`],
])('%s ids spread evenly', (_, idOf) => {
  for (const count of shardCounts) {
    const perShard = new Array<number>(count).fill(0);
    for (let index = 0; index < count * 1_000; index++) perShard[shardIndexOf(idOf(index), count)]!++;
    expect(Math.min(...perShard)).toBeGreaterThan(800);
    expect(Math.max(...perShard)).toBeLessThan(1_200);
  }
});
