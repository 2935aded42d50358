import { describe, expect, test } from 'vitest';
import { newestFirst, type SeenEvent } from '../../shared/lead/event-order.ts';
import { type LeadDocument, unknownLead } from '../../shared/lead/lead-document.ts';
import {
  compileRule,
  compileRules,
  levelOf,
  type RuleContext,
  type Subject,
  storedMembershipOf,
} from '../../shared/matcher/evaluation.ts';
import type { EventCondition } from '../../shared/rule/event-condition.ts';
import type { EventRule, GroupRule, Rule } from '../../shared/rule/rule.ts';
import { dayMs } from '../../shared/rule/value.ts';

const now = Date.parse('2026-03-10T12:00:00Z');
const never = Number.POSITIVE_INFINITY;
const context: RuleContext = {
  levels: { engagement: ['Cold', 'Hot'], profile: ['Poor', 'Good'], account: ['Small', 'Big'] },
  eventRetentionDays: 400,
};
const asked: [EventCondition, number][] = [];
const subject = (
  document: Partial<LeadDocument> = {},
  events: readonly SeenEvent[] = [],
  more: Partial<Subject> = {},
): Subject => ({
  document: { ...unknownLead('l1'), ...document },
  now,
  events: (condition, n) => {
    asked.push([condition, n]);
    return newestFirst(events, n);
  },
  eventsFlipAt: () => never,
  isMemberOf: (segmentId) => segmentId === 'seg_in',
  ...more,
});
const account = { accountId: 'acc1', version: 1, attributes: { industry: 'Steel' }, accountLevel: 'Big' };
const holds = (rule: Rule, of: Subject) => compileRule(rule, context).holds(of);
const flipsAt = (rule: Rule, of: Subject) => compileRule(rule, context).nextFlipAt(of);

describe('an attribute', () => {
  const country: Rule = { type: 'lead_metadata', field: 'Country', operator: 'equals', value: 'India' };
  const industry: Rule = { type: 'account_metadata', field: 'industry', operator: 'equals', value: 'steel' };

  test('of the lead is read by its exact name', () => {
    expect(holds(country, subject({ attributes: { Country: 'India' } }))).toBe(true);
    expect(holds(country, subject({ attributes: { country: 'India' } }))).toBe(false);
    expect(holds(country, subject({ attributes: { Country: null } }))).toBe(false);
    expect(holds(country, subject({ account: { ...account, attributes: { Country: 'India' } } }))).toBe(false);
  });

  test('leadId is the id of the lead, whatever attribute is called so', () => {
    const isOne: Rule = { type: 'lead_metadata', field: 'leadId', operator: 'ends_with', value: '1' };
    expect(holds(isOne, subject())).toBe(true);
    expect(holds(isOne, subject({ attributes: { leadId: 'l2' } }))).toBe(true);
    expect(holds({ ...isOne, type: 'account_metadata' }, subject({ account }))).toBe(false);
  });

  test('of the account is read from the lead’s copy of it', () => {
    expect(holds(industry, subject({ account }))).toBe(true);
    expect(holds(industry, subject({ account: { ...account, attributes: {} } }))).toBe(false);
    expect(holds(industry, subject({ attributes: { industry: 'steel' } }))).toBe(false);
    expect(holds({ ...industry, operator: 'not_equals' } as Rule, subject())).toBe(true);
  });

  test.each(['lead_metadata', 'account_metadata'] as const)('is never one that every object has: %s', (type) => {
    const rule: Rule = { type, field: 'constructor', operator: 'is_not_empty' };
    expect(holds(rule, subject({ account }))).toBe(false);
  });

  test('flips when the clock says so, and otherwise never', () => {
    const seen: Rule = { type: 'lead_metadata', field: 'seen', operator: 'in_last_days', value: 1 };
    const lead = subject({ attributes: { seen: '2026-03-10', Country: '2026-03-10' } });
    expect(flipsAt(seen, lead)).toBe(Date.parse('2026-03-12T00:00:00Z'));
    expect(flipsAt(country, lead)).toBe(never);
  });
});

