import { expect, test } from 'vitest';
import { describeEachRule, describeRule, describeRules } from '../../shared/rule/describe.ts';
import type { FieldComparison, Rule } from '../../shared/rule/rule.ts';

const cases: [Rule, string][] = [
  [{ type: 'lead_metadata', field: 'Country', operator: 'equals', value: 'US' }, 'Country is "US"'],
  [
    { type: 'lead_metadata', field: 'Country', operator: 'not_equals', value: 'US' },
    'Country is not "US" (or is empty)',
  ],
  [{ type: 'lead_metadata', field: 'Country', operator: 'is_empty' }, 'Country is empty'],
  [{ type: 'lead_metadata', field: 'plan', operator: 'in', value: ['a', 2, true] }, 'plan is one of "a", 2, true'],
  [{ type: 'lead_metadata', field: 'score', operator: 'between', value: [1, 5] }, 'score is between 1 and 5'],
  [{ type: 'lead_metadata', field: 'trial', operator: 'in_next_days', value: 1 }, 'trial is in the next 1 day'],
  [
    { type: 'lead_metadata', field: 'seen', operator: 'more_than_days_ago', value: 30 },
    'seen is more than 30 days ago',
  ],
  [{ type: 'account_metadata', field: 'industry', operator: 'exists' }, "the account's industry exists"],
  [{ type: 'engagement_level', operator: 'at_least', value: 'Hot' }, 'engagement level is at least "Hot"'],
  [{ type: 'account_level', operator: 'equals', value: 'Target' }, 'the account\'s level is "Target"'],
  [{ type: 'event_metadata', eventType: 'Page View', operator: 'exists' }, 'did "Page View" at least once'],
  [
    { type: 'event_metadata', eventType: 'Page View', operator: 'not_exists', withinDays: 7 },
    'did "Page View" never in the last 7 days',
  ],
  [
    {
      type: 'event_metadata',
      eventType: 'Page View',
      field: 'path',
      operator: 'contains',
      value: '/pricing',
      and: [{ field: 'seconds', operator: 'greater_than', value: 30 }],
      times: { atLeast: 3 },
      withinDays: 7,
    },
    'did "Page View" where path contains "/pricing" and seconds is greater than 30 at least 3 times in the last 7 days',
  ],
  [
    { type: 'event_metadata', eventType: 'Call', operator: 'exists', times: { atLeast: 1, atMost: 2 } },
    'did "Call" 1 to 2 times',
  ],
  [
    { type: 'event_metadata', eventType: 'Call', operator: 'exists', times: { atMost: 1 } },
    'did "Call" at most 1 time',
  ],
  [{ type: 'segment', segmentId: 'seg_1', operator: 'not_in' }, 'is not in the segment "Customers"'],
  [
    {
      type: 'group',
      match: 'none',
      rules: [
        { type: 'profile_level', operator: 'is_empty' },
        { type: 'segment', segmentId: 'seg_1', operator: 'in' },
      ],
    },
    'not (profile level is empty or is in the segment "Customers")',
  ],
];

const country = (operator: FieldComparison['operator'], value?: unknown): Rule => ({
  type: 'lead_metadata',
  field: 'Country',
  operator,
  ...(value !== undefined && { value }),
});
const call = (times: object, more: object = {}): Rule =>
  ({ type: 'event_metadata', eventType: 'Call', operator: 'exists', times, ...more }) as Rule;

