import { expect, test } from 'vitest';
import { diffRules } from '../../console/segments/rules-diff.ts';
import type { Rule } from '../../shared/rule/rule.ts';

const is = (id: string, value: string): Rule => ({
  ...{ id, type: 'lead_metadata', field: 'country', operator: 'equals', value },
});
const said = (value: string) => `country is "${value}"`;

test('rules of two revisions stand side by side: by id, else by what they say; those that are gone last', () => {
  const before = [is('a', 'DE'), is('b', 'FR'), is('c', 'IT')];
  const after = [is('x', 'IT'), is('a', 'AT'), is('y', 'ES')];
  expect(diffRules(before, after, (id) => id)).toEqual([
    { before: said('IT'), after: said('IT'), isSame: true },
    { before: said('DE'), after: said('AT'), isSame: false },
    { after: said('ES'), isSame: false },
    { before: said('FR'), isSame: false },
  ]);
});