describe('a level', () => {
  const document: Partial<LeadDocument> = { engagementLevel: ['Hot', 1], profileLevel: ['Poor', 1], account };

  test.each([
    ['engagement_level', 'Hot', 'Cold', 'Boiling'],
    ['profile_level', 'Poor', 'Poor', 'Good'],
    ['account_level', 'Big', 'Small', 'Huge'],
  ] as const)('%s is compared in its own order', (type, level, lower, notReached) => {
    expect(levelOf(subject(document).document, type)).toBe(level);
    expect(holds({ type, operator: 'equals', value: level }, subject(document))).toBe(true);
    expect(holds({ type, operator: 'at_least', value: lower }, subject(document))).toBe(true);
    expect(holds({ type, operator: 'at_least', value: notReached }, subject(document))).toBe(false);
    expect(flipsAt({ type, operator: 'equals', value: level }, subject(document))).toBe(never);
  });

  test.each(['engagement_level', 'profile_level', 'account_level'] as const)('%s may be unknown', (type) => {
    expect(levelOf(subject().document, type)).toBe(undefined);
    expect(holds({ type, operator: 'is_empty' }, subject())).toBe(true);
  });

  test('that was cleared is empty', () => {
    const cleared = subject({ engagementLevel: [null, 1], profileLevel: [null, 1] });
    expect(levelOf(cleared.document, 'engagement_level')).toBe(undefined);
    expect(levelOf(cleared.document, 'profile_level')).toBe(undefined);
  });
});

describe('events', () => {
  const rule = (more: Partial<EventRule> = {}): EventRule => ({
    type: 'event_metadata',
    eventType: 'View',
    operator: 'exists',
    ...more,
  });
  const daysAgo = (...days: number[]): SeenEvent[] => days.map((day, serial) => [now - day * dayMs, `e${serial}`]);

  test.each<[Partial<EventRule>, days: number[], boolean, flipsAt: number]>([
    [{}, [], false, never],
    [{}, [1], true, now + 399 * dayMs + 1],
    [{}, [400], true, now + 1],
    [{}, [400.001], false, never],
    [{ withinDays: 7 }, [7], true, now + 1],
    [{ withinDays: 7 }, [7.001], false, never],
    [{ withinDays: 7 }, [-1, 3], true, now + 8 * dayMs + 1],
    [{ operator: 'not_exists', withinDays: 7 }, [8], true, never],
    [{ operator: 'not_exists', withinDays: 7 }, [2], false, now + 5 * dayMs + 1],
    [{ times: { atLeast: 2 }, withinDays: 7 }, [1], false, never],
    [{ times: { atLeast: 2 }, withinDays: 7 }, [1, 2], true, now + 5 * dayMs + 1],
    [{ times: { atLeast: 2 }, withinDays: 7 }, [1, 2, 3], true, now + 5 * dayMs + 1],
    [{ times: { atLeast: 2 }, withinDays: 7 }, [1, 8], false, never],
    [{ times: { atMost: 1 }, withinDays: 7 }, [], true, never],
    [{ times: { atMost: 1 }, withinDays: 7 }, [6], true, never],
    [{ times: { atMost: 1 }, withinDays: 7 }, [1, 2], false, now + 5 * dayMs + 1],
    [{ times: { atLeast: 1, atMost: 2 }, withinDays: 7 }, [1, 2], true, now + 6 * dayMs + 1],
    [{ times: { atLeast: 1, atMost: 2 }, withinDays: 7 }, [1, 2, 3], false, now + 4 * dayMs + 1],
  ])('%j with events %j days ago: %j, until %d', (more, days, expected, flip) => {
    expect(holds(rule(more), subject({}, daysAgo(...days)))).toBe(expected);
    expect(flipsAt(rule(more), subject({}, daysAgo(...days)))).toBe(flip);
  });

  test('are asked for by condition, as many as decide', () => {
    asked.length = 0;
    holds(rule({ field: 'path', operator: 'equals', value: '/a', times: { atLeast: 3 } }), subject());
    flipsAt(rule({ times: { atMost: 3 } }), subject());
    expect(asked.map(([condition, n]) => [condition.key, n])).toEqual([
      ['["View","[\\"path\\",\\"equals\\",\\"/a\\"]"]', 3],
      ['["View"]', 4],
    ]);
  });

  test('that read the clock may flip the rule before one leaves the window', () => {
    const clocked = (moment: number) => subject({}, daysAgo(1), { eventsFlipAt: () => moment });
    expect(flipsAt(rule({ withinDays: 7 }), clocked(now + dayMs))).toBe(now + dayMs);
    expect(flipsAt(rule({ withinDays: 7 }), clocked(now + 9 * dayMs))).toBe(now + 6 * dayMs + 1);
  });
});

