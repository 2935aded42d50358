import type { OracleChange } from '../../oracle/oracle.ts';
import type { Rule } from '../../shared/rule/rule.ts';
import { madeAttributes, madeSegments, seededChance } from '../lead-world.ts';

const dayMs = 86_400_000;
export const engagementLevels = ['Cold', 'Warm', 'Hot', 'Very Hot'];
export const profileLevels = ['Poor Fit', 'Okay Fit', 'Strong Fit', 'Perfect Fit'];
/** The types of the events that leads do here. */
export const eventTypes = ['Page View', 'Form Submit', 'Email Open'];
const paths = ['/pricing', '/pricing/teams', '/blog', '/docs', '/home', '/demo'];
const accounts = 100;

/** What a client sends to create a segment. */
export interface LoadSegment {
  readonly name: string;
  readonly active: boolean;
  readonly match: 'all' | 'any';
  readonly rules: readonly Rule[];
}

export const oneOf = <T>(chance: () => number, from: readonly T[]): T => from[Math.floor(chance() * from.length)]!;
export const below = (chance: () => number, limit: number) => Math.floor(chance() * limit);

function levelRule(chance: () => number): Rule {
  return chance() < 0.5
    ? { type: 'engagement_level', operator: 'at_least', value: oneOf(chance, engagementLevels) }
    : { type: 'profile_level', operator: 'in', value: [oneOf(chance, profileLevels), oneOf(chance, profileLevels)] };
}

/** Events of one type with a count, a window, and mostly a condition. */
function eventRule(chance: () => number): Rule {
  const counted = { times: { atLeast: 1 + below(chance, 4) }, withinDays: 3 + below(chance, 20) };
  const eventType = oneOf(chance, eventTypes);
  if (chance() < 0.2) return { type: 'event_metadata', eventType, operator: 'exists', withinDays: counted.withinDays };
  const path = { field: 'path', operator: 'contains', value: oneOf(chance, paths) } as const;
  return { type: 'event_metadata', eventType, ...path, ...counted };
}

/** Segments of every kind: seven of ten by attributes, the others by levels, events, the account, or several together. */
export function loadSegments(count: number, seed: number): LoadSegment[] {
  const chance = seededChance(seed);
  return madeSegments(count, seed).map(({ name, match, rules }, index): LoadSegment => {
    const kind = index % 10;
    const segment = { name, active: true, match };
    if (kind === 7) return { ...segment, rules: [levelRule(chance)] };
    if (kind === 8) return { ...segment, match: 'all', rules: [eventRule(chance), levelRule(chance)] };
    if (kind === 9 && index % 20 === 9) {
      const inIndustry = { field: 'industry', operator: 'contains', value: 'a' } as const;
      return { ...segment, rules: [{ type: 'account_metadata', ...inIndustry }, rules[0]!] };
    }
    if (kind === 9) return { ...segment, rules: [eventRule(chance)] };
    return { ...segment, rules };
  });
}

/**
 * An event of the month before a moment (epoch ms), half a day from the edge of any window of whole days, give or take six
 * hours: no window flips while a bench runs.
 */
export function madeEvent(chance: () => number, eventId: string, leadId: string, before: number) {
  const daysAgo = below(chance, 28) + 0.5 + (chance() - 0.5) / 2;
  const occurredAt = new Date(before - daysAgo * dayMs).toISOString();
  const metadata = { path: oneOf(chance, paths) };
  return { eventId, leadId, eventType: oneOf(chance, eventTypes), occurredAt, metadata };
}

/** Ids of that many leads. */
export const leadIdsOf = (count: number) => Array.from({ length: count }, (_, index) => `lead-${index}`);

/**
 * Changes of leads of which few are busy and most are not: the lead of rank n gets a share of 1/n. Nearly in order of what
 * they tell, of all kinds; attributes and levels up to now, events of the last month.
 */
export class LoadChanges {
  private readonly chance: () => number;
  private readonly leadIds: readonly string[];
  private readonly upTo: number[] = [];
  private readonly startedAt: number;
  private serial = 0;

  constructor(leadIds: readonly string[], seed: number, startedAt: number) {
    this.chance = seededChance(seed);
    this.leadIds = leadIds;
    this.startedAt = startedAt;
    let sum = 0;
    for (let rank = 1; rank <= leadIds.length; rank++) {
      sum += 1 / rank;
      this.upTo.push(sum);
    }
  }

  take(count: number): OracleChange[] {
    return Array.from({ length: count }, () => this.next());
  }

  private next(): OracleChange {
    const { chance } = this;
    const id = `change-${this.serial++}`;
    const occurredAt = new Date(this.startedAt - 86_400_000 + this.serial * 50 - below(chance, 2_000)).toISOString();
    const kind = chance();
    if (kind < 0.0005) {
      const message = { changeId: id, accountId: this.account(), occurredAt, attributes: madeAttributes(chance, 3) };
      return { queue: 'account', message };
    }
    const leadId = this.lead();
    if (kind < 0.25) return { queue: 'event', message: madeEvent(chance, id, leadId, this.startedAt) };
    if (kind < 0.4) {
      const engagementLevel = oneOf(chance, engagementLevels);
      const profileLevel = chance() < 0.3 ? { profileLevel: oneOf(chance, profileLevels) } : {};
      return { queue: 'level', message: { changeId: id, leadId, occurredAt, engagementLevel, ...profileLevel } };
    }
    const account = chance() < 0.1 ? { accountId: this.account() } : {};
    const attributes = madeAttributes(chance, 3);
    return { queue: 'profile', message: { changeId: id, leadId, occurredAt, ...account, attributes } };
  }

  private account = () => `account-${below(this.chance, accounts)}`;

  private lead(): string {
    const at = this.chance() * this.upTo.at(-1)!;
    let low = 0;
    for (let high = this.upTo.length - 1; low < high; ) {
      const middle = (low + high) >> 1;
      if (this.upTo[middle]! < at) low = middle + 1;
      else high = middle;
    }
    return this.leadIds[low]!;
  }
}
