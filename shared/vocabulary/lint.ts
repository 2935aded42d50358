import { jsonPointer } from '../problem/problem.ts';
import { kindCompared } from '../rule/comparison.ts';
import type { Levels } from '../rule/levels.ts';
import { equalityKeys, operatorNamed } from '../rule/operator.ts';
import type { EventRule, FieldComparison, GroupRule, LevelRule, Match, Rule } from '../rule/rule.ts';
import { fold, type Scalar, type ValueKind } from '../rule/value.ts';
import { leadIdPlace, leadIdSeen, type Sightings } from './vocabulary.ts';

/** Something about rules that is allowed but hardly meant. `path`: JSON Pointer into the body with `rules`. */
export interface RuleWarning {
  readonly code:
    | 'unknown_field'
    | 'unknown_event_type'
    | 'unknown_level'
    | 'text_compared_with_number'
    | 'text_compared_with_date'
    | 'values_not_read'
    | 'never_matches'
    | 'always_matches'
    | 'contradiction'
    | 'window_beyond_retention';
  readonly path: string;
  readonly message: string;
}

type Path = readonly (string | number)[];
type Compared = Pick<FieldComparison, 'operator' | 'value'>;

/** Warns of rules that name what was never seen, compare what cannot compare, can never match, or always do. */
export function lintRules(
  match: Match,
  rules: readonly Rule[],
  seen: Sightings,
  levels: Levels,
  eventRetentionDays: number,
): RuleWarning[] {
  const warnings: RuleWarning[] = [];
  const warn = (code: RuleWarning['code'], path: Path, message: string) =>
    warnings.push({ code, path: jsonPointer(path), message });
  const lintList = (how: GroupRule['match'], list: readonly Rule[], path: Path) => {
    lintTogether(how, list, seen, (code, index, message) => warn(code, [...path, index], message));
    for (const [index, rule] of list.entries()) {
      const here = [...path, index];
      switch (rule.type) {
        case 'group':
          lintList(rule.match, rule.rules, [...here, 'rules']);
          break;
        case 'event_metadata':
          lintEventRule(rule, seen, eventRetentionDays, here, warn);
          break;
        case 'lead_metadata':
          lintField(`lead:${rule.field}`, rule.field, rule, seen, here, warn);
          break;
        case 'account_metadata':
          lintField(`account:${rule.field}`, rule.field, rule, seen, here, warn);
          break;
        case 'segment':
          break;
        default:
          lintLevel(rule, levels, here, warn);
      }
    }
  };
  lintList(match, rules, ['rules']);
  return warnings;
}

type Warn = (code: RuleWarning['code'], path: Path, message: string) => void;

function lintField(place: string, field: string, by: Compared, seen: Sightings, path: Path, warn: Warn): void {
  const known = place === leadIdPlace ? leadIdSeen : seen.get(place);
  if (!known) {
    warn('unknown_field', [...path, 'field'], `No "${field}" has been seen yet`);
    return;
  }
  const kind = kindCompared(by);
  if (!kind || known.kinds.size === 0 || known.kinds.has(kind) || known.kinds.has('list')) return;
  const kinds = [...known.kinds].join(' and ');
  const message = `"${field}" is compared with a ${kind}, but only ${kinds} has been seen there`;
  warn(`text_compared_with_${kind}`, path, message);
}

function lintLevel(rule: LevelRule, levels: Levels, path: Path, warn: Warn): void {
  if (rule.value === undefined) return;
  const order = { engagement_level: levels.engagement, profile_level: levels.profile, account_level: levels.account };
  const known = new Set(order[rule.type].map(fold));
  const unknown = [rule.value]
    .flat()
    .map(String)
    .filter((name) => !known.has(fold(name)));
  if (unknown.length === 0) return;
  const names = briefly(unknown.map((name) => `"${name}"`));
  const are = unknown.length === 1 ? 'is' : 'are';
  warn('unknown_level', [...path, 'value'], `${names} ${are} none of the levels ${briefly(order[rule.type])}`);
}

/** The first of many names, and of long ones their beginning: an answer has room for the warnings of all rules. */
function briefly(names: readonly string[]): string {
  const shown = names
    .slice(0, 10)
    .map((name) => ([...name].length > 60 ? `${[...name].slice(0, 60).join('')}…` : name));
  return [...shown, ...(names.length > 10 ? [`${names.length - 10} more`] : [])].join(', ');
}

