import { describe, expect, test } from 'vitest';
import type { Match, Rule } from '../../shared/rule/rule.ts';
import { defaultLevels } from '../../shared/vocabulary/levels.ts';
import { lintRules } from '../../shared/vocabulary/lint.ts';
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
  ['the id of the lead, which nobody has to see', 'all', [lead('leadId', 'ends_with', '@gmail.com')], []],
  ['a field never seen', 'all', [lead('Contry', 'is_empty')], ['unknown_field /rules/0/field']],
  ['text compared with a date', 'all', [lead('Country', 'in_last_days', 3)], ['text_compared_with_date /rules/0']],
  [
    'a number compared with a date',
    'all',
    [lead('score', 'before', '2026-01-01')],
    ['text_compared_with_date /rules/0'],
  ],
  ['text compared with a number', 'all', [lead('Country', 'greater_than', 3)], ['text_compared_with_number /rules/0']],
  [
    'a level that is none',
    'all',
    [{ type: 'profile_level', operator: 'in', value: ['Poor Fit', 'Bad'] }],
    ['unknown_level /rules/0/value'],
  ],
  [
    'levels that are none, together',
    'all',
    [{ type: 'profile_level', operator: 'in', value: ['Bad', 'Poor Fit', 'Worse'] }],
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

const account = (field: string, operator: string, value?: unknown): Rule =>
  ({ ...lead(field, operator, value), type: 'account_metadata' }) as Rule;
const level = (type: string, operator: string, value?: unknown): Rule => ({ type, operator, value }) as Rule;
const group = (match: 'all' | 'any' | 'none', ...rules: Rule[]): Rule => ({ type: 'group', match, rules });
const member: Rule = { type: 'segment', segmentId: 's', operator: 'in' };
const contradiction = 'contradiction /rules/1';

/** Two rules on one field, in either order. */
const pairs: [title: string, match: Match, Rule, Rule, expected: string[]][] = [
  ['two fields', 'all', lead('Country', 'equals', 'a'), lead('score', 'equals', 'b'), []],
  ['a field of the lead and one of the account', 'all', lead('x', 'is_empty'), account('x', 'exists'), []],
  ['two fields of the account', 'all', account('x', 'equals', 'a'), account('y', 'equals', 'b'), []],
  ['a field of the account', 'all', account('x', 'equals', 'a'), account('x', 'equals', 'b'), [contradiction]],
  ['one value twice', 'all', lead('Country', 'equals', 'a'), lead('Country', 'equals', ' A'), []],
  ['a number and its text', 'all', lead('score', 'equals', 5), lead('score', 'equals', '5'), []],
  ['a number and another text', 'all', lead('score', 'equals', 5), lead('score', 'equals', '6'), [contradiction]],
  ['a boolean and its text', 'all', lead('x', 'equals', true), lead('x', 'equals', 'TRUE'), []],
  ['two booleans', 'all', lead('x', 'equals', true), lead('x', 'equals', false), [contradiction]],
  ['lists that meet', 'all', lead('x', 'in', ['a', 'b']), lead('x', 'in', ['b', 'c']), []],
  ['lists that do not', 'all', lead('x', 'in', ['a', 'b']), lead('x', 'in', ['c', 'd']), [contradiction]],
  ['ranges that touch', 'all', lead('score', 'greater_than_or_equal', 5), lead('score', 'between', [1, 5]), []],
  ['ranges apart', 'all', lead('score', 'greater_than', 5), lead('score', 'between', [1, 5]), [contradiction]],
  ['a range and a value', 'all', lead('score', 'greater_than', 5), lead('score', 'equals', 3), []],
  ['ranges of elements', 'all', lead('tags', 'greater_than', 5), lead('tags', 'less_than', 3), []],
  ['text that may be in one', 'all', lead('x', 'contains', 'a'), lead('x', 'starts_with', 'b'), []],
  ['a value and not another', 'all', lead('x', 'equals', 'a'), lead('x', 'not_equals', 'b'), []],
  ['two not', 'all', lead('x', 'not_equals', 'a'), lead('x', 'not_equals', 'b'), []],
  ['opposites', 'all', lead('x', 'contains', 'a'), lead('x', 'not_contains', 'a'), [contradiction]],
  ['opposites of a list', 'all', lead('tags', 'contains', 'a'), lead('tags', 'not_contains', 'a'), [contradiction]],
  ['opposites, one enough', 'any', lead('x', 'in', ['a']), lead('x', 'not_in', ['a']), ['always_matches /rules/1']],
  ['not quite opposites', 'any', lead('x', 'in', ['a']), lead('x', 'not_in', ['b']), []],
  ['not quite the same', 'any', lead('x', 'equals', 'a'), lead('x', 'not_contains', 'a'), []],
  ['twice the same', 'any', lead('x', 'equals', 'a'), lead('x', 'equals', 'a'), []],
  ['empty or not', 'any', lead('x', 'not_exists'), lead('x', 'is_not_empty'), ['always_matches /rules/1']],
  ['empty and some text', 'all', lead('x', 'not_exists'), lead('x', 'contains', 'a'), [contradiction]],
  ['empty and less than', 'all', lead('score', 'is_empty'), lead('score', 'less_than', 5), [contradiction]],
  ['empty and of a list', 'all', lead('tags', 'is_empty'), lead('tags', 'equals', 'a'), [contradiction]],
  ['empty in two words', 'all', lead('x', 'is_empty'), lead('x', 'not_exists'), []],
  [
    'two levels',
    'all',
    level('engagement_level', 'equals', 'Hot'),
    level('engagement_level', 'in', ['Cold', 'Warm']),
    [contradiction],
  ],
  [
    'levels of the account',
    'all',
    level('account_level', 'equals', 'Target'),
    level('account_level', 'equals', 'Strategic'),
    [contradiction],
  ],
  [
    'levels of the profile',
    'any',
    level('profile_level', 'equals', 'Okay Fit'),
    level('profile_level', 'not_equals', 'Okay Fit'),
    ['always_matches /rules/1'],
  ],
  ['a date and a value', 'all', lead('x', 'before', '2024-01-01'), lead('x', 'equals', 'a'), []],
  ['a date and a range', 'all', lead('x', 'after', '2024-01-01'), lead('x', 'less_than', 3), []],
  ['two dates', 'all', lead('x', 'before', '2024-01-01'), lead('x', 'in_last_days', 3), []],
  ['two kinds of level', 'all', level('engagement_level', 'is_empty'), level('profile_level', 'is_not_empty'), []],
  ['two references', 'all', member, member, []],
  ['two events', 'any', event({}), event({ operator: 'not_exists' }), []],
];

describe.each(pairs)('%s', (_title, match, one, other, expected) => {
  test.each([
    [match, one, other],
    [match, other, one],
  ])('%s of %j and %j', (how, ...rules) => {
    const known = new Map(seen);
    for (const name of ['lead:x', 'account:x', 'account:y']) known.set(name, { kinds: new Set(), values: new Set() });
    const warnings = lintRules(how, rules, known, defaultLevels, 400);
    expect(warnings.map(({ code, path }) => `${code} ${path}`)).toEqual(expected);
  });
});

cases.push(
  ['a field of the account never seen', 'all', [account('x', 'is_empty')], ['unknown_field /rules/0/field']],
  ['a field seen without a kind', 'all', [lead('blank', 'less_than', 3)], []],
  ['a list that may hold numbers', 'all', [lead('tags', 'less_than', 3)], []],
  ['a range of numbers in text', 'all', [lead('Country', 'between', [1, 3])], ['text_compared_with_number /rules/0']],
  [
    'a range of dates',
    'all',
    [lead('score', 'between', ['2024-01-01', '2024-01-02'])],
    ['text_compared_with_date /rules/0'],
  ],
  ['days, and nothing at all', 'all', [lead('tags', 'in_last_days', 3), lead('score', 'is_empty')], []],
  [
    'every level of its own order, folded',
    'all',
    [
      level('engagement_level', 'equals', 'hot '),
      level('profile_level', 'at_least', 'Okay Fit'),
      level('account_level', 'in', ['Target', 'STRATEGIC']),
      level('account_level', 'is_not_empty'),
    ],
    [],
  ],
  [
    'levels of another order',
    'all',
    [level('engagement_level', 'equals', 'Target'), level('account_level', 'in', ['Hot', 'Target', 'Cold'])],
    ['unknown_level /rules/0/value', 'unknown_level /rules/1/value'],
  ],
  ['an event and its fields that were seen', 'all', [event({ field: 'path', operator: 'equals', value: '/a' })], []],
  [
    'an event field never seen, first',
    'all',
    [event({ field: 'x', operator: 'is_empty' })],
    ['unknown_field /rules/0/field'],
  ],
  [
    'event fields compared with numbers',
    'all',
    [
      event({ field: 'path', operator: 'less_than', value: 3 }),
      event({ and: [{ field: 'path', operator: 'less_than', value: 3 }] }),
    ],
    ['text_compared_with_number /rules/0', 'text_compared_with_number /rules/1/and/0'],
  ],
  [
    'no fields of an event never seen',
    'all',
    [event({ eventType: 'x', field: 'y', operator: 'is_empty' })],
    ['unknown_event_type /rules/0/eventType'],
  ],
  ['a window as long as events are kept', 'all', [event({ withinDays: 400 })], []],
  ['a reference', 'any', [member], []],
  [
    'rules of one list only together',
    'all',
    [lead('Country', 'equals', 'India'), group('all', lead('Country', 'equals', 'US'))],
    [],
  ],
  [
    'groups in groups',
    'any',
    [
      member,
      group('none', group('all', lead('Country', 'is_empty'), lead('Contry', 'is_empty'), lead('Country', 'exists'))),
    ],
    ['contradiction /rules/1/rules/0/rules/2', 'unknown_field /rules/1/rules/0/rules/1/field'],
  ],
  [
    'two warnings for one rule of three',
    'all',
    [lead('Country', 'equals', 'a'), lead('Country', 'equals', 'b'), lead('Country', 'equals', 'c')],
    ['contradiction /rules/1', 'contradiction /rules/2', 'contradiction /rules/2'],
  ],
);

test.each(cases)('%s', (_title, match, rules, expected) => {
  const blank = { kinds: new Set<never>(), values: new Set<string>() };
  const warnings = lintRules(match, rules, new Map([...seen, ['lead:blank', blank]]), defaultLevels, 400);
  expect(warnings.map(({ code, path }) => `${code} ${path}`)).toEqual(expected);
});

test.each<[Match, Rule[], string]>([
  ['all', [lead('Contry', 'is_empty')], 'No "Contry" has been seen yet'],
  [
    'all',
    [lead('mixed', 'less_than', 3)],
    '"mixed" is compared with a number, but only text and date has been seen there',
  ],
  [
    'all',
    [level('engagement_level', 'equals', 'Boiling')],
    '"Boiling" is none of the levels Cold, Warm, Hot, Very Hot',
  ],
  ['all', [event({ eventType: 'Page Vew' })], 'No event "Page Vew" has been seen yet'],
  ['all', [event({ withinDays: 401 })], 'Events are kept 400 days, so older ones never count'],
  [
    'all',
    [lead('score', 'equals', 1), lead('score', 'equals', 2)],
    'Together with an earlier rule on the same field this can never hold',
  ],
  [
    'any',
    [lead('score', 'equals', 1), lead('score', 'not_equals', 1)],
    'This and an earlier rule are opposites: one of them always holds',
  ],
])('%s of %j: %s', (match, rules, message) => {
  const mixed = { kinds: new Set(['text', 'date'] as const), values: new Set<string>() };
  const warnings = lintRules(match, rules, new Map([...seen, ['lead:mixed', mixed]]), defaultLevels, 400);
  expect(warnings.map((warning) => warning.message)).toEqual([message]);
});

test('many unknown levels are told in one warning, the first of them', () => {
  const value = Array.from({ length: 1_000 }, (_, index) => `${index} ${'ü'.repeat(990)}`);
  const [warning, ...more] = lintRules(
    'all',
    [{ type: 'profile_level', operator: 'in', value }],
    seen,
    defaultLevels,
    400,
  );
  expect(more).toEqual([]);
  expect(warning?.message).toMatch(/^"0 ü+…, .+…, 990 more are none of the levels /);
  expect(warning?.message.length).toBeLessThan(1_000);
});

test('ten unknown levels, quoted of 60 characters, are told whole', () => {
  const value = Array.from({ length: 10 }, (_, index) => `${index}${'x'.repeat(57)}`);
  const rules = [{ type: 'profile_level', operator: 'in', value }] as const;
  const [warning] = lintRules('all', rules, seen, defaultLevels, 400);
  expect(warning?.message).toContain(`${value.map((level) => `"${level}"`).join(', ')} are none of the levels`);
  expect(warning?.message).not.toMatch(/…|more/);
});
