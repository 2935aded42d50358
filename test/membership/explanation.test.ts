import { expect, test } from 'vitest';
import { compileCatalog } from '../../shared/catalog/catalog.ts';
import type { Segment } from '../../shared/catalog/segment.ts';
import { newestFirst, type RawEvent } from '../../shared/lead/event-order.ts';
import { type LeadDocument, unknownLead } from '../../shared/lead/lead-document.ts';
import { explain } from '../../shared/membership/explanation.ts';
import { eventsToRead } from '../../shared/membership/stored-subject.ts';
import type { Rule } from '../../shared/rule/rule.ts';
import { defaultLevels } from '../../shared/vocabulary/levels.ts';

const now = Date.parse('2026-03-10T12:00:00.000Z');
const day = 86_400_000;
const savedAt = '2026-03-01T00:00:00.000Z';

const segment = (rules: readonly object[], more: Partial<Segment> = {}): Segment => ({
  id: 'seg_a',
  name: 'A',
  description: '',
  active: true,
  match: 'all',
  rules: rules.map((rule, index) => ({ id: `rul_${index}`, ...rule }) as Rule),
  revision: 1,
  savedInCatalog: 1,
  savedAt,
  silent: false,
  conditions: [],
  createdAt: savedAt,
  updatedAt: savedAt,
  ...more,
});
const lead = (more: Partial<LeadDocument> = {}): LeadDocument => ({ ...unknownLead('l1'), version: 1, ...more });
const catalogOf = (...segments: readonly Segment[]) =>
  compileCatalog(1, segments, { levels: defaultLevels, eventRetentionDays: 400 });
const explained = (
  document: LeadDocument,
  asked: Segment,
  events: ReadonlyMap<string, readonly RawEvent[]> = new Map(),
  others: readonly Segment[] = [],
) => {
  const ordered = new Map([...events].map(([key, read]) => [key, newestFirst(read)]));
  return explain(document, asked, catalogOf(asked, ...others), ordered, now);
};

const isGerman = { type: 'lead_metadata', field: 'country', operator: 'equals', value: 'DE' };
const isHot = { type: 'engagement_level', operator: 'at_least', value: 'Hot' };
const viewed = { type: 'event_metadata', eventType: 'Page View', operator: 'exists' };
const view = (eventId: string, daysAgo: number, metadata = {}): RawEvent => ({
  eventId,
  occurredAt: now - daysAgo * day,
  metadata,
});

test('says of each rule what it asks, what the lead has, and whether it holds', () => {
  const document = lead({ attributes: { country: 'DE' }, engagementLevel: ['Warm', now] });
  expect(explained(document, segment([isGerman, isHot]))).toMatchObject({
    leadId: 'l1',
    segmentId: 'seg_a',
    active: true,
    member: false,
    match: 'all',
    holds: false,
    rules: [
      { ruleId: 'rul_0', type: 'lead_metadata', sentence: 'country is "DE"', holds: true, value: 'DE' },
      { ruleId: 'rul_1', type: 'engagement_level', holds: false, value: 'Warm' },
    ],
  });
});

test('leaves out the value of what is empty, absent, or only inherited by every object', () => {
  const rules = ['country', 'city', 'constructor'].map((field) => ({ ...isGerman, field }));
  const account = { ...isGerman, type: 'account_metadata' };
  const { rules: told } = explained(lead({ attributes: { country: null } }), segment([...rules, account]));
  for (const rule of told) expect(rule).not.toHaveProperty('value');
});

test.each([[''], [' \u3000'], [[]], [['', ' ']]])(
  'leaves out the value %j of an attribute of lead and account',
  (empty) => {
    const attributes = { country: empty };
    const document = lead({ attributes, account: { accountId: 'acme', version: 1, attributes } });
    const { rules: told } = explained(document, segment([isGerman, { ...isGerman, type: 'account_metadata' }]));
    for (const rule of told) expect(rule).not.toHaveProperty('value');
  },
);

test('leaves out levels of nothing but spaces', () => {
  const account = { accountId: 'acme', version: 1, attributes: {}, accountLevel: ' ' };
  const document = lead({ engagementLevel: ['', now], profileLevel: [' ', now], account });
  const types = ['engagement_level', 'profile_level', 'account_level'];
  const { rules: told } = explained(document, segment(types.map((type) => ({ ...isHot, type }))));
  for (const rule of told) expect(rule).not.toHaveProperty('value');
});

test('reads the account and its level', () => {
  const account = { accountId: 'acme', version: 1, attributes: { country: 'AT' }, accountLevel: 'Target' };
  const rules = [
    { ...isGerman, type: 'account_metadata' },
    { type: 'account_level', operator: 'equals', value: 'Target' },
  ];
  const told = explained(lead({ account }), segment(rules)).rules;
  expect(told.map(({ value, holds }) => [value, holds])).toEqual([
    ['AT', false],
    ['Target', true],
  ]);
});

test('goes into groups, each rule with its own answer', () => {
  const group = { type: 'group', match: 'none', rules: [{ id: 'rul_in', ...isGerman }, isHot] };
  const [told] = explained(lead({ attributes: { country: 'DE' } }), segment([group])).rules;
  expect(told).toMatchObject({ type: 'group', match: 'none', holds: false });
  expect(told?.rules?.map(({ ruleId, holds }) => [ruleId, holds])).toEqual([
    ['rul_in', true],
    [undefined, false],
  ]);
});

