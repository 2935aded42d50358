import type { Match, Rule } from '../../shared/rule/rule.ts';

/** What of the list of leads stands in its address: what is searched for, and the rules of its filter. */
export interface LeadsSearch {
  readonly q?: string;
  /** How the rules combine; without it, all of them have to hold. */
  readonly match?: Match;
  readonly rules?: readonly Rule[];
}

/** Reads an address; what it does not know it leaves out, rules that are none with it. */
export function readLeadsSearch({ q, match, rules }: Record<string, unknown>): LeadsSearch {
  const found = Array.isArray(rules) && rules.length > 0 && rules.every(isRule) ? { rules: rules as Rule[] } : {};
  return {
    // A router reads the text "42" in an address as a number.
    ...((typeof q === 'string' || typeof q === 'number') && q !== '' && { q: String(q) }),
    ...('rules' in found && { match: match === 'any' ? ('any' as const) : ('all' as const) }),
    ...found,
  };
}

/** Rules without their ids, which say nothing in an address. */
export function withoutIds(rules: readonly Rule[]): Rule[] {
  return JSON.parse(JSON.stringify(rules, (key, value: unknown) => (key === 'id' ? undefined : value))) as Rule[];
}

const types: Readonly<Record<Rule['type'], true>> = {
  lead_metadata: true,
  account_metadata: true,
  engagement_level: true,
  profile_level: true,
  account_level: true,
  event_metadata: true,
  segment: true,
  group: true,
};

/** Whether it has the outer form of a rule. What is in it is checked where it is edited and by the API. */
function isRule(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  if (typeof value.type !== 'string' || !Object.hasOwn(types, value.type)) return false;
  return value.type !== 'group' || ('rules' in value && Array.isArray(value.rules) && value.rules.every(isRule));
}
