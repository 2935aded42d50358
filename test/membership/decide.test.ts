import { describe, expect, test } from 'vitest';
import { type CatalogContext, compileCatalog } from '../../shared/catalog/catalog.ts';
import type { Segment } from '../../shared/catalog/segment.ts';
import { type LeadChange, leadEventSchema, profileChangeSchema } from '../../shared/lead/change.ts';
import type { RawEvent } from '../../shared/lead/event-order.ts';
import { newestFirst, noEvents } from '../../shared/lead/event-order.ts';
import { type LeadDocument, type MembershipState, unknownLead } from '../../shared/lead/lead-document.ts';
import { decide } from '../../shared/membership/decide.ts';
import type { DecisionInput } from '../../shared/membership/decision-input.ts';
import type { Rule } from '../../shared/rule/rule.ts';
import { defaultLevels } from '../../shared/vocabulary/levels.ts';

const context = { levels: defaultLevels, eventRetentionDays: 400 };
const savedAt = '2026-03-10T12:00:00.000Z';
const saved = Date.parse(savedAt);
const hour = 3_600_000;

const segment = (id: string, rule: object, more: Partial<Segment> = {}): Segment => ({
  id,
  name: id,
  description: '',
  active: true,
  match: 'all',
  rules: [{ id: `rul_${id}`, ...rule } as Rule],
  revision: 1,
  savedInCatalog: 5,
  savedAt,
  silent: false,
  conditions: [],
  createdAt: savedAt,
  updatedAt: savedAt,
  ...more,
});
const known = (more: Partial<LeadDocument>): LeadDocument => ({
  ...unknownLead('l1'),
  version: 3,
  catalogVersion: 4,
  evaluatedAt: saved - 24 * hour,
  ...more,
});
const decided = (input: Omit<DecisionInput, 'accounts' | 'changes'> & { changes?: readonly LeadChange[] }) => {
  const decision = decide({ accounts: new Map(), changes: [], ...input });
  if (decision.missing) throw new Error(`Events are missing: ${decision.missing.map(({ id }) => id)}`);
  return { ...decision, transitions: decision.outbox.transitions };
};
const memberOf = (more: Partial<MembershipState>): MembershipState => ({
  ...{ sequence: 1, since: saved - 24 * hour, source: 'rules', reason: 'rules', revision: 1 },
  cause: { kind: 'profile_change', occurredAt: savedAt },
  ...more,
});
const pageView = { type: 'event_metadata', eventType: 'Page View', operator: 'exists' };
const kept = [{ id: '5.0', backfilledN: 0 }];
const view = (eventId: string, occurredAt: number, metadata = {}): RawEvent => ({ eventId, occurredAt, metadata });
const asChange = ({ eventId, occurredAt, metadata }: RawEvent): LeadChange => ({
  kind: 'lead_event',
  ...leadEventSchema.parse({
    eventId,
    leadId: 'l1',
    eventType: 'Page View',
    occurredAt: new Date(occurredAt).toISOString(),
    metadata,
  }),
});

test('what time flips after a silent save is passing time, and published', () => {
  const rule = { type: 'lead_metadata', field: 'trial', operator: 'in_next_days', value: 1 };
  const catalog = compileCatalog(5, [segment('s', rule, { silent: true })], context);
  const document = known({ attributes: { trial: '2026-03-20T12:00:00Z' }, dueAt: saved + 9 * 24 * hour });
  const { transitions } = decided({ document, catalog, now: saved + 9 * 24 * hour, isDue: true });
  expect(transitions).toMatchObject([{ segmentId: 's', sequence: 1, reason: 'time_passed' }]);
  expect(transitions[0]).not.toHaveProperty('silent');
});

test('what time flips after a silent save is published, though another save comes before the lead is evaluated', () => {
  const rule = { type: 'lead_metadata', field: 'trial', operator: 'in_next_days', value: 1 };
  const another = { type: 'lead_metadata', field: 'Country', operator: 'equals', value: 'India' };
  const later = { savedInCatalog: 6, savedAt: new Date(saved + 20_000).toISOString() };
  const catalog = compileCatalog(6, [segment('s', rule, { silent: true }), segment('t', another, later)], context);
  const document = known({
    attributes: { trial: new Date(saved + 10_000).toISOString() },
    memberships: { s: memberOf({ sequence: 1 }) },
  });
  for (const now of [saved + 20_000, saved + 30_000]) {
    const { transitions } = decided({ document, catalog, now });
    expect(transitions).toMatchObject([{ segmentId: 's', sequence: 2, reason: 'time_passed' }]);
    expect(transitions[0]).not.toHaveProperty('silent');
  }
});

test('what a later save flips by reference is published, though the segment that follows was saved silently', () => {
  const another = { type: 'lead_metadata', field: 'Country', operator: 'equals', value: 'India' };
  const follows = { type: 'segment', segmentId: 't', operator: 'in' };
  const later = { savedInCatalog: 6, savedAt: new Date(saved + 20_000).toISOString() };
  const catalog = compileCatalog(6, [segment('s', follows, { silent: true }), segment('t', another, later)], context);
  const document = known({ attributes: { Country: 'India' } });
  const { transitions } = decided({ document, catalog, now: saved + 30_000 });
  expect(transitions).toMatchObject([{ segmentId: 't' }, { segmentId: 's', reason: 'recalculated' }]);
  expect(transitions[1]).not.toHaveProperty('silent');
});

