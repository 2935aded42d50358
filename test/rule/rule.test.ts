import { describe, expect, test } from 'vitest';
import { fieldErrors } from '../../shared/http/problem.ts';
import { rulesInputSchema } from '../../shared/rule/rule.ts';

const errorsOf = (rules: unknown) => {
  const result = rulesInputSchema.safeParse(rules);
  return result.success ? [] : fieldErrors(result.error).map(({ path, message }) => `${path}: ${message}`);
};
const field = (more: object) => ({ type: 'lead_metadata', field: 'Country', ...more });
const event = (more: object) => ({ type: 'event_metadata', eventType: 'Page View', ...more });
const nested = (depth: number): object =>
  depth === 0 ? field({ operator: 'is_empty' }) : { type: 'group', match: 'any', rules: [nested(depth - 1)] };

describe('rules that are accepted', () => {
  test.each([
    [[]],
    [[field({ operator: 'equals', value: 'India' })]],
    [[field({ operator: 'between', value: [1, 2] })]],
    [[field({ operator: 'between', value: ['2024-01-01', '2024-01-01T10:00:00Z'] })]],
    [[{ type: 'account_metadata', field: 'industry', operator: 'in', value: ['a', 1, false] }]],
    [[{ type: 'engagement_level', operator: 'at_least', value: 'Hot' }]],
    [[{ type: 'account_level', operator: 'is_empty' }]],
    [[event({ operator: 'exists' })]],
    [[event({ operator: 'not_exists', withinDays: 30 })]],
    [[event({ operator: 'exists', and: [{ field: 'path', operator: 'contains', value: 'x' }] })]],
    [[event({ field: 'path', operator: 'contains', value: '/pricing', times: { atLeast: 3 }, withinDays: 7 })]],
    [[event({ operator: 'exists', times: { atMost: 0 } })]],
    [[{ type: 'segment', segmentId: 'seg_1', operator: 'not_in' }]],
    [[nested(5)]],
  ])('%j', (rules) => {
    expect(errorsOf(rules)).toEqual([]);
  });
});

describe('rules that are refused, with the path', () => {
  test.each([
    [[field({ operator: 'equals' })], '/0/value: is required for this operator'],
    [[field({ operator: 'equals', value: '  ' })], '/0/value: must not be empty'],
    [[field({ operator: 'equals', value: 'x', colour: 1 })], '/0/colour: is not a known key'],
    [[field({ operator: 'is_empty', value: 'x' })], '/0/value: must be left out for this operator'],
    [[field({ operator: 'greater_than', value: 'ten' })], '/0/value: must be a number'],
    [[field({ operator: 'in', value: [] })], '/0/value: must not be empty'],
    [[field({ operator: 'in', value: ['a', ' '] })], '/0/value/1: must not be empty'],
    [[field({ operator: 'in', value: Array(1001).fill('a') })], '/0/value: must have at most 1000 values'],
    [[field({ operator: 'contains', value: 5 })], '/0/value: must be text'],
    [[field({ operator: 'contains', value: 'x'.repeat(1001) })], '/0/value: must have at most 1000 characters'],
    [[field({ operator: 'between', value: [3, 1] })], '/0/value: low must not be greater than high'],
    [[field({ operator: 'between', value: [1, '2024-01-01'] })], '/0/value/1: must be a number'],
    [[field({ operator: 'between', value: [1] })], '/0/value: must be a list of two: [low, high]'],
    [
      [field({ operator: 'before', value: '2024-02-30' })],
      '/0/value: must be a date (YYYY-MM-DD) or an ISO 8601 date-time',
    ],
    [[field({ operator: 'in_last_days', value: 4000 })], '/0/value: must be a whole number of days from 0 to 3650'],
    [[field({ operator: 'in_last_days', value: 1.5 })], '/0/value: must be a whole number of days from 0 to 3650'],
    [
      [event({ operator: 'equals', value: 'x' })],
      '/0/operator: without a field only exists and not_exists are possible',
    ],
    [
      [event({ operator: 'not_exists', times: { atLeast: 1 } })],
      '/0/times: not_exists without a field means never, so it takes no times',
    ],
    [[event({ operator: 'exists', times: { atLeast: 0 } })], '/0/times: needs atLeast of 1 or more, or atMost'],
    [
      [event({ operator: 'exists', times: { atLeast: 3, atMost: 2 } })],
      '/0/times: atLeast must not be greater than atMost',
    ],
    [[nested(6)], ': groups may be nested at most 5 deep'],
    [Array(251).fill(field({ operator: 'is_empty' })), ': has 251 rules; at most 250 are possible'],
    [
      [field({ id: 'rul_1', operator: 'is_empty' }), field({ id: 'rul_1', operator: 'is_empty' })],
      '/1/id: rule id rul_1 is used twice',
    ],
  ])('%j', (rules, error) => {
    expect(errorsOf(rules)).toContain(error);
  });

  test.each([
    [[{ type: 'group', match: 'all', rules: [] }], '/0/rules'],
    [[{ type: 'engagement_level', operator: 'contains', value: 'x' }], '/0/operator'],
    [[{ type: 'engagement_level', operator: 'equals', value: 5 }], '/0/value'],
    [[{ type: 'profile_level', operator: 'exists' }], '/0/operator'],
    [[field({ operator: 'at_least', value: 'Hot' })], '/0/operator'],
    [[{ type: 'profile_score', operator: 'equals', value: 'x' }], '/0/type'],
    [[event({ operator: 'exists', times: { atLeast: 101 } })], '/0/times/atLeast'],
    [[event({ operator: 'exists', withinDays: 3651 })], '/0/withinDays'],
    [[event({ operator: 'exists', and: [] })], '/0/and'],
    ['rules', ''],
  ])('%j', (rules, path) => {
    const paths = errorsOf(rules).map((error) => error.split(':')[0]);
    expect(paths).toContain(path);
  });
});