test('a reference asks whether the lead is a member, or is not', () => {
  const refers = (segmentId: string, operator: 'in' | 'not_in'): Rule => ({ type: 'segment', segmentId, operator });
  expect(holds(refers('seg_in', 'in'), subject())).toBe(true);
  expect(holds(refers('seg_out', 'in'), subject())).toBe(false);
  expect(holds(refers('seg_in', 'not_in'), subject())).toBe(false);
  expect(holds(refers('seg_out', 'not_in'), subject())).toBe(true);
  expect(flipsAt(refers('seg_in', 'in'), subject())).toBe(never);
});

describe('rules together', () => {
  const yes: Rule = { type: 'lead_metadata', field: 'a', operator: 'is_empty' };
  const no: Rule = { type: 'lead_metadata', field: 'a', operator: 'is_not_empty' };

  test.each<[GroupRule['match'], Rule[], boolean]>([
    ['all', [yes, yes], true],
    ['all', [yes, no], false],
    ['any', [no, yes], true],
    ['any', [no, no], false],
    ['none', [no, no], true],
    ['none', [no, yes], false],
    ['none', [yes, yes], false],
  ])('a group of %s of %j: %j', (match, rules, expected) => {
    const group: Rule = { type: 'group', match, rules };
    expect(holds(group, subject())).toBe(expected);
    expect(compileRules('all', [yes, group], context).holds(subject())).toBe(expected);
    if (match !== 'none') expect(compileRules(match, rules, context).holds(subject())).toBe(expected);
  });

  test.each(['all', 'any'] as const)('%s of no rules hold for nobody, ever', (match) => {
    const none = compileRules(match, [], context);
    expect(none.holds(subject())).toBe(false);
    expect(none.nextFlipAt(subject())).toBe(never);
  });

  test('flip at the nearest moment of any of them', () => {
    const inNext = (field: string): Rule => ({ type: 'lead_metadata', field, operator: 'in_next_days', value: 1 });
    const lead = subject({ attributes: { x: '2026-03-14', y: '2026-03-13' } });
    const group: Rule = { type: 'group', match: 'none', rules: [yes, inNext('y')] };
    expect(compileRules('all', [inNext('x'), yes, group], context).nextFlipAt(lead)).toBe(
      Date.parse('2026-03-12T00:00:00Z'),
    );
    expect(compileRules('any', [yes, no], context).nextFlipAt(lead)).toBe(never);
  });
});

test('a document’s own memberships', () => {
  const state = {
    since: now,
    source: 'rules',
    reason: 'rules',
    cause: { kind: 'time_passed', occurredAt: '' },
    revision: 1,
  } as const;
  const memberships = { seg_a: { ...state, sequence: 1 }, seg_b: { ...state, sequence: 2 } };
  const isMemberOf = storedMembershipOf(subject({ memberships }).document);
  expect(['seg_a', 'seg_b', 'seg_c'].map(isMemberOf)).toEqual([true, false, false]);
});