test('an entry that an event causes after a silent save is by rules, and published, though its raw event is stored', () => {
  const catalog = compileCatalog(5, [segment('s', pageView, { silent: true, conditions: kept })], context);
  const event = view('e1', saved + hour);
  const rawEvents = new Map([['5.0', newestFirst([event])]]);
  const { transitions } = decided({
    document: known({}),
    changes: [asChange(event)],
    catalog,
    now: saved + hour,
    rawEvents,
  });
  expect(transitions).toMatchObject([
    { segmentId: 's', reason: 'rules', cause: { kind: 'lead_event', changeId: 'e1' } },
  ]);
  expect(transitions[0]).not.toHaveProperty('silent');
});

test('an entry that the save itself causes is silent with it', () => {
  const rule = { type: 'lead_metadata', field: 'Country', operator: 'equals', value: 'India' };
  const catalog = compileCatalog(5, [segment('s', rule, { silent: true })], context);
  const { transitions } = decided({
    document: known({ attributes: { Country: 'India' } }),
    catalog,
    now: saved + hour,
  });
  expect(transitions).toMatchObject([{ segmentId: 's', reason: 'recalculated', silent: true }]);
});

test('events read for one condition say nothing about another of the same type', () => {
  const pricing = { ...pageView, field: 'path', operator: 'contains', value: '/pricing' };
  const catalog = compileCatalog(
    5,
    [
      segment('a', pricing, { conditions: kept }),
      segment('b', pageView, { conditions: [{ id: '5.1', backfilledN: 0 }] }),
    ],
    context,
  );
  const rawEvents = new Map([['5.0', noEvents]]);
  const decision = decide({ document: known({}), changes: [], accounts: new Map(), catalog, now: saved, rawEvents });
  expect(decision.missing?.map(({ id }) => id)).toEqual(['5.1']);
});

test('state of conditions that no segment has any more goes with the next write', () => {
  const catalog = compileCatalog(5, [segment('s', pageView, { conditions: kept })], context);
  const events = {
    '1.0': { n: 1, newest: newestFirst([[saved, 'old'] as const]) },
    '5.0': { n: 1, newest: newestFirst([[saved, 'e'] as const]) },
  };
  const change: LeadChange = {
    kind: 'profile_change',
    ...profileChangeSchema.parse({ leadId: 'l1', occurredAt: savedAt, attributes: { a: 'b' } }),
  };
  const { document } = decided({ document: known({ events }), changes: [change], catalog, now: saved + hour });
  expect(Object.keys(document.events)).toEqual(['5.0']);
});

describe('another order of levels', () => {
  const changedAt = '2026-03-10T13:00:00.000Z';
  const reversed: CatalogContext = {
    levels: { ...defaultLevels, engagement: [...defaultLevels.engagement].reverse() },
    levelSaves: { engagement: { savedInCatalog: 7, savedAt: changedAt } },
    eventRetentionDays: 400,
  };
  const isWarmAtLeast = { type: 'engagement_level', operator: 'at_least', value: 'Hot' };
  const isHot = { type: 'engagement_level', operator: 'equals', value: 'Hot' };
  const isFit = { type: 'profile_level', operator: 'at_most', value: 'Okay Fit' };
  const group = { type: 'group', match: 'none', rules: [isWarmAtLeast] };
  const cold: Partial<LeadDocument> = { engagementLevel: ['Cold', 1], catalogVersion: 5 };
  const catalogOf = (...segments: Segment[]) => compileCatalog(7, segments, reversed);

  test('is a save of the segments that compare by it, wherever in their rules', () => {
    const catalog = catalogOf(
      segment('a', isWarmAtLeast),
      segment('b', isHot),
      segment('c', isFit),
      segment('d', group),
    );
    const lastSaves = [...catalog.active.values()].map(({ lastSave }) => lastSave.savedInCatalog);
    expect(lastSaves).toEqual([7, 5, 5, 7]);
  });

  test('moves leads as recalculated, at the next evaluation whatever it is for, and nobody else', () => {
    const catalog = catalogOf(segment('a', isWarmAtLeast), segment('b', isHot), segment('c', isFit));
    const document = known({ ...cold, profileLevel: ['Perfect Fit', 1] });
    const { transitions } = decided({ document, catalog, now: saved + 5 * hour });
    expect(transitions).toMatchObject([
      { segmentId: 'a', sequence: 1, reason: 'recalculated', cause: { kind: 'segment_saved', occurredAt: changedAt } },
    ]);
  });

  test('comes before a change that arrives after it: nobody is moved by rules where the order moved them', () => {
    const catalog = catalogOf(segment('a', isWarmAtLeast));
    const change: LeadChange = { kind: 'level_change', leadId: 'l1', occurredAt: saved, engagementLevel: 'Very Hot' };
    const { transitions, document } = decided({
      document: known(cold),
      changes: [change],
      catalog,
      now: saved + 5 * hour,
    });
    expect(transitions.map(({ sequence, reason }) => [sequence, reason])).toEqual([
      [1, 'recalculated'],
      [2, 'rules'],
    ]);
    const stayed = decided({ document: { ...document, version: 4 }, catalog, now: saved + 6 * hour });
    expect(stayed).toMatchObject({ transitions: [], changed: false });
  });

  test('does not move a lead that is in under both orders', () => {
    const catalog = catalogOf(segment('a', { ...isWarmAtLeast, value: 'Warm' }));
    const within = decided({
      document: known({ engagementLevel: ['Warm', 1] }),
      catalog: compileCatalog(5, [segment('a', { ...isWarmAtLeast, value: 'Warm' })], context),
      now: saved + hour,
    });
    expect(within.transitions).toHaveLength(1);
    const document = { ...within.document, version: 4 };
    const change: LeadChange = { kind: 'level_change', leadId: 'l1', occurredAt: saved, engagementLevel: 'Cold' };
    expect(decided({ document, catalog, now: saved + 5 * hour }).transitions).toEqual([]);
    expect(decided({ document, changes: [change], catalog, now: saved + 5 * hour }).transitions).toEqual([]);
  });

  test('is published although the segment was saved silently, before or after', () => {
    for (const savedInCatalog of [5, 8]) {
      const silent = segment('a', isWarmAtLeast, { silent: true, savedInCatalog });
      const catalog = compileCatalog(8, [silent], reversed);
      const behindBoth = decided({ document: known({ ...cold, catalogVersion: 4 }), catalog, now: saved + 5 * hour });
      expect(behindBoth.transitions).toHaveLength(1);
      expect(behindBoth.transitions[0]).not.toHaveProperty('silent');
    }
  });

  test('does not make a silent save loud for leads that it was applied to already', () => {
    const catalog = compileCatalog(8, [segment('a', isWarmAtLeast, { silent: true, savedInCatalog: 8 })], reversed);
    const { transitions } = decided({
      document: known({ ...cold, catalogVersion: 7 }),
      catalog,
      now: saved + 5 * hour,
    });
    expect(transitions).toMatchObject([{ reason: 'recalculated', silent: true }]);
  });
});

