import { expect, test } from 'vitest';
import { makePlace, type PlaceRules, useCountOf } from '../../shared/matcher/place.ts';
import { hasBit } from '../../shared/matcher/predicate-index.ts';

const levels = { engagement: ['Cold', 'Hot'], profile: ['Hot', 'Cold'], account: [] };
const rulesOf = (rules: Partial<Record<'uses' | 'negatedUses', number[]>>): PlaceRules => ({
  predicates: [{ operator: 'equals', value: 'x' }, undefined, { operator: 'not_equals', value: 'y' }],
  uses: new Int32Array(rules.uses ?? []),
  negatedUses: new Int32Array(rules.negatedUses ?? []),
  shapedUses: new Map(),
  readers: [],
});

test('a value rules out the conjunctions with what it is not, and with the opposite of what it is', () => {
  const rules = rulesOf({ uses: [0, 1, 2, 2], negatedUses: [0, 3, 2, 4] });
  const place = makePlace('lead:f', rules, levels);
  const ruledOutBy = (value: unknown) => {
    const { violated } = place.index.classOf(value);
    return [0, 1, 2, 3, 4, 5].filter((number) => hasBit(violated, number));
  };
  expect(ruledOutBy('x')).toEqual([2, 3]);
  expect(ruledOutBy('Y')).toEqual([1, 4]);
  expect(ruledOutBy(['x', 'y'])).toEqual([3, 4]);
  expect(ruledOutBy(undefined)).toEqual([1, 2]);
  expect(useCountOf(place)).toBe(4);
  expect(useCountOf(rulesOf({}))).toBe(0);
});

test.each([
  [{}, 0],
  [{ uses: [0, 0] }, 4],
  [{ uses: [0, 127] }, 4],
  [{ negatedUses: [0, 128] }, 8],
  [{ uses: [0, 300, 2, 5], negatedUses: [2, 255] }, 12],
])('what it rules out has four words for each 128 conjunctions: %j', (uses, words) => {
  expect(makePlace('lead:f', rulesOf(uses), levels).index.classOf('x').violated).toHaveLength(words);
});

test.each([
  ['engagement_level', 'Cold', false],
  ['engagement_level', 'Hot', true],
  ['profile_level', 'Cold', true],
  ['account_level', 'Hot', false],
  ['lead:engagement_level', 'Hot', false],
])('%s goes by its own levels: %s', (slot, value, isAtLeastHot) => {
  const predicates = [{ operator: 'at_least', value: 'Hot' } as const];
  const place = makePlace(slot, { ...rulesOf({}), predicates }, levels);
  expect(hasBit(place.index.classOf(value).bits, 0)).toBe(isAtLeastHot);
});
