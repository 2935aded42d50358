import type { Rule } from '../rule/rule.ts';
import { contentOf } from './rule-pairs.ts';

/** Whether rules that are sent say what stored ones say already. An id that is left out is that of the stored rule there. */
export function areSameRules(sent: readonly Rule[], stored: readonly Rule[]): boolean {
  return sent.length === stored.length && sent.every((rule, index) => isSameRule(rule, stored[index]!));
}

function isSameRule(sent: Rule, stored: Rule): boolean {
  if (sent.id !== undefined && sent.id !== stored.id) return false;
  if (sent.type !== 'group' || stored.type !== 'group') return contentOf(sent) === contentOf(stored);
  return sent.match === stored.match && areSameRules(sent.rules, stored.rules);
}

/** Whether two JSON values are the same, in whatever order their keys are. */
export function isSame(one: unknown, other: unknown): boolean {
  return sortedText(one) === sortedText(other);
}

function sortedText(value: unknown): string | undefined {
  return JSON.stringify(value, (_key, inner) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
