import type { OracleChange } from '../../oracle/oracle.ts';
import { operatorNamed, operatorNames } from '../../shared/rule/operator.ts';
import type { Rule } from '../../shared/rule/rule.ts';
import { seededChance } from '../lead-world.ts';
import { below, type LoadSegment, oneOf } from '../load/load-world.ts';

const dayMs = 86_400_000;
/** All that happens in the lives of leads happens at one of twelve moments a day: hundreds of them fall due at once. */
const clusterMs = dayMs / 12;
const clusterOffsetMs = 4_321_987 % clusterMs;
const eventTypes = ['Page View', 'Form Submit', 'Email Open'];
const paths = ['/pricing', '/pricing/teams', '/blog', '/docs'];
const countries = ['DE', 'FR', 'IT', 'US'];
const accounts = 60;
const retentionDays = 400;

/** The last of those moments up to a moment (epoch ms). */
const clusterBefore = (moment: number) =>
  Math.floor((moment - clusterOffsetMs) / clusterMs) * clusterMs + clusterOffsetMs;
/** The first of those moments after a moment (epoch ms). */
export const clusterAfter = (moment: number) => clusterBefore(moment) + clusterMs;

const clockOperators = operatorNames.filter((name) => operatorNamed(name).readsClock);
const someDate = (chance: () => number, field: string): Rule => ({
  ...{ type: 'lead_metadata', field, operator: oneOf(chance, clockOperators), value: below(chance, 8) },
});
const someWindow = (chance: () => number): Rule => ({
  ...{ type: 'event_metadata', eventType: oneOf(chance, eventTypes), operator: 'exists' },
  withinDays: 1 + below(chance, 14),
});

/** Makes the rules of each kind of segment; `earlier`: the ids of segments it may refer to. */
const kinds: readonly ((chance: () => number, earlier: readonly string[]) => Rule[])[] = [
  (chance) => [someWindow(chance)],
  (chance) => [
    {
      ...{ type: 'event_metadata', eventType: oneOf(chance, eventTypes) },
      ...{ field: 'path', operator: 'contains', value: oneOf(chance, paths) },
      ...{ times: { atLeast: 1 + below(chance, 3) }, withinDays: 3 + below(chance, 14) },
    },
  ],
  (chance) =>
    chance() < 0.5
      ? [{ ...someWindow(chance), operator: 'not_exists' } as Rule]
      : [{ ...someWindow(chance), times: { atLeast: 1, atMost: 1 + below(chance, 2) } } as Rule],
  (chance) => [someDate(chance, 'trialEnds')],
  (chance) => [
    someDate(chance, 'renewal'),
    { type: 'lead_metadata', field: 'country', operator: 'in', value: countries.slice(below(chance, 3)) },
  ],
  (chance) => [
    {
      ...{ type: 'event_metadata', eventType: 'Form Submit', field: 'meetingAt' },
      ...{ operator: oneOf(chance, clockOperators), value: below(chance, 6) },
      ...(chance() < 0.5 && { times: { atLeast: 1, atMost: 1 + below(chance, 2) } }),
      ...(chance() < 0.5 && { withinDays: 5 + below(chance, 10) }),
    },
  ],
  (chance) => [
    {
      type: 'account_metadata',
      field: 'contractEnds',
      operator: oneOf(chance, clockOperators),
      value: below(chance, 8),
    },
  ],
  (chance) => [{ type: 'group', match: 'none', rules: [someWindow(chance), someDate(chance, 'trialEnds')] }],
  (chance, earlier) =>
    earlier.length === 0
      ? [someWindow(chance)]
      : [
          { type: 'segment', segmentId: oneOf(chance, earlier), operator: chance() < 0.6 ? 'in' : 'not_in' },
          { type: 'lead_metadata', field: 'country', operator: 'not_equals', value: oneOf(chance, countries) },
        ],
  (chance) =>
    chance() < 0.5
      ? [{ type: 'lead_metadata', field: 'country', operator: 'equals', value: oneOf(chance, countries) }]
      : [{ type: 'event_metadata', eventType: oneOf(chance, eventTypes), operator: 'exists' }],
];

