import { expect, test } from 'vitest';
import { compileStoredMatcher } from '../../shared/catalog/catalog.ts';
import type { Segment } from '../../shared/catalog/segment.ts';
import { snapshotFormat } from '../../shared/catalog/snapshot-file.ts';
import { type OperatorName, operatorNamed } from '../../shared/rule/operator.ts';
import type { Rule } from '../../shared/rule/rule.ts';
import { defaultLevels } from '../../shared/vocabulary/levels.ts';
import { savedAt } from './stored-catalog.ts';

const comparison = (operator: string, value?: unknown, field = 'f') =>
  ({ type: 'lead_metadata', field, operator, ...(value !== undefined && { value }) }) as Rule;
const group = (match: 'all' | 'any' | 'none', ...rules: Rule[]): Rule => ({ type: 'group', match, rules });
const viewed: Rule = { type: 'event_metadata', eventType: 'View', operator: 'exists' };
const referred: Rule = { type: 'segment', segmentId: 's0', operator: 'in' };
const level = (type: string, operator: string) => ({ type, operator, value: 'Hot' }) as Rule;

/** Those of the first release, in a fixed order: a new one is in no snapshot of the release before. */
const operands: Partial<Record<OperatorName, unknown>> = {
  ...{ equals: 'x', not_equals: 'x', in: ['x', 1], not_in: ['x', 1], contains: 'x', not_contains: 'x' },
  ...{ starts_with: 'x', not_starts_with: 'x', ends_with: 'x', not_ends_with: 'x', greater_than: 1 },
  ...{ greater_than_or_equal: 1, less_than: 1, less_than_or_equal: 1, between: [1, 2], not_between: [1, 2] },
  ...{ is_empty: undefined, is_not_empty: undefined, exists: undefined, not_exists: undefined },
  ...{ before: '2026-01-01', after: '2026-01-01', in_last_days: 1, in_next_days: 1, more_than_days_ago: 1 },
};
const rulesOf: readonly (readonly [Segment['match'], readonly Rule[]])[] = [
  ...Object.entries(operands).map(([operator, value]) => ['all', [comparison(operator, value)]] as const),
  ['any', [comparison('equals', 'x'), comparison('not_equals', 'x')]],
  ['all', [{ ...comparison('equals', 'x'), type: 'account_metadata' } as Rule]],
  ['all', [level('engagement_level', 'equals'), level('profile_level', 'at_least'), level('account_level', 'at_most')]],
  ['any', [group('none', comparison('equals', 'x'), group('all', comparison('not_equals', 'y', 'g')))]],
  ['all', [viewed, referred, comparison('equals', 'x')]],
  ['any', [viewed, comparison('in_last_days', 1)]],
  ['all', [referred]],
  ['all', []],
];
const segments = rulesOf.map(([match, rules], index): Segment => {
  const conditions = rules.includes(viewed) ? [{ id: 'c1', backfilledN: 0 }] : [];
  return {
    ...{ id: `s${index}`, name: '', description: '', active: true, match, rules, revision: 1, conditions },
    ...{ savedInCatalog: 1, savedAt, silent: false, createdAt: savedAt, updatedAt: savedAt },
  };
});

/**
 * Functions of a release read snapshots that the release before took, and decide leads by the matcher in it. If this test
 * fails because rules are compiled into another matcher, or the matcher is stored in another form, raise `catalogSnapshot` in
 * `readable-format.ts`; then correct what is expected here.
 */
test('a matcher of another meaning has another format', () => {
  expect(snapshotFormat).toBe('catalogSnapshot 2, segment 1, levels 1');
  expect(Object.keys(operands).every((name) => operatorNamed(name as OperatorName).on !== 'level')).toBe(true);
  const { conjunctions, places } = compileStoredMatcher(segments, { levels: defaultLevels });
  const asText = ({ slot, ...parts }: (typeof places)[number]) =>
    Object.entries(parts).reduce((text, [name, numbers]) => `${text} | ${name} ${numbers}`, slot);
  expect([String(conjunctions), ...places.map(asText)]).toEqual([
    '0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,25,26,27',
    [
      'lead:f | predicates 0,0,2,0,4,0,6,0,8,0,10,0,11,0,12,0,13,0,14,0,16,0,18,0,20,0,21,0',
      'uses 0,0,1,2,2,4,3,6,4,8,5,10,6,11,7,12,8,13,9,14,10,17,11,18,12,20,13,21,0,22',
      'negatedUses 0,1,1,3,2,5,3,7,4,9,9,15,10,16,11,19,0,22 | shapedUses 0,28,29 | readers 22,23,24,30',
    ].join(' | '),
    'account:f | predicates 26,0 | uses 0,23 | negatedUses  | shapedUses  | readers ',
    'engagement_level | predicates 27,0 | uses 0,24 | negatedUses  | shapedUses  | readers ',
    'profile_level | predicates 27,1 | uses 0,24 | negatedUses  | shapedUses  | readers ',
    'account_level | predicates 27,2 | uses 0,24 | negatedUses  | shapedUses  | readers ',
    'lead:g | predicates 28,1 | uses  | negatedUses  | shapedUses 0,28 | readers ',
    'event:c1 | predicates  | uses  | negatedUses  | shapedUses  | readers 29,30',
  ]);
});
