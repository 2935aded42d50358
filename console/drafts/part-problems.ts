import type { FieldError } from '../../shared/problem/problem.ts';
import { readAs } from '../../shared/problem/read-as.ts';
import { ruleLimits } from '../../shared/rule/operand.ts';
import { leafRules, type Rule, ruleInputSchema, rulesInputSchema } from '../../shared/rule/rule.ts';
import type { Rules } from './rule-tree.ts';

/** Something to tell about a part of a rule: `field`, `value`, `and/0/field`; empty: of the whole rule. */
export interface PartProblem {
  readonly part: string;
  readonly message: string;
}

const missing: Readonly<Record<string, string>> = {
  field: 'Choose a field.',
  eventType: 'Choose an event.',
  segmentId: 'Choose a segment.',
  value: 'Enter a value.',
};

/** A rule that is not changed is the same object, and has the same problems. */
const known = new WeakMap<Rule, readonly PartProblem[]>();

/** What the API would refuse in one rule; of a group, nothing: its rules have their own. */
export function problemsOfRule(rule: Rule): readonly PartProblem[] {
  if (rule.type === 'group') return [];
  const before = known.get(rule);
  if (before) return before;
  const found = findProblems(rule);
  known.set(rule, found);
  return found;
}

function findProblems(rule: Rule): PartProblem[] {
  // As it would be sent: what is undefined is left out.
  const sent = JSON.parse(JSON.stringify(rule)) as unknown;
  const result = readAs(ruleInputSchema, sent);
  if (result.success) return [];
  return result.errors.map(({ path, message }) => {
    const parts = path.split('/').slice(1);
    const value = parts.reduce<unknown>((inner, part) => (inner as Record<string, unknown> | undefined)?.[part], sent);
    const isMissing = value === undefined || value === null || value === '';
    const name = parts.findLast((part) => part in missing);
    return { part: parts.join('/'), message: isMissing && name ? missing[name]! : sentence(message) };
  });
}

/** Whether every rule says something that the API would take. */
export function areComplete(rules: Rules): boolean {
  return leafRules(rules).every((rule) => problemsOfRule(rule).length === 0);
}

/** What the API would refuse of the list as a whole: too many rules, too deep, too large. */
export function problemsOfList(rules: Rules): string[] {
  const isSmall = leafRules(rules).length <= ruleLimits.leafRules;
  if (isSmall && JSON.stringify(rules).length * 3 <= ruleLimits.jsonBytes) return [];
  const result = readAs(rulesInputSchema, JSON.parse(JSON.stringify(rules)) as unknown);
  return result.success ? [] : result.errors.filter(({ path }) => path === '').map(({ message }) => `It ${message}.`);
}

/** "must be a number" as "Must be a number." */
function sentence(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** Something that the API told about a rule as it was then. */
export interface ToldProblem extends PartProblem {
  readonly rule: Rule;
}

/** One object for nothing, so that nobody draws it again. */
const nothing: ReadonlyMap<string, readonly ToldProblem[]> = new Map();

/** What the API told with pointers such as `/rules/0/value`, by the id of the rule it is about. */
export function byRule(
  rules: Rules,
  told: readonly Pick<FieldError, 'path' | 'message'>[],
): ReadonlyMap<string, readonly ToldProblem[]> {
  if (told.length === 0) return nothing;
  const found = new Map<string, ToldProblem[]>();
  for (const { path, message } of told) {
    const [rule, part] = ruleAt(rules, path.split('/').slice(2)) ?? [];
    if (!rule?.id || part === undefined) continue;
    found.set(rule.id, [...(found.get(rule.id) ?? []), { rule, part, message }]);
  }
  return found;
}

function ruleAt(rules: Rules, [index, ...rest]: readonly string[]): [Rule, string] | undefined {
  const rule = rules[Number(index)];
  if (!rule) return undefined;
  if (rule.type === 'group' && rest[0] === 'rules' && rest.length > 1) return ruleAt(rule.rules, rest.slice(1));
  return [rule, rest.join('/')];
}
