import { expect, test } from 'vitest';
import { lintRules } from '../../shared/rule/lint.ts';
import type { Match, Rule } from '../../shared/rule/rule.ts';
import { defaultLevels } from '../../shared/vocabulary/levels.ts';
import type { Sightings } from '../../shared/vocabulary/vocabulary.ts';

const seen: Sightings = new Map([
  ['lead:Country', { kinds: new Set(['text'] as const), values: new Set(['India']) }],
  ['lead:score', { kinds: new Set(['number'] as const), values: new Set(['5']) }],
  ['lead:tags', { kinds: new Set(['list'] as const), values: new Set(['a', 'b']) }],
  ['event:Page View', { kinds: new Set(), values: new Set() }],
  ['event:Page View#path', { kinds: new Set(['text'] as const), values: new Set(['/a']) }],
]);
const lead = (field: string, operator: string, value?: unknown): Rule =>
  ({ type: 'lead_metadata', field, operator, ...(value !== undefined && { value }) }) as Rule;
const event = (more: object): Rule =>
  ({ type: 'event_metadata', eventType: 'Page View', operator: 'exists', ...more }) as Rule;

const cases: [title: string, match: Match, rules: Rule[], expected: string[]][] = [
  ['nothing to say', 'all', [lead('Country', 'equals', 'India'), lead('score', 'greater_than', 3)], []],
  ['a field never seen', 'all', [lead('Contry', 'is_empty')], ['unknown_field /rules/0/field']],
  ['text compared with a number', 'all', [lead('Country', 'greater_than', 3)], ['text_compared_with_number /rules/0']],
  [
    'a level that is none',
    'all',
    [{ type: 'profile_level', operator: 'in', value: ['Poor Fit', 'Bad'] }],
    ['unknown_level /rules/0/value'],
  ],
  ['an event never seen', 'all', [event({ eventType: 'Page Vew' })], ['unknown_event_type /rules/0/eventType']],
  [
    'an event field never seen',
    'all',
    [event({ and: [{ field: 'x', operator: 'is_empty' }] })],
    ['unknown_field /rules/0/and/0/field'],
  ],
  [
    'a window longer than events are kept',
    'all',
    [event({ withinDays: 500 })],
    ['window_beyond_retention /rules/0/withinDays'],
  ],
  [
    'two values at once',
    'all',
    [lead('Country', 'equals', 'India'), lead('Country', 'in', ['US', 'UK'])],
    ['contradiction /rules/1'],
  ],
  ['two values of a list', 'all', [lead('tags', 'equals', 'a'), lead('tags', 'equals', 'b')], []],
  [
    'two values, one of which is enough',
    'any',
    [lead('Country', 'equals', 'India'), lead('Country', 'equals', 'US')],
    [],
  ],
  [
    'ranges that do not meet',
    'all',
    [lead('score', 'greater_than', 5), lead('score', 'less_than_or_equal', 5)],
    ['contradiction /rules/1'],
  ],
  [
    'empty and equal',
    'all',
    [lead('Country', 'is_empty'), lead('Country', 'equals', 'India')],
    ['contradiction /rules/1'],
  ],
  ['empty and not equal', 'all', [lead('Country', 'is_empty'), lead('Country', 'not_equals', 'India')], []],
  [
    'opposites of which one is enough',
    'any',
    [lead('Country', 'exists'), lead('Country', 'is_empty')],
    ['always_matches /rules/1'],
  ],
  [
    'opposites in a group of none',
    'all',
    [{ type: 'group', match: 'none', rules: [lead('Country', 'contains', 'a'), lead('Country', 'not_contains', 'a')] }],
    ['never_matches /rules/0/rules/1'],
  ],
];

test.each(cases)('%s', (_title, match, rules, expected) => {
  const warnings = lintRules(match, rules, seen, defaultLevels, 400);
  expect(warnings.map(({ code, path }) => `${code} ${path}`)).toEqual(expected);
});