/** The segment of that number, of which most read the clock. Every time with other days; references stay as they are. */
export function busSegment(number: number, chance: () => number, earlier: readonly string[]): LoadSegment {
  const rules = kinds[number % kinds.length]!(chance, earlier);
  return { name: `Segment ${number}`, active: true, match: 'all', rules };
}

/** Whether a segment of that number refers to others. */
export const refersToOthers = (number: number) => kinds.length - 2 === number % kinds.length;

/** Makes what happens to leads: events, dates and accounts around the present moment. */
export class BusChanges {
  private readonly chance = seededChance(29);
  private readonly leadIds: readonly string[];
  private serial = 0;

  constructor(leadIds: readonly string[]) {
    this.leadIds = leadIds;
  }

  /** Every lead's first attributes and some events of it; accounts. */
  first(now: number): OracleChange[] {
    const ofAccounts = Array.from({ length: accounts }, (_, index) => this.account(now, `account-${index}`));
    const ofLeads = this.leadIds.flatMap((leadId) => [
      this.profile(now, leadId, true),
      ...Array.from({ length: 4 + below(this.chance, 5) }, () => this.event(now, leadId)),
    ]);
    return [...ofAccounts, ...ofLeads];
  }

  /** What comes next, of which more than half is about the leads in `busy`. */
  take(count: number, now: number, busy: readonly string[]): OracleChange[] {
    const { chance } = this;
    return Array.from({ length: count }, () => {
      const kind = chance();
      if (kind < 0.01) return this.account(now, `account-${below(chance, accounts)}`);
      const leadId = oneOf(chance, busy.length > 0 && chance() < 0.6 ? busy : this.leadIds);
      return kind < 0.5 ? this.profile(now, leadId, false) : this.event(now, leadId);
    });
  }

  private next = () => `change-${this.serial++}`;

  /** A moment within so many days of now, before or after, at which much else happens, too. */
  private cluster = (now: number, days: number) => clusterBefore(now + (this.chance() * 2 - 1) * days * dayMs);

  private someDate(now: number, days: number): string {
    const moment = new Date(this.cluster(now, days)).toISOString();
    return this.chance() < 0.3 ? moment.slice(0, 10) : moment;
  }

  private profile(now: number, leadId: string, isFirst: boolean): OracleChange {
    const { chance } = this;
    const attributes = {
      ...((isFirst || chance() < 0.4) && { trialEnds: this.someDate(now, 10) }),
      ...((isFirst || chance() < 0.3) && { renewal: this.someDate(now, 10).slice(0, 10) }),
      ...((isFirst || chance() < 0.5) && { country: oneOf(chance, countries) }),
      score: below(chance, 100),
    };
    const account = isFirst || chance() < 0.05 ? { accountId: `account-${below(chance, accounts)}` } : {};
    const occurredAt = new Date(now - below(chance, 2_000)).toISOString();
    return { queue: 'profile', message: { changeId: this.next(), leadId, occurredAt, ...account, attributes } };
  }

  private event(now: number, leadId: string): OracleChange {
    const { chance } = this;
    const kind = chance();
    const daysAgo = kind < 0.05 ? retentionDays - 4 * chance() : 15 * chance();
    const moment = kind > 0.85 ? now + 0.9 * dayMs * chance() : now - daysAgo * dayMs;
    const occurredAt = kind > 0.7 && kind < 0.85 ? now - below(chance, 2_000) : clusterBefore(moment);
    const metadata = { path: oneOf(chance, paths), meetingAt: this.someDate(now, 8) };
    const eventType = oneOf(chance, eventTypes);
    const message = {
      eventId: this.next(),
      leadId,
      eventType,
      occurredAt: new Date(occurredAt).toISOString(),
      metadata,
    };
    return { queue: 'event', message };
  }

  private account(now: number, accountId: string): OracleChange {
    const occurredAt = new Date(now - below(this.chance, 2_000)).toISOString();
    const attributes = { contractEnds: this.someDate(now, 10) };
    return { queue: 'account', message: { changeId: this.next(), accountId, occurredAt, attributes } };
  }
}
