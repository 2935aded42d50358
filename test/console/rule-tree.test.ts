import { describe, expect, it } from 'vitest';
import {
  placeOf,
  type Rules,
  type Step,
  withGroupOpened,
  withIds,
  withoutRule,
  withRule,
  withRuleDropped,
  withRuleInGroup,
  withRuleMoved,
  withRuleStepped,
  withRuleTwice,
} from '../../console/drafts/rule-tree.ts';
import type { GroupRule, Rule } from '../../shared/rule/rule.ts';

const leaf = (id: string): Rule => ({ id, type: 'lead_metadata', field: id, operator: 'exists' });
const group = (id: string, ...rules: Rule[]): GroupRule => ({ id, type: 'group', match: 'all', rules });
/** Ids only: `a g(b c)`. */
const shape = (rules: Rules): string =>
  rules.map((rule) => (rule.type === 'group' ? `${rule.id}(${shape(rule.rules)})` : rule.id)).join(' ');

const rules = [leaf('a'), group('g', leaf('b'), leaf('c')), leaf('d'), group('h', leaf('e'))];

it('changes one rule and leaves every other the object that it was', () => {
  const changed = withRule(rules, 'b', (rule) => ({ ...rule, field: 'x' }) as Rule);
  expect(placeOf(changed, 'b')!.rule).toMatchObject({ field: 'x' });
  expect(changed[0]).toBe(rules[0]);
  expect(changed[3]).toBe(rules[3]);
  expect(placeOf(changed, 'c')!.rule).toBe(placeOf(rules, 'c')!.rule);
  expect(withRule(rules, 'nobody', () => leaf('x'))).toBe(rules);
});

describe('takes a rule', () => {
  it('away, with the group that it leaves empty', () => {
    expect(shape(withoutRule(rules, 'b'))).toBe('a g(c) d h(e)');
    expect(shape(withoutRule(rules, 'e'))).toBe('a g(b c) d');
  });

  it('twice, under another id', () => {
    const [first, second] = withRuleTwice([group('g', leaf('a'))], 'g') as GroupRule[];
    expect(second).toMatchObject({ type: 'group', rules: [{ field: 'a' }] });
    expect(second!.id).not.toBe(first!.id);
    expect(second!.rules[0]!.id).not.toBe('a');
  });

  it('into a group of its own and out again', () => {
    const wrapped = withRuleInGroup(rules, 'd');
    expect(wrapped[2]).toMatchObject({ type: 'group', rules: [{ id: 'd' }] });
    expect(shape(withGroupOpened(wrapped, wrapped[2]!.id!))).toBe(shape(rules));
  });

  it.each<[string, Step, string]>([
    ['a', 'down', 'g(b c) a d h(e)'],
    ['a', 'up', 'a g(b c) d h(e)'],
    ['g', 'up', 'g(b c) a d h(e)'],
    ['b', 'down', 'a g(c b) d h(e)'],
    ['c', 'down', 'a g(b c) d h(e)'],
    ['a', 'in', 'g(a b c) d h(e)'],
    ['d', 'in', 'a g(b c d) h(e)'],
    ['b', 'in', 'a g(b c) d h(e)'],
    ['b', 'out', 'a g(c) b d h(e)'],
    ['e', 'out', 'a g(b c) d e'],
    ['a', 'out', 'a g(b c) d h(e)'],
  ])('%s one step %s', (id, step, expected) => {
    expect(shape(withRuleStepped(rules, id, step))).toBe(expected);
  });

  it.each<[string, string | undefined, number, string]>([
    ['a', 'h', 1, 'g(b c) d h(e a)'],
    ['b', undefined, 0, 'b a g(c) d h(e)'],
    ['e', 'g', 1, 'a g(b e c) d'],
    ['g', 'h', 0, 'a d h(g(b c) e)'],
    ['g', 'g', 0, 'a g(b c) d h(e)'],
    ['a', undefined, 2, 'g(b c) d a h(e)'],
    ['h', 'nobody', 0, 'a g(b c) d h(e)'],
  ])('%s to another list: %s, %i', (id, groupId, index, expected) => {
    expect(shape(withRuleMoved(rules, id, groupId, index))).toBe(expected);
  });

  it.each<[string, string, boolean, string]>([
    ['a', 'd', false, 'g(b c) d a h(e)'],
    ['d', 'a', true, 'd a g(b c) h(e)'],
    ['a', 'b', true, 'g(b a c) d h(e)'],
    ['a', 'b', false, 'g(a b c) d h(e)'],
    ['e', 'd', true, 'a g(b c) d e'],
    ['g', 'b', false, 'a g(b c) d h(e)'],
  ])('%s and lets it go on %s, below its middle: %s', (id, onId, isBelow, expected) => {
    expect(shape(withRuleDropped(rules, id, onId, isBelow))).toBe(expected);
  });

  it('not into itself, and not deeper than rules may be', () => {
    const nested = [group('o', leaf('x'), group('p', leaf('y')))];
    expect(withRuleMoved(nested, 'o', 'p', 0)).toBe(nested);
    const deep = [group('1', group('2', group('3', group('4', group('5', leaf('z'))))))];
    expect(withRuleInGroup(deep, 'z')).toBe(deep);
  });
});

it('gives ids to rules that came without', () => {
  const { id: _, ...bare } = leaf('a');
  const [first] = withIds([bare as Rule]);
  expect(first!.id).toMatch(/^rul_[a-z0-9]{28}$/);
  expect(withIds(rules)[0]).toBe(rules[0]);
});
