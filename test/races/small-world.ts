import type { Chance } from '../../oracle/chance.ts';
import type { Json, OracleChange } from '../../oracle/oracle.ts';
import { day } from '../../oracle/random-values.ts';
import { randomChange, randomRule } from '../../oracle/random-world.ts';
import { shardOf } from '../../shared/lead/shard.ts';
import { operatorNamed, operatorNames } from '../../shared/rule/operator.ts';

/** What a schedule is about: few things that many actors touch at once, so that they get into each other's way. */
export const themes = [
  'attributes',
  'saves',
  'resaves',
  'rounds',
  'events',
  'accounts',
  'links',
  'moves',
  'clock',
  'references',
  'hands',
  'deletions',
  'repairs',
  'mixed',
  'anything',
] as const;
/** One of these, or many segments saved one after the other, which only a test of its own asks for. */
export type Theme = (typeof themes)[number] | 'series';

const leadsByShard = new Map<string, string[]>();
for (let index = 0; index < 300; index++) {
  const leadId = `l${index}`;
  const ofShard = leadsByShard.get(shardOf(leadId)) ?? [];
  leadsByShard.set(shardOf(leadId), ofShard);
  ofShard.push(leadId);
}

/** A few leads that share one or two shards; one alone where it is to move from account to account. */
export function pickLeads(chance: Chance, theme: Theme): string[] {
  if (theme === 'links' || theme === 'moves') return [`l${chance.below(300)}`];
  if (theme === 'resaves') return chance.oneOf([...leadsByShard.values()]).slice(0, 1 + chance.below(2));
  if (theme === 'rounds' || theme === 'series')
    return chance.oneOf([...leadsByShard.values()]).slice(0, 2 + chance.below(2));
  const shards = chance.shuffled([...leadsByShard.keys()]).slice(0, 1 + chance.below(2));
  return shards.flatMap((shard) => leadsByShard.get(shard)!.slice(0, 1 + chance.below(3)));
}

const near = (chance: Chance, now: number) => now + (chance.below(13) - 6) * (day / 2) + chance.below(7_200_000);

function leadRule(chance: Chance): Json {
  return chance.oneOf<() => Json>([
    () => ({ type: 'lead_metadata', field: 'a', operator: 'equals', value: chance.oneOf(['x', 'y']) }),
    () => ({ type: 'lead_metadata', field: 'a', operator: 'not_equals', value: 'x' }),
    () => ({ type: 'lead_metadata', field: 'a', operator: 'is_empty' }),
    () => ({ type: 'lead_metadata', field: 'n', operator: 'greater_than', value: 1 }),
    () => ({ type: 'engagement_level', operator: 'equals', value: chance.oneOf(['Hot', 'Cold']) }),
    () => ({ type: 'profile_level', operator: 'at_least', value: 'Okay Fit' }),
  ])();
}

function eventRule(chance: Chance): Json {
  const rule: Json = { type: 'event_metadata', eventType: chance.oneOf(['Page View', 'Form Submit']) };
  if (chance.is(0.4)) rule.operator = chance.oneOf(['exists', 'exists', 'not_exists']);
  else Object.assign(rule, { field: 'p', operator: 'equals', value: chance.oneOf(['x', 'y']) });
  if (rule.operator === 'equals' && chance.is(0.7)) {
    rule.times = chance.oneOf([{ atLeast: 2 }, { atLeast: 3 }, { atMost: 0 }, { atLeast: 1, atMost: 2 }]);
  }
  if (chance.is(0.3)) rule.withinDays = 1 + chance.below(3);
  return rule;
}

function accountRule(chance: Chance): Json {
  return chance.oneOf<() => Json>([
    () => ({ type: 'account_metadata', field: 't', operator: 'equals', value: chance.oneOf(['x', 'y']) }),
    () => ({ type: 'account_metadata', field: 't', operator: 'is_empty' }),
    () => ({ type: 'account_level', operator: 'equals', value: chance.oneOf(['Target', 'Standard']) }),
  ])();
}

/** Compares a field of the event with the clock, so that it is answered from the raw events. */
function clockedEventRule(chance: Chance, operator: string): Json {
  const rule = { type: 'event_metadata', eventType: chance.oneOf(['Page View', 'Form Submit']) };
  const clocked = { field: 'w', operator, value: chance.below(3) };
  const more = chance.oneOf([{}, { times: { atLeast: 2 } }, { times: { atMost: 0 } }]);
  const inWindow = chance.is(0.7) ? { withinDays: 1 + chance.below(3) } : {};
  if (chance.is(0.5)) return { ...rule, ...clocked, ...more, ...inWindow };
  return { ...rule, operator: 'exists', and: [clocked], ...more, ...inWindow };
}

function clockRule(chance: Chance): Json {
  const operator = chance.oneOf(operatorNames.filter((name) => operatorNamed(name).readsClock));
  if (chance.is(0.2)) return { ...eventRule(chance), withinDays: 1 + chance.below(3) };
  if (chance.is(0.4)) return clockedEventRule(chance, operator);
  return { type: 'lead_metadata', field: 'd', operator, value: chance.below(3) };
}