test('names the segment that a rule refers to, and whether the lead is in it', () => {
  const other = segment([isGerman], { id: 'seg_b', name: 'Germans' });
  const state = { sequence: 1, since: now, source: 'rules', reason: 'rules', revision: 1 } as const;
  const cause = { kind: 'profile_change', occurredAt: savedAt } as const;
  const document = lead({ memberships: { seg_b: { ...state, cause } } });
  const refers = segment([{ type: 'segment', segmentId: 'seg_b', operator: 'not_in' }]);
  expect(explained(document, refers, new Map(), [other]).rules).toMatchObject([
    { holds: false, value: { segmentName: 'Germans', member: true }, sentence: expect.stringContaining('Germans') },
  ]);
  const frozen = { ...other, active: false };
  expect(explained(document, refers, new Map(), [frozen]).rules).toMatchObject([
    { holds: true, value: { member: false } },
  ]);
});

test('counts events of the window, and tells the newest of them', () => {
  const rule = { ...viewed, times: { atLeast: 2 }, withinDays: 7 };
  const asked = segment([rule]);
  const toRead = eventsToRead(lead(), asked.rules, catalogOf());
  expect(toRead).toMatchObject([{ n: 2, condition: { eventType: 'Page View' } }]);
  const raw = new Map([[toRead[0]!.condition.key, [view('e-2', 1), view('e-1', 8)]]]);
  expect(explained(lead(), asked, raw).rules).toMatchObject([
    {
      holds: false,
      value: {
        count: 1,
        orMore: false,
        from: new Date(now - 7 * day).toISOString(),
        newest: [{ eventId: 'e-2', occurredAt: new Date(now - day).toISOString() }],
      },
    },
  ]);
});

test('says when more events than those that decide may be there, and shows no more than five', () => {
  const asked = segment([{ ...viewed, times: { atLeast: 7 } }]);
  const [toRead] = eventsToRead(lead(), asked.rules, catalogOf());
  const views = Array.from({ length: 7 }, (_, index) => view(`e-${index}`, index));
  const [told] = explained(lead(), asked, new Map([[toRead!.condition.key, views]])).rules;
  expect(told).toMatchObject({ holds: true, value: { count: 7, orMore: true, newest: { length: 5 } } });
});

test('answers from the event state where it suffices, and asks for raw events where it does not', () => {
  const atLeastOne = segment([viewed], { conditions: [{ id: '1.0', backfilledN: 1 }] });
  const document = lead({ events: { '1.0': { n: 1, newest: newestFirst([[now - day, 'e-1']]) } } });
  const catalog = catalogOf(atLeastOne);
  expect(eventsToRead(document, atLeastOne.rules, catalog)).toEqual([]);
  expect(eventsToRead(lead(), atLeastOne.rules, catalog)).toEqual([]);
  expect(explained(document, atLeastOne).rules).toMatchObject([{ holds: true, value: { count: 1 } }]);
  expect(explained(lead(), atLeastOne).rules).toMatchObject([{ holds: false, value: { count: 0, newest: [] } }]);

  const threeTimes = segment([{ ...viewed, times: { atLeast: 3 } }]);
  expect(eventsToRead(document, threeTimes.rules, catalog)).toMatchObject([{ n: 3 }]);
  const notFilled = segment([viewed], { conditions: [{ id: '1.0', backfilledN: 0 }] });
  expect(eventsToRead(lead(), notFilled.rules, catalogOf(notFilled))).toMatchObject([{ n: 1 }]);
  const readsClock = segment([{ ...viewed, field: 'day', operator: 'in_last_days', value: 3 }], {
    conditions: [{ id: '1.0', backfilledN: 1 }],
  });
  expect(eventsToRead(document, readsClock.rules, catalogOf(readsClock))).toHaveLength(1);
});

test('tells the membership with its last transition, and of a segment that is not evaluated', () => {
  const cause = { kind: 'profile_change', changeId: 'c-1', occurredAt: savedAt } as const;
  const state = { sequence: 3, since: now - day, source: 'rules', reason: 'rules', cause, revision: 4 } as const;
  const told = explained(lead({ memberships: { seg_a: state } }), segment([isGerman], { active: false }));
  expect(told).toMatchObject({
    active: false,
    member: true,
    source: 'rules',
    since: new Date(now - day).toISOString(),
    holds: false,
    lastTransition: { type: 'entered', sequence: 3, reason: 'rules', cause, revision: 4 },
  });
  const left = explained(lead({ memberships: { seg_a: { ...state, sequence: 4 } } }), segment([]));
  expect(left).toMatchObject({ member: false, holds: false, rules: [], lastTransition: { type: 'exited' } });
  expect(left).not.toHaveProperty('since');
  expect(explained(lead(), segment([]))).not.toHaveProperty('lastTransition');
});

test('tells who pinned, excluded, added or removed the lead, until the rules decide again', () => {
  const act = { id: 'act-1', kind: 'excluded', at: now, author: 'ann@example.com', reason: 'Competitor' } as const;
  const told = explained(lead({ attributes: { country: 'DE' }, manualChanges: { seg_a: act } }), segment([isGerman]));
  expect(told).toMatchObject({ member: false, holds: true });
  expect(told.byHand).toEqual({
    kind: 'excluded',
    author: 'ann@example.com',
    at: new Date(now).toISOString(),
    reason: 'Competitor',
  });
  const settled = { ...act, kind: 'added', isSettled: true } as const;
  expect(explained(lead({ manualChanges: { seg_a: settled } }), segment([isGerman]))).not.toHaveProperty('byHand');
});
