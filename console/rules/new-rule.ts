import type { Rule } from '../../shared/rule/rule.ts';

/** What kinds of rules there are, as the menu calls them. */
export const ruleTypes: Readonly<Record<Rule['type'], string>> = {
  lead_metadata: 'Lead',
  account_metadata: 'Account',
  engagement_level: 'Engagement level',
  profile_level: 'Profile level',
  account_level: 'Account level',
  event_metadata: 'Event',
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
