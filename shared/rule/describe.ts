import { timesOf } from './event-condition.ts';
import { type OperandKind, operatorNamed } from './operator.ts';
import { type EventRule, type FieldComparison, type GroupRule, type Rule, walkRules } from './rule.ts';

/** Names a segment by its id, as people know it. */
export type SegmentNames = (segmentId: string) => string;

const byId: SegmentNames = (segmentId) => segmentId;

/**
 * One rule as an English sentence without a full stop, such as `Country is not "US" (or is empty)`. It can be read in one
 * way only: what people have named is in quotes, as JSON writes text, unless it is a plain word.
 */
export function describeRule(rule: Rule, nameOf: SegmentNames = byId): string {
  switch (rule.type) {
    case 'lead_metadata':
      return describeComparison(named(rule.field), rule);
    case 'account_metadata':
      return describeComparison(`the account's ${named(rule.field)}`, rule);
    case 'engagement_level':
    case 'profile_level':
      return describeComparison(rule.type.replace('_', ' '), rule);
    case 'account_level':
      return describeComparison("the account's level", rule);
    case 'event_metadata':
      return describeEvents(rule);
    case 'segment':
      return `is ${rule.operator === 'in' ? 'in' : 'not in'} the segment ${quoted(nameOf(rule.segmentId))}`;
    case 'group':
      return describeGroup(rule, nameOf);
  }
}

/** A segment's rules together: each sentence, and how they combine. */
export function describeRules(match: 'all' | 'any', rules: readonly Rule[], nameOf: SegmentNames = byId): string {
  if (rules.length === 0) return 'no rules: only leads added by hand';
  return joined(rules, match === 'all' ? ' and ' : ' or ', nameOf);
}

/** The sentence of every rule that has an id, nested ones too, by that id. */
export function describeEachRule(rules: readonly Rule[], nameOf: SegmentNames = byId): Record<string, string> {
  const identified = [...walkRules(rules)].flatMap(({ rule }) =>
    rule.id === undefined ? [] : [[rule.id, rule] as const],
  );
  return Object.fromEntries(identified.map(([id, rule]) => [id, describeRule(rule, nameOf)]));
}

function describeGroup({ match, rules }: GroupRule, nameOf: SegmentNames): string {
  const inside = joined(rules, match === 'all' ? ' and ' : ' or ', nameOf);
  return match === 'none' ? `not (${inside})` : `(${inside})`;
}

function joined(rules: readonly Rule[], word: string, nameOf: SegmentNames): string {
  return rules.map((rule) => describeRule(rule, nameOf)).join(word);
}

function describeComparison(subject: string, { operator: name, value }: Omit<FieldComparison, 'field'>): string {
  const operator = operatorNamed(name);
  const parts = [subject, operator.phrase, describeOperand(operator.operand, value), operator.phraseAfter];
  const sentence = parts.filter(Boolean).join(' ');
  // A complement holds for a field without a value too, which readers do not expect unless it is said.
  const isSurprising = operator.isComplement && operator.operand !== 'none';
  return isSurprising ? `${sentence} (or is empty)` : sentence;
}

function describeOperand(operand: OperandKind, value: unknown): string {
  if (operand === 'none') return '';
  if (operand === 'days') return counted(Number(value), 'day');
  if (operand === 'range') {
    const [low, high] = value as readonly unknown[];
    return `${shown(low)} and ${shown(high)}`;
  }
  return Array.isArray(value) ? value.map(shown).join(', ') : shown(value);
}

function describeEvents(rule: EventRule): string {
  const { eventType, field, operator, value, and = [], withinDays } = rule;
  const own = field === undefined ? [] : [{ field, operator, value }];
  const comparisons = [...own, ...and].map((part) => describeComparison(named(part.field), part));
  const which = comparisons.length > 0 ? ` where ${comparisons.join(' and ')}` : '';
  const when = withinDays === undefined ? '' : ` in the last ${counted(withinDays, 'day')}`;
  return `did ${quoted(eventType)}${which} ${describeTimes(rule)}${when}`;
}

function describeTimes(rule: EventRule): string {
  const { atLeast, atMost } = timesOf(rule);
  if (atMost === 0) return 'never';
  if (atMost === undefined) return atLeast === 1 ? 'at least once' : `at least ${counted(atLeast, 'time')}`;
  if (atLeast === atMost) return `exactly ${counted(atMost, 'time')}`;
  return atLeast === 0 ? `at most ${counted(atMost, 'time')}` : `${atLeast} to ${counted(atMost, 'time')}`;
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** A text in quotes, with what would end or hide it escaped. */
export const quoted = (text: string): string => JSON.stringify(text);

const plainWord = /^[\p{L}_][\p{L}\p{N}_.-]*$/u;
/** What sentences say themselves where a field may stand. */
const taken = new Set(['did', 'is', 'level', 'not', 'the']);

/** A field as it is called, in quotes where it could be taken for something else. */
const named = (field: string) => (plainWord.test(field) && !taken.has(field) ? field : quoted(field));
const shown = (value: unknown): string => JSON.stringify(value);
