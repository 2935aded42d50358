import { type OperatorName, operatorNamed } from '../../shared/rule/operator.ts';
import type { LevelRule, Rule } from '../../shared/rule/rule.ts';
import { operandFor } from './operand-for.ts';

/** What kinds of rules there are, as the manual calls them. */
export const ruleTypes: Readonly<Record<Rule['type'], string>> = {
  lead_metadata: 'Lead Metadata',
  event_metadata: 'Event Metadata',
  engagement_level: 'Engagement Level',
  profile_level: 'Profile Level',
  account_metadata: 'Account Metadata',
  account_level: 'Account Level',
  segment: 'Segment',
  group: 'Group',
};

/** A rule id as the API gives them out: the API keeps the ids it is sent. */
export function newRuleId(): string {
  const random = crypto.getRandomValues(new Uint32Array(4));
  return `rul_${[...random].map((part) => part.toString(36).padStart(7, '0')).join('')}`;
}

/** A rule of that type that is still to be filled in. */
export function newRule(type: Rule['type'], id = newRuleId()): Rule {
  switch (type) {
    case 'lead_metadata':
    case 'account_metadata':
      return { id, type, field: '', operator: 'equals' };
    case 'engagement_level':
    case 'profile_level':
    case 'account_level':
      return { id, type, operator: 'equals' };
    case 'event_metadata':
      return { id, type, eventType: '', operator: 'exists' };
    case 'segment':
      return { id, type, segmentId: '', operator: 'in' };
    case 'group':
      return { id, type, match: 'any', rules: [newRule('lead_metadata')] };
  }
}

/** A rule of another type, with what of it fits there. */
export function withType(rule: Rule, type: Rule['type']): Rule {
  if (rule.type === type || rule.type === 'group' || type === 'group') return rule;
  const fresh = newRule(type, rule.id);
  if (rule.type === 'segment' || fresh.type === 'segment' || fresh.type === 'group') return fresh;
  const { operator, value } = rule;
  switch (fresh.type) {
    case 'lead_metadata':
    case 'account_metadata': {
      const field = 'field' in rule ? (rule.field ?? '') : '';
      return { ...fresh, field, ...comparedOn('field', operator, value) };
    }
    case 'event_metadata': {
      const field = 'field' in rule && rule.field ? rule.field : undefined;
      return field === undefined ? fresh : { ...fresh, field, ...comparedOn('field', operator, value) };
    }
    default:
      return { ...fresh, ...comparedOn('level', operator, value) } as LevelRule;
  }
}

/** An operator with its value where it may stand there; else "is" with what of the value fits. */
function comparedOn(place: 'field' | 'level', operator: OperatorName, value: unknown) {
  const row = operatorNamed(operator);
  const isPossible = row.on === 'both' || row.on === place;
  const isText = [value].flat().every((one) => typeof one === 'string');
  const kept = place === 'level' && !isText ? undefined : value;
  if (isPossible) return { operator, value: kept };
  return { operator: 'equals' as const, value: operandFor(kept, row.operand, 'scalar') };
}