test('an event that a reading of raw events brought in before it was delivered still flips all that read it', () => {
  const catalog = compileCatalog(
    5,
    [segment('s', pageView, { savedInCatalog: 3, conditions: kept }), segment('t', pageView, { conditions: kept })],
    context,
  );
  const event = view('e1', saved + hour);
  const rawEvents = new Map([['5.0', newestFirst([event])]]);
  // The save of "t" is caught up with first; it reads the event, which nobody has told this lead of yet.
  const first = decided({ document: known({}), catalog, now: saved + 2 * hour, rawEvents });
  expect(first.transitions.map(({ segmentId }) => segmentId)).toEqual(['t']);
  const { transitions } = decided({
    document: first.document,
    changes: [asChange(event)],
    catalog,
    now: saved + 3 * hour,
  });
  expect(transitions).toMatchObject([
    { segmentId: 's', sequence: 1, reason: 'rules', cause: { kind: 'lead_event', changeId: 'e1' } },
  ]);
});

test('what a reconciliation flips tells so; who was added manually since the save stays', () => {
  const rule = { type: 'lead_metadata', field: 'country', operator: 'equals', value: 'DE' };
  const catalog = compileCatalog(5, [segment('s', rule), segment('hand', rule)], context);
  const cause = { kind: 'by_hand', occurredAt: savedAt } as const;
  const document = known({
    catalogVersion: 5,
    attributes: { country: 'DE' },
    memberships: {
      hand: { sequence: 2, since: saved, source: 'rules', reason: 'removed_by_hand', cause, revision: 1 },
    },
    manualChanges: { hand: { id: 'act_1', kind: 'removed', at: saved, author: 'eve' } },
  });
  const now = saved + hour;
  const recalculate = { requestedAt: new Map(['s', 'hand'].map((id) => [id, 0])), isReconciliation: true };
  const first = decided({ document, catalog, now, recalculate });
  expect(first.transitions).toEqual([
    expect.objectContaining({
      ...{ segmentId: 's', sequence: 1, reason: 'recalculated' },
      cause: { kind: 'reconciled', occurredAt: new Date(now).toISOString() },
    }),
  ]);
  expect(decided({ document: first.document, catalog, now: now + hour, recalculate })).toMatchObject({
    changed: false,
    transitions: [],
  });
});

test('the deletion of a lead that is kept out takes it off the list of those', () => {
  const catalog = compileCatalog(
    5,
    [segment('s', { type: 'lead_metadata', field: 'country', operator: 'exists' })],
    context,
  );
  const document = known({ manualChanges: { s: { id: 'act_1', kind: 'excluded', at: saved, author: 'eve' } } });
  const { outbox, document: remains } = decided({ document, catalog, now: saved + hour, deletes: true });
  expect(outbox).toMatchObject({ transitions: [], changedRows: ['s'] });
  expect(remains.manualChanges).toBeUndefined();
});
