import { expect, test } from 'vitest';
import { asMember, fileOf, leadWith, moment, since } from './exported-leads.ts';

const linesOf = (text: string) =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));

test('a line has what is known of a member, with the types that values have; what is empty is left out', () => {
  const attributes = {
    tags: ['a', 'b'],
    text: 'a\nb "c"',
    zip: '01',
    score: 0,
    opted: false,
    cleared: null,
    empty: '',
  };
  const known = leadWith({
    attributes,
    engagementLevel: ['Hot', since],
    account: { accountId: 'acme', version: 1, attributes: {}, accountLevel: 'Target' },
  });
  const unknown = leadWith({ leadId: 'l2' });
  const file = fileOf([known, unknown], { format: 'jsonl', fields: [...Object.keys(attributes), '__proto__'] });
  expect(linesOf(file.toString())).toEqual([
    {
      ...{
        leadId: 'l1',
        since: moment,
        source: 'rules',
        engagementLevel: 'Hot',
        accountId: 'acme',
        accountLevel: 'Target',
      },
      attributes: { tags: ['a', 'b'], text: 'a\nb "c"', zip: '01', score: 0, opted: false },
    },
    { leadId: 'l2', since: moment, source: 'rules', attributes: {} },
  ]);
});

test('attributes go by their labels, and other segments by their ids', () => {
  const segments = ['seg_b', 'seg_c'].map((id) => ({ id, name: `About ${id}` }));
  const lead = leadWith({ attributes: { city: 'Ulm' }, memberships: { seg_a: asMember, seg_b: asMember } });
  const file = fileOf([lead], { format: 'jsonl', fields: ['city'], labels: ['Where'], segments });
  expect(linesOf(file.toString())).toEqual([
    {
      ...{ leadId: 'l1', since: moment, source: 'rules', attributes: { Where: 'Ulm' } },
      segments: { seg_b: { member: true, since: moment }, seg_c: { member: false } },
    },
  ]);
});
