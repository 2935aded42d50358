import { describe, expect, test } from 'vitest';
import type { GroupRule, Rule } from '../../shared/rule/rule.ts';
import { findRule, replaceRule } from '../../shared/segment/rule-edit.ts';

const leaf = (id: string): Rule => ({ id, type: 'engagement_level', operator: 'is_empty' });
const group = (id: string, ...rules: Rule[]): GroupRule => ({ id, type: 'group', match: 'any', rules });
const rules = [leaf('a'), group('g', leaf('b'), group('h', leaf('c'))), leaf('d')];

/** The ids as nested lists. */
function idsOf(list: readonly Rule[]): unknown[] {
  return list.map((rule) => (rule.type === 'group' ? [rule.id, idsOf(rule.rules)] : rule.id));
}

describe('one rule among many', () => {
  test.each(['a', 'g', 'b', 'h', 'c', 'd'])('%s is found wherever it is', (id) => {
    expect(findRule(rules, id)?.id).toBe(id);
  });

  test('is not found under an id that none has', () => expect(findRule(rules, 'x')).toBeUndefined());

  test('is replaced in its place, leaving the others', () => {
    expect(idsOf(replaceRule(rules, 'c', leaf('z')))).toEqual(['a', ['g', ['b', ['h', ['z']]]], 'd']);
    expect(idsOf(replaceRule(rules, 'g', leaf('z')))).toEqual(['a', 'z', 'd']);
    expect(replaceRule(rules, 'x', leaf('z'))).toEqual(rules);
  });

  test('goes with the groups that would be left empty', () => {
    expect(idsOf(replaceRule(rules, 'b', undefined))).toEqual(['a', ['g', [['h', ['c']]]], 'd']);
    expect(idsOf(replaceRule(rules, 'c', undefined))).toEqual(['a', ['g', ['b']], 'd']);
    expect(replaceRule([group('g', group('h', leaf('c')))], 'c', undefined)).toEqual([]);
  });

  test('leaves the list it was in as it was', () => {
    const before = JSON.stringify(rules);
    replaceRule(rules, 'c', undefined);
    expect(JSON.stringify(rules)).toBe(before);
  });
});