function lintEventRule(rule: EventRule, seen: Sightings, eventRetentionDays: number, path: Path, warn: Warn): void {
  const { eventType, field, operator, value, and = [], withinDays } = rule;
  if (!seen.has(`event:${eventType}`)) {
    warn('unknown_event_type', [...path, 'eventType'], `No event "${eventType}" has been seen yet`);
  } else {
    const place = (name: string) => `event:${eventType}#${name}`;
    if (field !== undefined) lintField(place(field), field, { operator, value }, seen, path, warn);
    for (const [index, part] of and.entries()) {
      lintField(place(part.field), part.field, part, seen, [...path, 'and', index], warn);
    }
  }
  if ((withinDays ?? 0) > eventRetentionDays) {
    const message = `Events are kept ${eventRetentionDays} days, so older ones never count`;
    warn('window_beyond_retention', [...path, 'withinDays'], message);
  }
}

/** Looks at rules of one list on the same field: two that cannot both hold, or of which one always does. */
function lintTogether(
  how: GroupRule['match'],
  rules: readonly Rule[],
  seen: Sightings,
  warn: (code: RuleWarning['code'], index: number, message: string) => void,
): void {
  for (const [index, rule] of rules.entries()) {
    for (const earlier of rules.slice(0, index)) {
      const subject = subjectOf(rule);
      if (subject === undefined || subject !== subjectOf(earlier)) continue;
      const [a, b] = [earlier as Compared, rule as Compared];
      if (how === 'all' && excludes(a, b, seen.get(subject)?.kinds)) {
        warn('contradiction', index, 'Together with an earlier rule on the same field this can never hold');
      }
      if (how !== 'all' && isOpposite(a, b)) {
        const message = 'This and an earlier rule are opposites: one of them always holds';
        warn(how === 'any' ? 'always_matches' : 'never_matches', index, message);
      }
    }
  }
}

/** What a rule compares, for rules that compare one value: as the vocabulary names it. */
function subjectOf(rule: Rule): string | undefined {
  switch (rule.type) {
    case 'lead_metadata':
      return `lead:${rule.field}`;
    case 'account_metadata':
      return `account:${rule.field}`;
    case 'engagement_level':
    case 'profile_level':
    case 'account_level':
      return rule.type;
    default:
      return undefined;
  }
}

function isOpposite(a: Compared, b: Compared): boolean {
  const [operatorA, operatorB] = [operatorNamed(a.operator), operatorNamed(b.operator)];
  const asksTheSame = emptiness(operatorA.positiveName) === emptiness(operatorB.positiveName);
  const isSameOperand = JSON.stringify(a.value) === JSON.stringify(b.value);
  return asksTheSame && isSameOperand && operatorA.isComplement !== operatorB.isComplement;
}

/** `exists` and `is_not_empty` ask the same of a field. */
const emptiness = (name: string) => (name === 'exists' ? 'is_not_empty' : name);

function excludes(a: Compared, b: Compared, kinds: ReadonlySet<ValueKind> | undefined): boolean {
  if (isOpposite(a, b)) return true;
  const [operatorA, operatorB] = [operatorNamed(a.operator), operatorNamed(b.operator)];
  const asksForEmpty = [a, b].some(({ operator }) => operator === 'is_empty' || operator === 'not_exists');
  if (asksForEmpty) return !(operatorA.isComplement && operatorB.isComplement);
  // Different elements of a list may satisfy different rules.
  if (operatorA.isComplement || operatorB.isComplement || kinds?.has('list')) return false;
  const [entryA, entryB] = [operatorA.index?.(a.value), operatorB.index?.(b.value)];
  if (entryA?.kind === 'number' && entryB?.kind === 'number') {
    return entryA.low > entryB.high || entryB.low > entryA.high;
  }
  return entryA?.kind === 'equality' && entryB?.kind === 'equality' && !overlap(entryA.operands, entryB.operands);
}

/** Booleans are among the texts too, and text compared as a number among the numbers. */
function overlap(a: readonly Scalar[], b: readonly Scalar[]): boolean {
  const [keysA, keysB] = [equalityKeys(a), equalityKeys(b)];
  return (['texts', 'numbers'] as const).some((part) => {
    const known: ReadonlySet<unknown> = keysB[part];
    return [...keysA[part]].some((key) => known.has(key));
  });
}
