import { ruleLimits } from '../../shared/rule/operand.ts';
import type { GroupRule, Rule } from '../../shared/rule/rule.ts';
import { newRuleId } from './new-rule.ts';

/** A list of rules, nested in groups. Every change answers the same objects for what it leaves alone. */
export type Rules = readonly Rule[];

/** Where a rule is: its list, its place there, and the group whose list it is, if it is in one. */
export interface RulePlace {
  readonly rule: Rule;
  readonly siblings: Rules;
  readonly index: number;
  readonly parent: GroupRule | undefined;
}

/** Where the rule with that id is. */
export function placeOf(rules: Rules, id: string, parent?: GroupRule): RulePlace | undefined {
  for (const [index, rule] of rules.entries()) {
    if (rule.id === id) return { rule, siblings: rules, index, parent };
    const inside = rule.type === 'group' ? placeOf(rule.rules, id, rule) : undefined;
    if (inside) return inside;
  }
  return undefined;
}

/** With others in place of one rule. A group whose last rule goes, goes with it: it would say nothing. */
function rewritten(rules: Rules, id: string, into: (rule: Rule) => Rules): Rules {
  let isChanged = false;
  const changed = rules.flatMap((rule) => {
    if (rule.id === id) {
      isChanged = true;
      return into(rule);
    }
    if (rule.type !== 'group') return rule;
    const inside = rewritten(rule.rules, id, into);
    if (inside === rule.rules) return rule;
    isChanged = true;
    return inside.length > 0 ? { ...rule, rules: inside } : [];
  });
  return isChanged ? changed : rules;
}

/** With one rule as it is after a change. */
export function withRule(rules: Rules, id: string, change: (rule: Rule) => Rule): Rules {
  return rewritten(rules, id, (rule) => [change(rule)]);
}

/** Without a rule. */
export function withoutRule(rules: Rules, id: string): Rules {
  return rewritten(rules, id, () => []);
}

/** With a rule at the end of a group, or of the whole list. */
export function withRuleAdded(rules: Rules, groupId: string | undefined, added: Rule): Rules {
  if (groupId === undefined) return [...rules, added];
  return withRule(rules, groupId, (group) =>
    group.type === 'group' ? { ...group, rules: [...group.rules, added] } : group,
  );
}

/** With a rule twice, one after the other. */
export function withRuleTwice(rules: Rules, id: string): Rules {
  return rewritten(rules, id, (rule) => [rule, withNewIds(rule)]);
}

/** With a rule in a group of its own. */
export function withRuleInGroup(rules: Rules, id: string): Rules {
  return unlessTooDeep(
    rules,
    rewritten(rules, id, (rule) => [{ id: newRuleId(), type: 'group', match: 'any', rules: [rule] }]),
  );
}

/** With the rules of a group in place of it. */
export function withGroupOpened(rules: Rules, id: string): Rules {
  return rewritten(rules, id, (rule) => (rule.type === 'group' ? rule.rules : [rule]));
}

/** With a rule taken to a place in a group or, without one, in the whole list; as it was where it cannot go there. */
export function withRuleMoved(rules: Rules, id: string, groupId: string | undefined, index: number): Rules {
  const place = placeOf(rules, id);
  if (!place || place.parent?.id === groupId) return place ? withinList(rules, place, index) : rules;
  const isWithinItself = groupId !== undefined && placeOf([place.rule], groupId) !== undefined;
  const rest = withoutRule(rules, id);
  if (isWithinItself || (groupId !== undefined && !placeOf(rest, groupId))) return rules;
  const moved =
    groupId === undefined
      ? rest.toSpliced(index, 0, place.rule)
      : withRule(rest, groupId, (group) =>
          group.type === 'group' ? { ...group, rules: group.rules.toSpliced(index, 0, place.rule) } : group,
        );
  return unlessTooDeep(rules, moved);
}

/** With a rule let go on another: in its own list it takes that place, in another one it comes before or behind it. */
export function withRuleDropped(rules: Rules, id: string, onId: string, isBelow: boolean): Rules {
  const [from, to] = [placeOf(rules, id), placeOf(rules, onId)];
  if (!from || !to || id === onId) return rules;
  const isOwnList = from.siblings === to.siblings;
  return withRuleMoved(rules, id, to.parent?.id, to.index + (!isOwnList && isBelow ? 1 : 0));
}

function withinList(rules: Rules, { rule, siblings, index: from, parent }: RulePlace, to: number): Rules {
  if (from === to || to < 0 || to >= siblings.length) return rules;
  const list = siblings.toSpliced(from, 1).toSpliced(to, 0, rule);
  if (!parent) return list;
  return withRule(rules, parent.id!, (group) => ({ ...(group as GroupRule), rules: list }));
}

/** One step that a rule can take by keys. */
export type Step = 'up' | 'down' | 'in' | 'out';

/** With a rule one step on: up or down in its list, into the group beside it, or out of the one it is in, behind it. */
export function withRuleStepped(rules: Rules, id: string, step: Step): Rules {
  const place = placeOf(rules, id);
  if (!place) return rules;
  const { siblings, index, parent } = place;
  if (step === 'up') return withinList(rules, place, index - 1);
  if (step === 'down') return withinList(rules, place, index + 1);
  if (step === 'in') {
    const [before, after] = [siblings[index - 1], siblings[index + 1]];
    if (before?.type === 'group') return withRuleMoved(rules, id, before.id, before.rules.length);
    return after?.type === 'group' ? withRuleMoved(rules, id, after.id, 0) : rules;
  }
  const outer = parent && placeOf(rules, parent.id!);
  if (!outer) return rules;
  // Where it was the only one, its group is gone, and it stands there itself.
  return withRuleMoved(rules, id, outer.parent?.id, siblings.length === 1 ? outer.index : outer.index + 1);
}

/** How many groups are around the deepest rule. */
function depthOf(rules: Rules): number {
  return Math.max(0, ...rules.map((rule) => (rule.type === 'group' ? 1 + depthOf(rule.rules) : 0)));
}

function unlessTooDeep(before: Rules, after: Rules): Rules {
  return depthOf(after) > ruleLimits.depth ? before : after;
}

function withNewIds(rule: Rule): Rule {
  const id = newRuleId();
  return rule.type === 'group' ? { ...rule, id, rules: rule.rules.map(withNewIds) } : { ...rule, id };
}

/** With an id for every rule that came without one. */
export function withIds(rules: Rules): Rules {
  return rules.map((rule) => {
    const id = rule.id ?? newRuleId();
    if (rule.type === 'group') return { ...rule, id, rules: withIds(rule.rules) };
    return rule.id === undefined ? { ...rule, id } : rule;
  });
}
