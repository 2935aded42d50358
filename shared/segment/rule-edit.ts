import { jsonPointer } from '../problem/problem.ts';
import { type Rule, walkRules } from '../rule/rule.ts';

/** Where a rule is, as a JSON Pointer into a body with `rules`. */
export function pointerToRule(rules: readonly Rule[], ruleId: string): string | undefined {
  for (const { rule, path } of walkRules(rules, ['rules'])) if (rule.id === ruleId) return jsonPointer(path);
  return undefined;
}

/** The rule with that id, wherever it is nested. */
export function findRule(rules: readonly Rule[], ruleId: string): Rule | undefined {
  for (const { rule } of walkRules(rules)) if (rule.id === ruleId) return rule;
  return undefined;
}

/**
 * The rules with one replaced, or removed where `replacement` is undefined. A group that loses its last rule goes with it:
 * an empty group says nothing.
 */
export function replaceRule(rules: readonly Rule[], ruleId: string, replacement: Rule | undefined): readonly Rule[] {
  return rules.flatMap((rule): Rule[] => {
    if (rule.id === ruleId) return replacement ? [replacement] : [];
    if (rule.type !== 'group') return [rule];
    const inner = replaceRule(rule.rules, ruleId, replacement);
    return inner.length > 0 ? [{ ...rule, rules: inner }] : [];
  });
}