/** Each operator by its phrase, and every shape of a value and of a count. */
cases.push(
  [country('equals', 'the "best"\\\n'), 'Country is "the \\"best\\"\\\\\\n"'],
  [{ ...country('exists'), field: 'Job Title' } as Rule, '"Job Title" exists'],
  [{ ...country('exists'), field: 'größe_2.x-y' } as Rule, 'größe_2.x-y exists'],
  ...['did', 'is', 'level', 'not', 'the'].map((word): [Rule, string] => [
    { ...country('exists'), field: word } as Rule,
    `"${word}" exists`,
  ]),
  [{ type: 'account_metadata', field: 'level', operator: 'equals', value: 'x' }, 'the account\'s "level" is "x"'],
  [{ type: 'account_metadata', field: 'a "b"', operator: 'exists' }, 'the account\'s "a \\"b\\"" exists'],
  [country('equals', 5), 'Country is 5'],
  [country('equals', true), 'Country is true'],
  [country('in', ['US']), 'Country is one of "US"'],
  [country('not_in', ['US', 'UK']), 'Country is none of "US", "UK" (or is empty)'],
  [country('contains', 'a'), 'Country contains "a"'],
  [country('not_contains', 'a'), 'Country does not contain "a" (or is empty)'],
  [country('starts_with', 'a'), 'Country starts with "a"'],
  [country('not_starts_with', 'a'), 'Country does not start with "a" (or is empty)'],
  [country('ends_with', 'a'), 'Country ends with "a"'],
  [country('not_ends_with', 'a'), 'Country does not end with "a" (or is empty)'],
  [country('greater_than', 1), 'Country is greater than 1'],
  [country('greater_than_or_equal', 1), 'Country is greater than or equal to 1'],
  [country('less_than', 1.5), 'Country is less than 1.5'],
  [country('less_than_or_equal', -1), 'Country is less than or equal to -1'],
  [country('between', ['2024-01-01', '2024-01-31']), 'Country is between "2024-01-01" and "2024-01-31"'],
  [country('not_between', [1, 2]), 'Country is not between 1 and 2 (or is empty)'],
  [country('is_not_empty'), 'Country has any value'],
  [country('exists'), 'Country exists'],
  [country('not_exists'), 'Country does not exist'],
  [country('before', '2024-01-01'), 'Country is before "2024-01-01"'],
  [country('after', '2024-01-01'), 'Country is after "2024-01-01"'],
  [country('in_last_days', 0), 'Country is in the last 0 days'],
  [country('in_next_days', 2), 'Country is in the next 2 days'],
  [country('more_than_days_ago', 1), 'Country is more than 1 day ago'],
  [{ type: 'account_level', operator: 'at_most', value: 'Target' }, 'the account\'s level is at most "Target"'],
  [
    { type: 'profile_level', operator: 'in', value: ['Poor Fit', 'Okay Fit'] },
    'profile level is one of "Poor Fit", "Okay Fit"',
  ],
  [call({ atLeast: 1 }), 'did "Call" at least once'],
  [call({ atLeast: 2 }), 'did "Call" at least 2 times'],
  [call({ atMost: 0 }), 'did "Call" never'],
  [call({ atMost: 3 }), 'did "Call" at most 3 times'],
  [call({ atLeast: 1, atMost: 1 }), 'did "Call" exactly 1 time'],
  [call({ atLeast: 2, atMost: 2 }), 'did "Call" exactly 2 times'],
  [call({ atLeast: 2, atMost: 3 }, { withinDays: 1 }), 'did "Call" 2 to 3 times in the last 1 day'],
  [
    call({ atLeast: 2 }, { and: [{ field: 'topic', operator: 'not_equals', value: 'x' }] }),
    'did "Call" where topic is not "x" (or is empty) at least 2 times',
  ],
  [
    call({ atLeast: 1 }, { field: 'topic', operator: 'equals', value: 'x' }),
    'did "Call" where topic is "x" at least once',
  ],
  [{ type: 'segment', segmentId: 'seg_1', operator: 'in' }, 'is in the segment "Customers"'],
  [{ type: 'group', match: 'all', rules: [country('exists')] }, '(Country exists)'],
  [
    { type: 'group', match: 'all', rules: [country('exists'), country('equals', 5)] },
    '(Country exists and Country is 5)',
  ],
  [
    { type: 'group', match: 'any', rules: [country('exists'), country('equals', 5)] },
    '(Country exists or Country is 5)',
  ],
);

test.each(cases)('%j', (rule, sentence) => {
  expect(describeRule(rule, () => 'Customers')).toBe(sentence);
});

test('rules together say how they combine', () => {
  const rules = [cases[0]![0], cases[8]![0]];
  expect(describeRules('any', rules)).toBe('Country is "US" or engagement level is at least "Hot"');
  expect(describeRules('all', rules)).toBe('Country is "US" and engagement level is at least "Hot"');
  expect(describeRules('all', [])).toBe('no rules: only leads added by hand');
});

test('every rule that has an id has a sentence under it, nested ones and their groups too', () => {
  const isHot: Rule = { id: 'rul_hot', type: 'engagement_level', operator: 'equals', value: 'Hot' };
  const isIn: Rule = { id: 'rul_in', type: 'segment', segmentId: 'seg_1', operator: 'in' };
  const nameless: Rule = { type: 'profile_level', operator: 'is_empty' };
  const group: Rule = { id: 'rul_group', type: 'group', match: 'any', rules: [isHot, nameless] };
  expect(describeEachRule([group, isIn], () => 'Customers')).toStrictEqual({
    rul_group: '(engagement level is "Hot" or profile level is empty)',
    rul_hot: 'engagement level is "Hot"',
    rul_in: 'is in the segment "Customers"',
  });
});

test('segments go by their id where nobody names them', () => {
  const rule: Rule = { type: 'segment', segmentId: 'seg_1', operator: 'in' };
  expect(describeRule(rule)).toBe('is in the segment "seg_1"');
  expect(describeRules('any', [rule])).toBe('is in the segment "seg_1"');
  expect(describeRules('any', [rule], () => 'Customers')).toBe('is in the segment "Customers"');
});
