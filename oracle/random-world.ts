import type { Chance } from './chance.ts';
import type { Json, OracleChange } from './oracle.ts';
import {
  day,
  fields,
  isoMoment,
  type LevelType,
  levels,
  operatorsOn,
  randomComparison,
  randomFieldComparison,
  randomMetadataValue,
  randomValue,
} from './random-values.ts';

const eventTypes = ['Page View', 'Form Submit', 'Email Open'];

/** Another order of levels of some kind, which may leave some out. */
export function randomLevels(chance: Chance): { kind: 'engagement' | 'profile' | 'account'; names: string[] } {
  const kind = chance.oneOf(['engagement', 'profile', 'account'] as const);
  const names = chance.shuffled(levels[`${kind}_level`]);
  return { kind, names: names.slice(0, 1 + chance.below(names.length)) };
}

/** One rule; `segmentIds`: those it may refer to. */
export function randomRule(chance: Chance, now: number, segmentIds: readonly string[], depth = 0): Json {
  const kind = chance.oneOf(['lead', 'lead', 'account', 'level', 'event', 'event', 'segment', 'group']);
  if (kind === 'group' && depth < 3) {
    const rules = chance.some(3, () => randomRule(chance, now, segmentIds, depth + 1));
    return { type: 'group', match: chance.oneOf(['all', 'any', 'none']), rules };
  }
  if (kind === 'segment' && segmentIds.length > 0) {
    return { type: 'segment', segmentId: chance.oneOf(segmentIds), operator: chance.oneOf(['in', 'not_in']) };
  }
  if (kind === 'level') {
    const type = chance.oneOf(Object.keys(levels) as LevelType[]);
    return { type, ...randomComparison(chance, now, chance.oneOf(operatorsOn('level')), levels[type]) };
  }
  if (kind === 'event') return randomEventRule(chance, now);
  const type = kind === 'account' ? 'account_metadata' : 'lead_metadata';
  return { type, ...randomFieldComparison(chance, now, chance.oneOf(operatorsOn('field'))) };
}

function randomEventRule(chance: Chance, now: number): Json {
  const rule: Json = { type: 'event_metadata', eventType: chance.oneOf(eventTypes) };
  if (chance.is(0.4)) rule.withinDays = chance.below(30);
  if (chance.is(0.3)) {
    rule.operator = chance.oneOf(['exists', 'exists', 'not_exists']);
    if (rule.operator === 'not_exists') return rule;
  } else Object.assign(rule, randomFieldComparison(chance, now, chance.oneOf(operatorsOn('field'))));
  if (chance.is(0.3)) {
    rule.and = chance.some(2, () => randomFieldComparison(chance, now, chance.oneOf(operatorsOn('field'))));
  }
  if (chance.is(0.4)) {
    const atLeast = chance.below(4);
    rule.times = chance.is(0.5) || atLeast === 0 ? { atLeast, atMost: atLeast + chance.below(3) } : { atLeast };
  }
  return rule;
}

/** A message that one of the change queues might get, at some moment up to 30 days before `now`. */
export function randomChange(chance: Chance, now: number, leadIds: readonly string[], serial: number): OracleChange {
  const occurredAt = isoMoment(now - chance.below(60) * (day / 2));
  const attributes = () =>
    randomRecord(
      chance,
      now,
      randomValue,
      chance.some(5, () => chance.oneOf(fields)),
    );
  const levelOf = (type: LevelType) => (chance.is(0.15) ? null : chance.oneOf(levels[type]));
  const leadId = chance.oneOf(leadIds);
  const accountId = chance.oneOf(['acc1', 'acc2', 'acc3']);
  switch (chance.oneOf(['profile', 'level', 'event', 'event', 'account'] as const)) {
    case 'profile': {
      const link = chance.is(0.4) ? { accountId: chance.is(0.2) ? null : accountId } : {};
      return { queue: 'profile', message: { leadId, occurredAt, ...link, attributes: attributes() } };
    }
    case 'level': {
      const message: Json = { leadId, occurredAt };
      if (chance.is(0.7)) message.engagementLevel = levelOf('engagement_level');
      if (chance.is(0.5)) message.profileLevel = levelOf('profile_level');
      return { queue: 'level', message };
    }
    case 'event': {
      const metadata = chance.is(0.9)
        ? {
            metadata: randomRecord(
              chance,
              now,
              randomMetadataValue,
              chance.some(5, () => chance.oneOf(fields)),
            ),
          }
        : {};
      return {
        queue: 'event',
        message: { eventId: `e${serial}`, leadId, eventType: chance.oneOf(eventTypes), occurredAt, ...metadata },
      };
    }
    case 'account': {
      const level = chance.is(0.5) ? { accountLevel: levelOf('account_level') } : {};
      return { queue: 'account', message: { accountId, occurredAt, attributes: attributes(), ...level } };
    }
  }
}

function randomRecord(chance: Chance, now: number, makeValue: typeof randomValue, names: readonly string[]): Json {
  const record: Json = Object.create(null);
  for (const name of names) record[name] = chance.is(0.15) ? null : makeValue(chance, now, name);
  return record;
}

/** All that was ever sent of some leads, most fields of each filled; of each following lead more events, none of the first. */
export function manyChanges(chance: Chance, now: number, leadIds: readonly string[]): OracleChange[] {
  const accountIds = ['acc1', 'acc2', 'acc3', 'acc4'];
  const mostFields = () => fields.filter(() => chance.is(0.7));
  const recent = () => isoMoment(now - chance.below(60) * (day / 2));
  const accounts = accountIds.map((accountId): OracleChange => {
    const attributes = randomRecord(chance, now, randomValue, mostFields());
    const message = { accountId, occurredAt: recent(), attributes, accountLevel: chance.oneOf(levels.account_level) };
    return { queue: 'account', message };
  });
  const ofLeads = leadIds.flatMap((leadId, index): OracleChange[] => {
    const attributes = randomRecord(chance, now, randomValue, mostFields());
    const link = chance.is(0.8) ? { accountId: chance.oneOf(accountIds) } : {};
    const engagementLevel = chance.is(0.2) ? null : chance.oneOf(levels.engagement_level);
    const profileLevel = chance.is(0.2) ? null : chance.oneOf(levels.profile_level);
    const events = Array.from({ length: Math.floor(index / 2) }, (_, serial): OracleChange => {
      const metadata = randomRecord(chance, now, randomMetadataValue, mostFields());
      const message = {
        eventId: `e${index}-${serial}`,
        leadId,
        eventType: 'Page View',
        occurredAt: recent(),
        metadata,
      };
      return { queue: 'event', message };
    });
    return [
      { queue: 'profile', message: { leadId, occurredAt: recent(), ...link, attributes } },
      { queue: 'level', message: { leadId, occurredAt: recent(), engagementLevel, profileLevel } },
      ...events,
    ];
  });
  return [...accounts, ...ofLeads];
}