/** One rule of that theme; `segmentIds`: those it may refer to. */
export function smallRule(chance: Chance, theme: Theme, now: number, segmentIds: readonly string[], depth = 0): Json {
  if (theme === 'anything' && chance.is(0.8)) return randomRule(chance, now, segmentIds);
  const refers = segmentIds.length > 0 && chance.is(theme === 'references' ? 0.5 : 0.08);
  if (refers) {
    return { type: 'segment', segmentId: chance.oneOf(segmentIds), operator: chance.oneOf(['in', 'not_in']) };
  }
  if (depth === 0 && chance.is(0.15)) {
    const rules = chance.some(2, () => smallRule(chance, theme, now, segmentIds, 1));
    return { type: 'group', match: chance.oneOf(['all', 'any', 'none']), rules };
  }
  const mostly = { events: eventRule, accounts: accountRule, clock: clockRule };
  const only = {
    links: accountRule,
    moves: accountRule,
    resaves: leadRule,
    rounds: leadRule,
    repairs: leadRule,
    series: leadRule,
  };
  if (theme in only) return only[theme as keyof typeof only](chance);
  const of = theme in mostly && chance.is(0.8) ? mostly[theme as keyof typeof mostly] : undefined;
  return (of ?? chance.oneOf([leadRule, eventRule, accountRule, clockRule]))(chance);
}

/** A message upstream might send in a world of that theme. */
export function smallChange(
  chance: Chance,
  theme: Theme,
  now: number,
  leadIds: readonly string[],
  serial: number,
): OracleChange {
  if (theme === 'anything' && chance.is(0.8)) return randomChange(chance, now, leadIds, serial);
  const occurredAt = new Date(now - chance.below(6) * (day / 2) - chance.below(1_000)).toISOString();
  const leadId = chance.oneOf(leadIds);
  const common = { changeId: `c${serial}`, leadId, occurredAt };
  const nearDate = () => {
    const moment = new Date(near(chance, now)).toISOString();
    return chance.is(0.3) ? moment.slice(0, 10) : moment;
  };
  const attributes = () => {
    const record: Json = {};
    if (chance.is(0.6)) record.a = chance.oneOf(['x', 'y', null]);
    if (chance.is(0.3)) record.n = 1 + chance.below(3);
    if (chance.is(theme === 'clock' ? 0.8 : 0.2)) {
      record.d = nearDate();
    }
    return record;
  };
  const profile = (): OracleChange => {
    const links = theme === 'links' || chance.is(theme === 'accounts' ? 0.8 : 0.3);
    const link = links ? { accountId: chance.oneOf(['acc1', 'acc1', 'acc2', null]) } : {};
    return { queue: 'profile', message: { ...common, ...link, attributes: attributes() } };
  };
  const level = (): OracleChange => ({
    queue: 'level',
    message: {
      ...common,
      engagementLevel: chance.oneOf(['Hot', 'Cold', null]),
      ...(chance.is(0.5) && { profileLevel: chance.oneOf(['Okay Fit', 'Poor Fit', null]) }),
    },
  });
  const event = (): OracleChange => ({
    queue: 'event',
    message: {
      eventId: `e${serial}`,
      leadId,
      eventType: chance.oneOf(['Page View', 'Form Submit']),
      occurredAt,
      metadata: { p: chance.oneOf(['x', 'x', 'y']), ...(chance.is(0.7) && { w: nearDate() }) },
    },
  });
  const account = (): OracleChange => ({
    queue: 'account',
    message: {
      changeId: `c${serial}`,
      accountId: chance.oneOf(['acc1', 'acc1', 'acc2']),
      occurredAt,
      attributes: { t: chance.oneOf(['x', 'y', null]) },
      ...(chance.is(0.4) && { accountLevel: chance.oneOf(['Target', 'Standard', null]) }),
    },
  });
  const kinds = {
    events: [event, event, event, profile],
    accounts: [account, profile, profile, level],
    links: [profile, profile, account],
    resaves: [profile, level],
    rounds: [profile, level],
    series: [profile, level],
    repairs: [profile, level],
    clock: [profile, profile, event, level],
  };
  const of = theme in kinds ? kinds[theme as keyof typeof kinds] : [profile, level, event, account];
  return chance.oneOf(of)();
}

/** A lead that goes to an account, mostly by way of another and back, which then changes: nothing follows to make up. */
export function moves(chance: Chance, leadId: string): OracleChange[] {
  const ways = [['acc1', 'acc2', 'acc1'], ['acc1', 'acc2', 'acc1'], ['acc2', 'acc1'], ['acc1']];
  const links = chance.oneOf(ways).map((accountId) => ({ leadId, accountId, attributes: {} }));
  const values = chance.shuffled(['x', 'y', null]).slice(0, 1 + chance.below(2));
  const changes = values.map((t) => ({ accountId: 'acc1', attributes: { t } }));
  const of = (queue: OracleChange['queue']) => (message: Json, index: number) => ({
    queue,
    message: { changeId: `${queue}${index}`, occurredAt: '', ...message },
  });
  return [...links.map(of('profile')), ...changes.map(of('account'))];
}
