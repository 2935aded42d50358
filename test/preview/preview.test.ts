import { expect, test } from 'vitest';
import { shards } from '../../shared/lead/shard.ts';
import { previewOf } from '../../shared/preview/preview.ts';
import { type ShardCount, uncountedShard } from '../../shared/preview/shard-count.ts';
import type { Rule } from '../../shared/rule/rule.ts';

const rules: Rule[] = [
  { type: 'lead_metadata', field: 'country', operator: 'equals', value: 'DE' },
  { type: 'engagement_level', operator: 'equals', value: 'Hot' },
];
const question = { sampleSize: 0, match: 'all', rules } as const;

/** A shard of ten leads: the first rule fails for three of them, the second for five of the rest. */
const counted = (shard: string): ShardCount => ({
  ...uncountedShard(shard),
  ...{ leads: 10, matching: { total: 2, sample: [] }, decided: [3, 5], isFinished: true },
});
const knownLeads = new Map(shards.map((shard) => [shard, 10]));

test('the funnel has the leads that are left after each rule', () => {
  const { total, funnel } = previewOf(question, shards.map(counted), knownLeads);
  expect(total).toBe(2 * shards.length);
  expect(funnel).toEqual([
    { path: '/rules/0', total: 7 * shards.length },
    { path: '/rules/1', total },
  ]);
});

test('with any, the leads that one of the rules so far holds of', () => {
  const counts = shards.map((shard) => ({ ...counted(shard), matching: { total: 8, sample: [] } }));
  const { total, funnel } = previewOf({ ...question, match: 'any' }, counts, knownLeads);
  expect(funnel?.map((step) => step.total)).toEqual([3 * shards.length, total]);
});

test('of a part of the leads it is estimated, like the total', () => {
  const counts = shards.map((shard, index) => (index < shards.length / 2 ? counted(shard) : uncountedShard(shard)));
  const { total, exact, funnel } = previewOf(question, counts, knownLeads);
  // A shard that nobody has begun to read has decided about no lead.
  expect({ exact, total }).toEqual({ exact: false, total: 2 * shards.length });
  expect(funnel).toEqual([
    { path: '/rules/0', total: 7 * shards.length },
    { path: '/rules/1', total },
  ]);
});

test('without rules, or with counts of a release that did not count it, there is none', () => {
  expect(previewOf({ ...question, rules: [] }, shards.map(counted), knownLeads)).not.toHaveProperty('funnel');
  const { decided: _decided, ...old } = counted(shards[0]!);
  const counts = [old, ...shards.slice(1).map(counted)];
  expect(previewOf(question, counts, knownLeads)).not.toHaveProperty('funnel');
});
