import { ruleLimits } from '../../shared/rule/operand.ts';
import type { Rule } from '../../shared/rule/rule.ts';
import { fold } from '../../shared/rule/value.ts';
import type { Vocabulary } from '../api/answers.ts';
import { newRule, newRuleId, ruleTypes } from './new-rule.ts';
import { firstOperator } from './operator-sections.ts';

/** Something that can be added: a type to fill in, or a rule about something known. */
export interface PaletteOption {
  readonly key: string;
  readonly label: string;
  /** What kind of values it has, or what it belongs to. */
  readonly hint: string;
  /** Why it cannot be chosen. */
  readonly refusal?: string;
  readonly make: () => Rule;
}

/** Options under one heading. */
export interface PaletteGroup {
  readonly label: string;
  readonly options: readonly PaletteOption[];
}

/** A segment that rules may name. */
export interface NamedSegment {
  readonly id: string;
  readonly name: string;
  readonly active: boolean;
}

const typesLabel = 'Rule type';
const typeHints: Readonly<Record<Rule['type'], string>> = {
  lead_metadata: 'a field of the lead',
  event_metadata: 'what the lead did, and how often',
  engagement_level: 'how engaged the lead is',
  profile_level: 'how well the lead fits',
  account_metadata: "a field of the lead's account",
  account_level: 'how well the account fits',
  segment: 'members of another segment',
  group: 'rules of which all, any or none must hold',
};

/** Everything that can be added. `refusals`: why some segments cannot be named, by id. */
export function paletteGroups(
  vocabulary: Vocabulary | undefined,
  segments: readonly NamedSegment[],
  refusals: ReadonlyMap<string, string>,
  depth: number,
): PaletteGroup[] {
  const { lead, account, events, levels } = vocabulary ?? {
    lead: { fields: [] },
    account: { fields: [] },
    events: [],
    levels: { engagement: [], profile: [], account: [] },
  };
  const types = (Object.keys(ruleTypes) as Rule['type'][]).filter(
    (type) => type !== 'group' || depth < ruleLimits.depth,
  );
  const fieldsOf = (type: 'lead_metadata' | 'account_metadata', fields: Vocabulary['lead']['fields']) =>
    fields.map(({ name, kinds }) => ({
      key: `${type}:${name}`,
      label: name,
      hint: kinds.join(', '),
      make: (): Rule => ({ id: newRuleId(), type, field: name, operator: firstOperator(kinds) }),
    }));
  const levelsOf = (type: 'engagement_level' | 'profile_level' | 'account_level', names: readonly string[]) =>
    names.map((name) => ({
      key: `${type}:${name}`,
      label: name,
      hint: `${ruleTypes[type]} is ${name}`,
      make: (): Rule => ({ id: newRuleId(), type, operator: 'equals', value: name }),
    }));
  const eventOptions = events.flatMap(({ eventType, fields }) => [
    {
      key: `event:${eventType}`,
      label: eventType,
      hint: 'event',
      make: (): Rule => ({ id: newRuleId(), type: 'event_metadata', eventType, operator: 'exists' }),
    },
    ...fields.map(({ name, kinds }) => ({
      key: `event:${eventType}#${name}`,
      label: `${eventType}: ${name}`,
      hint: kinds.join(', '),
      make: (): Rule => {
        return { id: newRuleId(), type: 'event_metadata', eventType, field: name, operator: firstOperator(kinds) };
      },
    })),
  ]);
  const named = segments.map(({ id, name, active }) => {
    const refusal = refusals.get(id);
    return {
      key: `segment:${id}`,
      label: name,
      hint: refusal ?? (active ? '' : 'inactive'),
      ...(refusal !== undefined && { refusal }),
      make: (): Rule => ({ id: newRuleId(), type: 'segment', segmentId: id, operator: 'in' }),
    };
  });
  return [
    {
      label: typesLabel,
      options: types.map((type) => ({
        key: `type:${type}`,
        label: ruleTypes[type],
        hint: typeHints[type],
        make: () => newRule(type),
      })),
    },
    { label: 'Lead Metadata', options: fieldsOf('lead_metadata', lead.fields) },
    { label: 'Event Metadata', options: eventOptions },
    { label: 'Engagement Level', options: levelsOf('engagement_level', levels.engagement) },
    { label: 'Profile Level', options: levelsOf('profile_level', levels.profile) },
    { label: 'Account Metadata', options: fieldsOf('account_metadata', account.fields) },
    { label: 'Account Level', options: levelsOf('account_level', levels.account) },
    { label: 'Segment', options: named },
  ];
}

const mostOfGroup = 50;

/**
 * What has every word of the search in its name, or begins its heading: what begins with it first. Where nothing is
 * searched, everything.
 */
export function paletteFound(groups: readonly PaletteGroup[], search: string): PaletteGroup[] {
  const words = fold(search).split(' ').filter(Boolean);
  if (words.length === 0)
    return groups.map(({ label, options }) => ({ label, options: options.slice(0, mostOfGroup) }));
  const isBegun = ({ label }: PaletteOption) => fold(label).startsWith(words[0]!);
  const found = groups
    .map(({ label, options }) => {
      const heading = fold(label).split(' ');
      const fits = (option: PaletteOption) => {
        const name = fold(option.label);
        return words.every((word) => name.includes(word) || heading.some((part) => part.startsWith(word)));
      };
      const fitting = options.filter(fits);
      const inOrder = [...fitting.filter(isBegun), ...fitting.filter((option) => !isBegun(option))];
      return { label, options: inOrder.slice(0, mostOfGroup) };
    })
    .filter(({ options }) => options.length > 0);
  const rank = ({ label, options }: PaletteGroup) => (options.some(isBegun) ? 0 : 2) + (label === typesLabel ? 1 : 0);
  return found.sort((a, b) => rank(a) - rank(b));
}
