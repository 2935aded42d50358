import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shardCount, shardOf, shards } from '../../shared/lead/shard.ts';

test('there are 32 shards, named so that they sort', () => {
  expect(shards).toHaveLength(shardCount);
  expect(shards.at(0)).toBe('00');
  expect(shards.at(-1)).toBe('31');
  expect([...shards].sort()).toEqual(shards);
});

test('the shard of a lead never changes: stored keys hold it', () => {
  expect(['a', 'lead-1', 'lead-2', 'jane@example.com'].map(shardOf)).toEqual(['00', '22', '31', '21']);
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
  const perShard = new Map<string, number>();
  for (let index = 0; index < 32_000; index++) {
    const shard = shardOf(idOf(index));
    perShard.set(shard, (perShard.get(shard) ?? 0) + 1);
  }
  expect(perShard.size).toBe(32);
  expect(Math.min(...perShard.values())).toBeGreaterThan(800);
  expect(Math.max(...perShard.values())).toBeLessThan(1_200);
});
