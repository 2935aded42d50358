import { expect, test } from 'vitest';
import { unknownLead } from '../../shared/lead/lead-document.ts';
import { ValueReader, warnOfUnread } from '../../shared/preview/unread-values.ts';
import type { Rule } from '../../shared/rule/rule.ts';

const signedUp: Rule = { type: 'lead_metadata', field: 'signup', operator: 'in_last_days', value: 7 };
const worth: Rule = { type: 'account_metadata', field: 'worth', operator: 'greater_than', value: 10 };
const rules: Rule[] = [
  { type: 'lead_metadata', field: 'signup', operator: 'contains', value: '/' },
  { type: 'group', match: 'any', rules: [signedUp, worth] },
  { type: 'lead_metadata', field: 'score', operator: 'between', value: [1, 2] },
];
const lead = (leadId: string, signup: string | null, worthOf?: string) => ({
  ...unknownLead(leadId),
  attributes: { signup, score: '5' },
  ...(worthOf !== undefined && { account: { accountId: 'a', version: 1, attributes: { worth: worthOf } } }),
});

test('what rules compare as dates and numbers is counted by rule, and warned of by share, with an example', () => {
  const first = new ValueReader(rules);
  first.add(lead('l1', '11/28/2026'));
  first.add(lead('l2', null, '1,200'));
  const more = new ValueReader(rules, first.read().values);
  more.add(lead('l3', '2026-11-28 10:00', '$5.00'));
  more.add(lead('l4', ' '));
  const other = new ValueReader(rules);
  other.add(lead('l5', '12/24/2026'));
  expect(warnOfUnread(rules, [more.read().values, undefined, other.read().values])).toEqual([
    {
      code: 'values_not_read',
      path: '/rules/1/rules/0',
      message: '1 of 3 values in "signup" read as a date, unlike "11/28/2026"',
    },
    {
      code: 'values_not_read',
      path: '/rules/1/rules/1',
      message: '1 of 2 values in "worth" read as a number, unlike "1,200"',
    },
  ]);
});

test('nothing is counted where no rule compares any', () => {
  expect(new ValueReader(rules.slice(0, 1)).read()).toEqual({});
});

test('each element of a list is a value; a slip in many is not warned of', () => {
  const reader = new ValueReader([signedUp]);
  reader.add({ ...lead('l1', null), attributes: { signup: ['2026-11-28', 'soon'] } });
  expect(reader.read().values).toEqual([{ values: 2, readable: 1, unread: { leadId: 'l1', value: 'soon' } }]);
  for (let index = 0; index < 150; index++) reader.add(lead(`m${index}`, '2026-11-28'));
  expect(warnOfUnread([signedUp], [reader.read().values])).toEqual([]);
});
