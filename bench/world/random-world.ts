import { operatorNamed, operatorNames } from '../../shared/rule/operator.ts';
import type { Json, OracleChange } from './oracle.ts';

/** A seeded source of choices: the same seed makes the same world. */
export class Chance {
  private state: number;
  constructor(seed: number) {
    this.state = seed >>> 0;
  }
  /** At least 0, less than 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }
  oneOf<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }
  is(probability: number): boolean {
    return this.next() < probability;
  }
  some<T>(most: number, make: () => T): T[] {
    return Array.from({ length: 1 + this.below(most) }, make);
  }
  shuffled<T>(entries: readonly T[]): T[] {
    const copy = [...entries];
    for (let index = copy.length - 1; index > 0; index--) {
      const other = this.below(index + 1);
      [copy[index], copy[other]] = [copy[other]!, copy[index]!];
    }
    return copy;
  }
}

export const day = 86_400_000;
const fields = ['a', 'b', 'c', 'constructor', '__proto__', 'toString'];
const eventTypes = ['Page View', 'Form Submit', 'Email Open'];
const levels = {
  engagement_level: ['Cold', 'Warm', 'Hot', 'Very Hot', 'Odd'],
  profile_level: ['Poor Fit', 'Okay Fit', 'Strong Fit', 'Perfect Fit'],
  account_level: ['Standard', 'Qualified', 'Target', 'Strategic'],
};

const isoDay = (moment: number) => new Date(moment).toISOString().slice(0, 10);
const isoMoment = (moment: number) => new Date(moment).toISOString();

/** A value an attribute might have, of any kind. */
export function randomValue(chance: Chance, now: number): unknown {
  const near = now + (chance.below(41) - 20) * (day / 2);
  return chance.oneOf<() => unknown>([
    () => chance.oneOf(['x', 'X ', 'xy', 'Ünï', 'ß', 'ς', '', ' ', 'true', 'no', 'Ｘ']),
    () => chance.oneOf(['1', '02', '-3', '3.0', '+7', '1e3', 'NaN']),
    () => chance.below(9) - 2,
    () => chance.is(0.5),
    () => isoDay(near),
    () => isoMoment(near),
    () => chance.some(3, () => chance.oneOf(['x', 'xyz', '2', '', isoDay(near)])),
  ])();
}

/** Another order of levels of some kind, which may leave some out. */
export function randomLevels(chance: Chance): { kind: 'engagement' | 'profile' | 'account'; names: string[] } {
  const kind = chance.oneOf(['engagement', 'profile', 'account'] as const);
  const names = chance.shuffled(levels[`${kind}_level`]);
  return { kind, names: names.slice(0, 1 + chance.below(names.length)) };
}

function randomOperand(chance: Chance, kind: string, now: number, names: readonly string[]): Json {
  const scalar = () =>
    chance.oneOf<() => unknown>([
      () => chance.oneOf(['x', 'xy', '2', '02', 'true', 'ς', 'ß']),
      () => chance.below(8) - 2,
      () => chance.is(0.5),
    ])();
  const date = () => {
    const near = now + (chance.below(41) - 20) * (day / 2);
    return chance.is(0.6) ? isoDay(near) : isoMoment(near);
  };
  switch (kind) {
    case 'none':
      return {};
    case 'scalar':
      return { value: names.length > 0 ? chance.oneOf(names) : scalar() };
    case 'list':
      return { value: chance.some(4, () => (names.length > 0 ? chance.oneOf(names) : scalar())) };
    case 'level':
      return { value: chance.oneOf(names) };
    case 'text':
      return { value: chance.oneOf(['x', 'Y', '1', '0', 'ue', 'Σ']) };
    case 'number':
      return { value: chance.below(8) - 2 };
    case 'range': {
      if (chance.is(0.5)) return { value: [chance.below(3) - 2, 1 + chance.below(5)] };
      return { value: [isoDay(now - chance.below(9) * day), isoDay(now + chance.below(9) * day)] };
    }
    case 'date':
      return { value: date() };
    default:
      return { value: chance.below(12) };
  }
}

function randomComparison(chance: Chance, now: number, on: 'field' | 'level', names: readonly string[] = []): Json {
  const possible = operatorNames.filter((name) => operatorNamed(name).on === 'both' || operatorNamed(name).on === on);
  const operator = chance.oneOf(possible);
  return { operator, ...randomOperand(chance, operatorNamed(operator).operand, now, names) };
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
    const type = chance.oneOf(Object.keys(levels) as (keyof typeof levels)[]);
    return { type, ...randomComparison(chance, now, 'level', levels[type]) };
  }
  if (kind === 'event') return randomEventRule(chance, now);
  const type = kind === 'account' ? 'account_metadata' : 'lead_metadata';
  return { type, field: chance.oneOf(fields), ...randomComparison(chance, now, 'field') };
}

function randomEventRule(chance: Chance, now: number): Json {
  const rule: Json = { type: 'event_metadata', eventType: chance.oneOf(eventTypes) };
  if (chance.is(0.4)) rule.withinDays = chance.below(30);
  if (chance.is(0.3)) {
    rule.operator = chance.oneOf(['exists', 'exists', 'not_exists']);
    if (rule.operator === 'not_exists') return rule;
  } else Object.assign(rule, { field: chance.oneOf(fields.slice(0, 4)) }, randomComparison(chance, now, 'field'));
  if (chance.is(0.3)) {
    rule.and = chance.some(2, () => ({
      field: chance.oneOf(fields.slice(0, 3)),
      ...randomComparison(chance, now, 'field'),
    }));
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
  const attributes = () => {
    const names = chance.some(3, () => chance.oneOf(fields));
    const record: Json = Object.create(null);
    for (const name of names) record[name] = chance.is(0.15) ? null : randomValue(chance, now);
    return record;
  };
  const levelOf = (type: keyof typeof levels) => (chance.is(0.15) ? null : chance.oneOf(levels[type]));
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
      const metadata = chance.is(0.8) ? { metadata: attributes() } : {};
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
