import { describe, expect, test } from 'vitest';
import type { GroupRule, Rule } from '../../shared/rule/rule.ts';
import type { Revision } from '../../shared/segment/revision.ts';
import { changesBetween } from '../../shared/segment/revision-changes.ts';

const hot: Rule = { id: 'rul_hot', type: 'engagement_level', operator: 'equals', value: 'Hot' };
const german: Rule = { id: 'rul_german', type: 'lead_metadata', field: 'Country', operator: 'equals', value: 'DE' };
const french: Rule = { id: 'rul_french', type: 'lead_metadata', field: 'Country', operator: 'equals', value: 'FR' };
const group = (id: string, ...rules: Rule[]): GroupRule => ({ id, type: 'group', match: 'any', rules });
const withoutId = ({ id: _id, ...rule }: Rule) => rule as Rule;

const isHot = 'engagement level is "Hot"';
const isGerman = 'Country is "DE"';
const isFrench = 'Country is "FR"';

const first: Revision = {
  revision: 1,
  savedAt: '2026-03-10T12:00:00.000Z',
  author: 'ann',
  name: 'Leads',
  description: '',
  active: false,
  match: 'all',
  rules: [hot],
};
const nameOf = (segmentId: string) => (segmentId === 'seg_base' ? 'Base' : segmentId);
const changes = (before: Partial<Revision>, after: Partial<Revision>) =>
  changesBetween({ ...first, ...before }, { ...first, revision: 2, ...after }, nameOf);

describe('the first revision', () => {
  test.each<[Partial<Revision>, string[]]>([
    [{}, ['created']],
    [{ active: true }, ['created', 'activated']],
    [{ copiedFrom: 'seg_base' }, ['copied from the segment "Base"']],
    [{ copiedFrom: 'seg_gone' }, ['copied from the segment "seg_gone"']],
  ])('%j says %j', (content, said) => {
    expect(changesBetween(undefined, { ...first, ...content }, nameOf)).toEqual(said);
  });
});

describe('what is not a rule', () => {
  test.each<[Partial<Revision>, Partial<Revision>, string[]]>([
    [{}, {}, ['saved without a change']],
    [{}, { name: 'People' }, ['renamed from "Leads" to "People"']],
    [{}, { description: 'All' }, ['description added: "All"']],
    [{ description: 'All' }, {}, ['description removed: "All"']],
    [{ description: 'All' }, { description: 'Some' }, ['description changed from "All" to "Some"']],
    [{ tags: ['a', 'b'] }, { tags: ['b', 'c'] }, ['tag removed: "a"', 'tag added: "c"']],
    [
      { metadata: { crm: '7', old: 'x', same: 's' } },
      { metadata: { crm: '8', same: 's' } },
      ['metadata "old" removed', 'metadata "crm" set to "8"'],
    ],
    [{}, { tags: [], metadata: {} }, ['saved without a change']],
    [{}, { match: 'any' }, ['now matches any rule instead of all rules']],
    [{ match: 'any' }, {}, ['now matches all rules instead of any rule']],
    [{}, { active: true }, ['activated']],
    [{ active: true }, {}, ['deactivated']],
    [{}, { restored: 1 }, ['restored revision 1']],
    [{ name: 'People' }, { restored: 1 }, ['restored revision 1', 'renamed from "People" to "Leads"']],
  ])('from %j to %j says %j', (before, after, said) => {
    expect(changes(before, after)).toEqual(said);
  });

  test('a long description is cut', () => {
    const [sentence] = changes({}, { description: 'x'.repeat(2_000) });
    expect(sentence).toBe(`description added: "${'x'.repeat(99)}…"`);
  });
});

describe('rules', () => {
  test.each<[string, Rule[], Rule[], string[]]>([
    ['one more', [hot], [hot, german], [`rule added: ${isGerman}`]],
    ['one fewer', [hot, german], [german], [`rule removed: ${isHot}`]],
    ['another value', [german], [{ ...german, value: 'AT' }], [`rule changed from ${isGerman} to Country is "AT"`]],
    [
      'another type under the same id',
      [{ ...hot, id: 'rul_x' }],
      [{ ...german, id: 'rul_x' }],
      [`rule changed from ${isHot} to ${isGerman}`],
    ],
    [
      'a nested one changed',
      [group('rul_g', hot, german)],
      [group('rul_g', hot, { ...german, value: 'AT' })],
      [`rule changed from ${isGerman} to Country is "AT"`],
    ],
    ['a nested one added', [group('rul_g', hot)], [group('rul_g', hot, german)], [`rule added: ${isGerman}`]],
    ['a whole group added', [hot], [hot, group('rul_g', german, french)], [`rule added: (${isGerman} or ${isFrench})`]],
    [
      'a whole group removed',
      [hot, group('rul_g', german, french)],
      [hot],
      [`rule removed: (${isGerman} or ${isFrench})`],
    ],
    [
      'a group that matches otherwise',
      [group('rul_g', hot, german)],
      [{ ...group('rul_g', hot, german), match: 'none' }],
      [`group now matches none of its rules instead of any rule: not (${isHot} or ${isGerman})`],
    ],
    [
      'moved into a new group',
      [hot, german],
      [group('rul_g', hot, german)],
      [
        `rule added: (${isHot} or ${isGerman})`,
        `rule moved into a group: ${isHot}`,
        `rule moved into a group: ${isGerman}`,
      ],
    ],
    [
      'moved out of a group',
      [group('rul_g', hot, german)],
      [group('rul_g', hot), german],
      [`rule moved out of its group: ${isGerman}`],
    ],
    [
      'moved to another group',
      [group('rul_g', hot, german), group('rul_h', french)],
      [group('rul_g', hot), group('rul_h', french, german)],
      [`rule moved into another group: ${isGerman}`],
    ],
    [
      'a rule that became a group',
      [hot],
      [group('rul_hot', german)],
      [`rule removed: ${isHot}`, `rule added: (${isGerman})`],
    ],
    [
      'a group that became a rule',
      [group('rul_hot', german)],
      [hot],
      [`rule removed: (${isGerman})`, `rule added: ${isHot}`],
    ],
    ['another order', [hot, german, french], [french, hot, german], ['rules put in another order']],
    [
      'keys in another order',
      [german],
      [{ value: 'DE', operator: 'equals', field: 'Country', type: 'lead_metadata', id: 'rul_german' }],
      ['saved without a change'],
    ],
    [
      'the same sent without ids',
      [hot, group('rul_g', german)],
      [withoutId(hot), { type: 'group', match: 'any', rules: [withoutId(german)] }],
      ['saved without a change'],
    ],
    [
      'one of them sent without its id and changed',
      [hot, german],
      [hot, { ...withoutId(german), value: 'AT' } as Rule],
      [`rule removed: ${isGerman}`, 'rule added: Country is "AT"'],
    ],
    [
      'the same in other words',
      [{ id: 'rul_e', type: 'event_metadata', eventType: 'Visit', operator: 'exists' }],
      [{ id: 'rul_e', type: 'event_metadata', eventType: 'Visit', operator: 'exists', times: { atLeast: 1 } }],
      ['rule written in another way: did "Visit" at least once'],
    ],
    [
      'a reference',
      [],
      [{ id: 'rul_s', type: 'segment', segmentId: 'seg_base', operator: 'in' }],
      ['rule added: is in the segment "Base"'],
    ],
  ])('%s', (_, before, after, said) => {
    expect(changes({ rules: before }, { rules: after })).toEqual(said);
  });
});
