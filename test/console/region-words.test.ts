import { expect, test } from 'vitest';
import { leadsOfRegion, regionWords } from '../../console/overlap/region-words.ts';

const compared = ['a', 'b', 'c'];
const words = (...segmentIds: string[]) => regionWords({ segmentIds, leads: 1 }, compared, (id) => id.toUpperCase());

test('a combination of segments is told in words', () => {
  expect(words('a')).toBe('Only in A');
  expect(words('a', 'b')).toBe('In A and B, not in C');
  expect(words('a', 'b', 'c')).toBe('In A, B and C');
});

test('the leads of a combination have an address: in these segments, not in the others', () => {
  const [, query = ''] = leadsOfRegion({ segmentIds: ['b'], leads: 1 }, compared.slice(0, 2)).split('?');
  const { match, rules = '' } = Object.fromEntries(new URLSearchParams(query));
  expect([match, JSON.parse(rules)]).toEqual([
    'all',
    [
      { type: 'segment', segmentId: 'a', operator: 'not_in' },
      { type: 'segment', segmentId: 'b', operator: 'in' },
    ],
  ]);
});
