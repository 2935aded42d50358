import { expect, test } from 'vitest';
import { describeEachRule, describeRule, describeRules } from '../../shared/rule/describe.ts';
import type { Rule } from '../../shared/rule/rule.ts';

const cases: [Rule, string][] = [
  [{ type: 'lead_metadata', field: 'Country', operator: 'equals', value: 'US' }, 'Country is "US"'],
  [
    { type: 'lead_metadata', field: 'Country', operator: 'not_equals', value: 'US' },
    'Country is not "US", or is empty',
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

test.each(cases)('%j', (rule, sentence) => {
  expect(describeRule(rule, () => 'Customers')).toBe(sentence);
});

test('rules together say how they combine', () => {
  const rules = [cases[0]![0], cases[8]![0]];
  expect(describeRules('any', rules)).toBe('Country is "US" or engagement level is at least "Hot"');
  expect(describeRules('all', [])).toBe('no rules: only leads added by hand');
});

test('every rule that has an id has a sentence under it, nested ones and their groups too', () => {
  const isHot: Rule = { id: 'rul_hot', type: 'engagement_level', operator: 'equals', value: 'Hot' };
  const isIn: Rule = { id: 'rul_in', type: 'segment', segmentId: 'seg_1', operator: 'in' };
  const nameless: Rule = { type: 'profile_level', operator: 'is_empty' };
  const group: Rule = { id: 'rul_group', type: 'group', match: 'any', rules: [isHot, nameless] };
  expect(describeEachRule([group, isIn], () => 'Customers')).toEqual({
    rul_group: '(engagement level is "Hot" or profile level is empty)',
    rul_hot: 'engagement level is "Hot"',
    rul_in: 'is in the segment "Customers"',
  });
});
