import { labelsOf } from '../catalog/segment.ts';
import { describeRule, quoted, type SegmentNames } from '../rule/describe.ts';
import type { GroupRule, Match, Rule } from '../rule/rule.ts';
import type { Revision } from './revision.ts';
import { type PlacedRule, pairRules } from './rule-pairs.ts';

/**
 * What a revision changed against the one before it, as English sentences without a full stop; there is always at least
 * one. `before` is undefined for the first revision. Rules are compared by their ids, wherever they are nested.
 */
export function changesBetween(before: Revision | undefined, after: Revision, nameOf: SegmentNames): string[] {
  const origin = originOf(after, nameOf);
  if (!before) return [origin ?? 'created', ...(after.active ? ['activated'] : [])];
  const changes = [
    ...(origin ? [origin] : []),
    ...(before.name === after.name ? [] : [`renamed from ${quoted(before.name)} to ${quoted(after.name)}`]),
    ...descriptionChange(before.description, after.description),
    ...labelChanges(labelsOf(before), labelsOf(after)),
    ...(before.match === after.match ? [] : [`now matches ${words[after.match]} instead of ${words[before.match]}`]),
    ...ruleChanges(before.rules, after.rules, nameOf),
    ...(before.active === after.active ? [] : [after.active ? 'activated' : 'deactivated']),
  ];
  return changes.length > 0 ? changes : ['saved without a change'];
}

const words: Record<Match | 'none', string> = { all: 'all rules', any: 'any rule', none: 'none of its rules' };

function originOf({ restored, copiedFrom }: Revision, nameOf: SegmentNames): string | undefined {
  if (restored !== undefined) return `restored revision ${restored}`;
  return copiedFrom === undefined ? undefined : `copied from the segment ${quoted(nameOf(copiedFrom))}`;
}

function descriptionChange(before: string, after: string): string[] {
  if (before === after) return [];
  if (before === '') return [`description added: ${shortened(after)}`];
  if (after === '') return [`description removed: ${shortened(before)}`];
  return [`description changed from ${shortened(before)} to ${shortened(after)}`];
}

type Labels = ReturnType<typeof labelsOf>;

function labelChanges(before: Labels, after: Labels): string[] {
  const [had, has] = [before.tags, after.tags];
  const [knew, knows] = [before.metadata, after.metadata];
  const removed = Object.keys(knew).filter((key) => !Object.hasOwn(knows, key));
  const changed = Object.entries(knows).filter(([key, value]) => !Object.hasOwn(knew, key) || knew[key] !== value);
  return [
    ...had.filter((tag) => !has.includes(tag)).map((tag) => `tag removed: ${quoted(tag)}`),
    ...has.filter((tag) => !had.includes(tag)).map((tag) => `tag added: ${quoted(tag)}`),
    ...removed.map((key) => `metadata ${quoted(key)} removed`),
    ...changed.map(([key, value]) => `metadata ${quoted(key)} set to ${shortened(value)}`),
  ];
}

function ruleChanges(before: readonly Rule[], after: readonly Rule[], nameOf: SegmentNames): string[] {
  const { removed, added, kept, isReordered } = pairRules(before, after);
  const sentence = ({ rule }: PlacedRule) => describeRule(rule, nameOf);
  return [
    ...removed.map((rule) => `rule removed: ${sentence(rule)}`),
    ...added.map((rule) => `rule added: ${sentence(rule)}`),
    ...kept.flatMap((pair) => keptRuleChanges(pair.before, pair.after, pair.isMoved, sentence)),
    ...(isReordered ? ['rules put in another order'] : []),
  ];
}

function keptRuleChanges(
  before: PlacedRule,
  after: PlacedRule,
  isMoved: boolean,
  sentence: (rule: PlacedRule) => string,
): string[] {
  const moved = isMoved ? [`rule moved ${movement(before.parent, after.parent)}: ${sentence(after)}`] : [];
  if (before.rule.type === 'group' && after.rule.type === 'group') {
    if (before.rule.match === after.rule.match) return moved;
    const [now, then] = [words[after.rule.match], words[before.rule.match]];
    return [...moved, `group now matches ${now} instead of ${then}: ${sentence(after)}`];
  }
  if (before.content === after.content) return moved;
  const [then, now] = [sentence(before), sentence(after)];
  return [...moved, then === now ? `rule written in another way: ${now}` : `rule changed from ${then} to ${now}`];
}

function movement(from: GroupRule | undefined, to: GroupRule | undefined): string {
  if (!from) return 'into a group';
  return to ? 'into another group' : 'out of its group';
}

const longestQuote = 100;

function shortened(text: string): string {
  const characters = [...text];
  return quoted(characters.length > longestQuote ? `${characters.slice(0, longestQuote - 1).join('')}…` : text);
}
