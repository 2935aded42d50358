import { describe, expect, test } from 'vitest';
import { type Catalog, compileCatalog } from '../../shared/catalog/catalog.ts';
import type { Segment } from '../../shared/catalog/segment.ts';
import { type LeadChange, leadEventSchema, levelChangeSchema, profileChangeSchema } from '../../shared/lead/change.ts';
import { isMember, type LeadDocument, unknownLead } from '../../shared/lead/lead-document.ts';
import type { ManualChangeKind } from '../../shared/lead/manual-change.ts';
import { decide } from '../../shared/membership/decide.ts';
import type { DecisionInput } from '../../shared/membership/decision-input.ts';
import { memberAfterEvaluation } from '../../shared/membership/manual-changes.ts';
import type { Rule } from '../../shared/rule/rule.ts';
import type { Value } from '../../shared/rule/value.ts';
import { defaultLevels } from '../../shared/vocabulary/levels.ts';

const context = { levels: defaultLevels, eventRetentionDays: 400 };
const start = Date.parse('2026-03-10T12:00:00Z');
const minute = 60_000;
const at = (minutes: number) => start + minutes * minute;
const iso = (minutes: number) => new Date(at(minutes)).toISOString();

const isGerman = { type: 'lead_metadata', field: 'country', operator: 'equals', value: 'DE' };
const sawPricing = {
  type: 'event_metadata',
  eventType: 'Page View',
  field: 'path',
  operator: 'contains',
  value: '/pricing',
};

function segment(id: string, rules: readonly object[], more: Partial<Segment> = {}): Segment {
  return {
    id,
    name: id,
    description: '',
    active: true,
    match: 'all',
    rules: rules.map((rule, index) => ({ id: `rul_${id}${index}`, ...rule }) as Rule),
    revision: 1,
    savedInCatalog: 1,
    savedAt: iso(-60),
    silent: false,
    conditions: rules.some((rule) => 'eventType' in rule) ? [{ id: '1.0', backfilledN: 1 }] : [],
    createdAt: iso(-60),
    updatedAt: iso(-60),
    ...more,
  };
}
const catalogOf = (...segments: Segment[]) => compileCatalog(1, segments, context);

/** One lead, decided again and again, as its document would be stored. */
class OneLead {
  catalog: Catalog;
  document: LeadDocument = { ...unknownLead('l1'), version: 1, catalogVersion: 1, evaluatedAt: start };
  readonly transitions: { segmentId: string; sequence: number; reason: string; source: string }[] = [];
  private acts = 0;

  constructor(...segments: Segment[]) {
    this.catalog = catalogOf(...segments);
  }

  decide(now: number, input: Partial<DecisionInput>) {
    const { document, catalog } = this;
    const decision = decide({ document, catalog, now, changes: [], accounts: new Map(), ...input });
    if (decision.missing) throw new Error('Events are missing');
    if (decision.changed) this.document = decision.document;
    this.transitions.push(...decision.outbox.transitions);
    return decision;
  }

  act(minutes: number, kind: ManualChangeKind, segmentId = 's', id = `act_${++this.acts}`) {
    const command = { id, kind, segmentId, author: 'ada', reason: 'met at the fair' };
    return this.decide(at(minutes), { command });
  }

  profileChange(minutes: number, attributes: Record<string, Value | null>): LeadChange {
    const message = { leadId: 'l1', occurredAt: iso(minutes), attributes };
    return { kind: 'profile_change', ...profileChangeSchema.parse(message) };
  }

  profile(minutes: number, attributes: Record<string, Value | null>): void {
    this.decide(at(minutes), { changes: [this.profileChange(minutes, attributes)] });
  }

  /** Everything that another system knows of the lead, as it sends it each night. */
  sync(minutes: number, attributes: Record<string, Value | null>, engagementLevel: string): void {
    this.profile(minutes, attributes);
    const level = levelChangeSchema.parse({ leadId: 'l1', occurredAt: iso(minutes), engagementLevel });
    this.decide(at(minutes), { changes: [{ kind: 'level_change', ...level }] });
  }

  event(minutes: number, eventId: string, path: string, receivedMinutes = minutes): void {
    const message = { leadId: 'l1', eventId, eventType: 'Page View', occurredAt: iso(minutes), metadata: { path } };
    const change: LeadChange = {
      kind: 'lead_event',
      receivedAt: at(receivedMinutes),
      ...leadEventSchema.parse(message),
    };
    this.decide(at(minutes), { changes: [change] });
  }

  isIn = (segmentId = 's') => isMember(this.document, segmentId);
  source = (segmentId = 's') => this.document.memberships[segmentId]?.source;
}

describe('what is done later than it was asked for', () => {
  test.each<ManualChangeKind>(['added', 'pinned', 'excluded', 'removed', 'lifted'])(
    'leaves alone what somebody decided since: %s',
    (kind) => {
      const lead = new OneLead(segment('s', [isGerman]));
      lead.act(5, kind === 'excluded' || kind === 'removed' ? 'pinned' : 'excluded');
      const before = lead.document;
      const command = { id: 'act_job', kind, segmentId: 's', author: 'bob', askedAt: at(4) };
      const { manualResult, changed } = lead.decide(at(9), { command });
      expect([manualResult?.refused, manualResult?.refused === undefined && manualResult?.isDone, changed]).toEqual([
        undefined,
        false,
        false,
      ]);
      expect(lead.document).toBe(before);
    },
  );

  test('replaces what was decided before, or asked for before', () => {
    const lead = new OneLead(segment('s', [isGerman]));
    lead.act(3, 'excluded');
    const ask = (id: string, kind: ManualChangeKind, asked: number, now: number) =>
      lead.decide(at(now), { command: { id, kind, segmentId: 's', author: 'bob', askedAt: at(asked) } }).manualResult;
    expect(ask('act_first', 'pinned', 4, 9)).toMatchObject({ isDone: true, wasExcluded: true });
    expect(ask('act_second', 'removed', 5, 10)).toMatchObject({ isDone: true, wasMember: true });
    expect(ask('act_third', 'pinned', 4, 11)).toMatchObject({ isDone: false });
    expect(lead.isIn()).toBe(false);
    expect(lead.document.manualChanges).toMatchObject({ s: { id: 'act_second', kind: 'removed', at: at(10) } });
  });
});

describe('a lead added manually', () => {
  test('enters at once, and tells who did it', () => {
    const lead = new OneLead(segment('s', [isGerman]));
    const { manualResult, outbox } = lead.act(1, 'added');
    expect(manualResult).toEqual({ wasMember: false, wasExcluded: false, isDone: true });
    expect(lead.transitions).toMatchObject([
      { segmentId: 's', sequence: 1, reason: 'added_by_hand', source: 'manual' },
    ]);
    expect(outbox.transitions[0]?.cause).toEqual({ kind: 'by_hand', changeId: 'act_1', occurredAt: iso(1) });
    expect(lead.document.manualChanges).toEqual({
      s: { id: 'act_1', kind: 'added', at: at(1), author: 'ada', reason: 'met at the fair' },
    });
  });

  test('stays through changes that its rules do not read', () => {
    const lead = new OneLead(segment('s', [isGerman]));
    lead.act(1, 'added');
    lead.profile(2, { city: 'Berlin' });
    lead.decide(at(3), { isDue: true });
    expect(lead.isIn()).toBe(true);
  });

  test('goes with the next evaluation that says no, even where nothing flips', () => {
    const lead = new OneLead(segment('s', [isGerman]));
    lead.profile(0, { country: 'FR' });
    lead.act(1, 'added');
    lead.profile(2, { country: 'AT' });
    expect(lead.isIn()).toBe(false);
    expect(lead.transitions.at(-1)).toMatchObject({ sequence: 2, reason: 'rules', source: 'manual' });
  });

  test('stays through a nightly sync that sends the same values again, null for what was never there among them', () => {
    const isHot = { type: 'engagement_level', operator: 'equals', value: 'Hot' };
    const hasPhone = { type: 'lead_metadata', field: 'phone', operator: 'is_not_empty' };
    const likesGolf = { type: 'lead_metadata', field: 'likes', operator: 'equals', value: 'Golf' };
    const lead = new OneLead(segment('s', [isGerman, isHot, hasPhone, likesGolf]));
    lead.sync(0, { country: 'FR', likes: ['Sailing'] }, 'Cold');
    lead.act(1, 'added');
    lead.sync(2, { country: 'FR', likes: ['Sailing'], phone: null }, 'Cold');
    lead.sync(3, { country: 'FR', likes: ['Sailing'], phone: null }, 'Cold');
    expect(lead.isIn()).toBe(true);
    lead.sync(4, { country: 'FR', likes: ['Sailing'], phone: null }, 'Warm');
    expect(lead.isIn()).toBe(false);
  });

  test('stays where one batch brings another value and then the old one again, in either order', () => {
    for (const order of [
      ['AT', 'FR'],
      ['FR', 'AT'],
    ]) {
      const lead = new OneLead(segment('s', [isGerman]));
      lead.profile(0, { country: 'FR' });
      lead.act(1, 'added');
      const changes = order.map((country) => lead.profileChange(country === 'AT' ? 2 : 3, { country }));
      lead.decide(at(3), { changes });
      expect(lead.isIn()).toBe(true);
    }
  });

  test('stays after an evaluation that says yes, until one says no', () => {
    const lead = new OneLead(segment('s', [isGerman]));
    lead.act(1, 'added');
    lead.profile(2, { country: 'DE' });
    expect([lead.isIn(), lead.source()]).toEqual([true, 'manual']);
    lead.profile(3, { country: 'FR' });
    expect(lead.isIn()).toBe(false);
  });

  test('is not touched by an older change that loses, nor by one sent again', () => {
    const lead = new OneLead(segment('s', [isGerman]));
    lead.profile(5, { country: 'FR' });
    lead.act(6, 'added');
    lead.profile(4, { country: 'AT' });
    lead.profile(5, { country: 'FR' });
    expect(lead.isIn()).toBe(true);
  });

  test('goes with an event first received after it, not with one that came before and is sent again', () => {
    const lead = new OneLead(segment('s', [sawPricing]));
    lead.event(1, 'e1', '/home');
    lead.act(2, 'added');
    lead.event(1, 'e1', '/home', 1);
    expect(lead.isIn()).toBe(true);
    lead.event(1, 'e0', '/home', 3);
    expect(lead.isIn()).toBe(false);
  });

  test('follows a save and a recalculation that are newer than it, and no older one', () => {
    const lead = new OneLead(segment('s', [isGerman]));
    lead.act(1, 'added');
    lead.decide(at(2), { recalculate: { requestedAt: new Map([['s', at(0)]]) } });
    expect(lead.isIn()).toBe(true);
    lead.decide(at(4), { recalculate: { requestedAt: new Map([['s', at(3)]]) } });
    expect(lead.isIn()).toBe(false);
    lead.act(5, 'added');
    lead.catalog = compileCatalog(2, [segment('s', [isGerman], { savedInCatalog: 2, savedAt: iso(6) })], context);
    lead.decide(at(7), {});
    expect(lead.isIn()).toBe(false);
    expect(lead.transitions.at(-1)).toMatchObject({ sequence: 4, reason: 'recalculated' });
  });

  test('follows a due moment that flips the rules, and no other', () => {
    const trial = { type: 'lead_metadata', field: 'trial', operator: 'in_last_days', value: 1 };
    const lead = new OneLead(segment('s', [trial]));
    lead.act(1, 'added');
    lead.decide(at(2), { isDue: true });
    expect(lead.isIn()).toBe(true);
    lead.profile(3, { trial: iso(10) });
    expect(lead.isIn()).toBe(false);
    lead.act(4, 'added');
    expect(lead.document.dueAt).toBe(at(10));
    lead.decide(at(10), {});
    expect(lead.isIn()).toBe(true);
    lead.decide(lead.document.dueAt ?? 0, {});
    expect(lead.transitions.at(-1)).toMatchObject({ sequence: 4, reason: 'time_passed' });
  });

  test('follows a segment that its rules refer to when that flips them', () => {
    const inBase = { type: 'segment', segmentId: 'base', operator: 'in' };
    const lead = new OneLead(segment('base', [isGerman]), segment('s', [inBase]));
    lead.profile(0, { country: 'DE' });
    lead.act(1, 'removed');
    lead.act(2, 'added');
    lead.profile(3, { country: 'FR' });
    expect([lead.isIn('base'), lead.isIn()]).toEqual([false, false]);
  });

  test('takes with it those that refer to its segment', () => {
    const inBase = { type: 'segment', segmentId: 'base', operator: 'in' };
    const lead = new OneLead(segment('base', [isGerman]), segment('s', [inBase]));
    lead.act(1, 'added', 'base');
    expect(lead.transitions).toMatchObject([
      { segmentId: 'base', reason: 'added_by_hand', source: 'manual' },
      { segmentId: 's', reason: 'rules', source: 'rules' },
    ]);
  });

  test('stays in a segment without rules, whatever is saved or recalculated', () => {
    const lead = new OneLead(segment('s', []));
    lead.act(1, 'added');
    lead.profile(2, { country: 'DE' });
    lead.decide(at(4), { recalculate: { requestedAt: new Map([['s', at(3)]]) } });
    expect(lead.isIn()).toBe(true);
    lead.act(5, 'removed');
    expect(lead.isIn()).toBe(false);
  });

  test('stays when the rules are taken away, where a member by rules goes', () => {
    for (const [isByHand, expected] of [
      [true, true],
      [false, false],
    ] as const) {
      const lead = new OneLead(segment('s', [isGerman]));
      if (isByHand) lead.act(1, 'added');
      else lead.profile(1, { country: 'DE' });
      lead.catalog = compileCatalog(2, [segment('s', [], { savedInCatalog: 2, savedAt: iso(2) })], context);
      lead.decide(at(3), {});
      expect(lead.isIn()).toBe(expected);
    }
  });
});

describe('a command', () => {
  test('is done once: told again it changes nothing and answers the same', () => {
    for (const kind of ['added', 'pinned', 'removed', 'excluded', 'lifted'] as const) {
      const lead = new OneLead(segment('s', [isGerman]));
      if (kind === 'lifted') lead.act(0, 'pinned');
      if (kind === 'removed' || kind === 'excluded') lead.profile(0, { country: 'DE' });
      const first = lead.act(1, kind, 's', 'act_x');
      const again = lead.act(2, kind, 's', 'act_x');
      expect(again.changed).toBe(false);
      expect(again.manualResult).toEqual(first.manualResult);
    }
  });

  test('that was done and overtaken by the rules is not done again', () => {
    const lead = new OneLead(segment('s', [isGerman]));
    lead.act(1, 'added', 's', 'act_x');
    lead.profile(2, { country: 'FR' });
    lead.act(3, 'added', 's', 'act_x');
    expect(lead.isIn()).toBe(false);
  });

  test('to add a member, or remove who is none, does nothing', () => {
    const lead = new OneLead(segment('s', [isGerman]));
    expect(lead.act(1, 'removed')).toMatchObject({ changed: false, manualResult: { wasMember: false, isDone: false } });
    lead.profile(2, { country: 'DE' });
    expect(lead.act(3, 'added')).toMatchObject({ changed: false, manualResult: { wasMember: true, isDone: false } });
  });

  test('is refused for an unknown lead and an inactive segment', () => {
    const lead = new OneLead(segment('s', [isGerman], { active: false }));
    expect(lead.act(1, 'added')).toMatchObject({ changed: false, manualResult: { refused: 'segment_inactive' } });
    lead.document = unknownLead('l1');
    expect(lead.act(2, 'added')).toMatchObject({ changed: false, manualResult: { refused: 'unknown_lead' } });
  });
});

describe('lifting what a person decided', () => {
  test.each([
    ['pinned', 'FR', false],
    ['pinned', 'DE', true],
    ['excluded', 'FR', false],
    ['excluded', 'DE', true],
    ['added', 'FR', false],
    ['added', 'DE', true],
    ['removed', 'FR', false],
    ['removed', 'DE', true],
  ] as const)('%s, with rules about DE and a lead in %s: the rules decide at once', (kind, country, expected) => {
    const lead = new OneLead(segment('s', [isGerman]));
    lead.profile(0, { country: kind === 'removed' ? 'DE' : 'FR' });
    lead.act(1, kind);
    // Of an addition and a removal, what the rules read would end it: here the decision alone has them asked.
    if (kind === 'pinned' || kind === 'excluded') lead.profile(2, { country });
    else lead.document = { ...lead.document, attributes: { country } };
    const wasIn = lead.isIn();
    const { manualResult, outbox } = lead.act(3, 'lifted', 's', 'act_lift');
    expect(manualResult).toEqual({ wasMember: wasIn, wasExcluded: kind === 'excluded', isDone: true });
    expect([lead.isIn(), outbox.changedRows]).toEqual([expected, ['s']]);
    if (expected) expect(lead.source()).toBe('rules');
    const [transition] = outbox.transitions;
    expect(outbox.transitions).toHaveLength(wasIn === expected ? 0 : 1);
    if (transition) {
      const cause = { kind: 'by_hand', changeId: 'act_lift', occurredAt: iso(3) };
      expect(transition).toMatchObject({ reason: 'rules', cause });
    }
    lead.profile(4, { country: 'DE' });
    expect(lead.isIn()).toBe(true);
    lead.profile(5, { country: 'FR' });
    expect(lead.isIn()).toBe(false);
  });

  test('changes nothing where the rules decide already', () => {
    const lead = new OneLead(segment('s', [isGerman]));
    const nothing = { changed: false, manualResult: { isDone: false, wasExcluded: false } };
    expect(lead.act(1, 'lifted')).toMatchObject(nothing);
    lead.act(2, 'added');
    lead.profile(3, { country: 'DE' });
    expect(lead.act(4, 'lifted')).toMatchObject(nothing);
    lead.act(5, 'pinned');
    lead.act(6, 'lifted');
    expect(lead.act(7, 'lifted')).toMatchObject(nothing);
  });

  test('in a segment without rules, which nobody matches, lets the lead go', () => {
    const lead = new OneLead(segment('s', []));
    lead.act(1, 'pinned');
    lead.act(2, 'lifted');
    expect(lead.isIn()).toBe(false);
  });

  test('takes with it those that refer to its segment', () => {
    const inBase = { type: 'segment', segmentId: 'base', operator: 'in' };
    const lead = new OneLead(segment('base', [isGerman]), segment('s', [inBase]));
    lead.act(1, 'pinned', 'base');
    const { outbox } = lead.act(2, 'lifted', 'base');
    expect(outbox.transitions).toMatchObject([{ segmentId: 'base' }, { segmentId: 's', reason: 'rules' }]);
    expect([lead.isIn('base'), lead.isIn()]).toEqual([false, false]);
  });

  test('knows again when its rules flip by time', () => {
    const trial = { type: 'lead_metadata', field: 'trial', operator: 'in_last_days', value: 1 };
    const lead = new OneLead(segment('s', [trial]));
    lead.act(1, 'excluded');
    lead.profile(2, { trial: iso(2) });
    expect(lead.document.dueAt).toBeUndefined();
    lead.act(3, 'lifted');
    expect(lead.isIn()).toBe(true);
    lead.decide(lead.document.dueAt ?? 0, {});
    expect(lead.transitions.at(-1)).toMatchObject({ sequence: 2, reason: 'time_passed', source: 'rules' });
  });

  test('asks for raw events that the document does not keep', () => {
    const saved = segment('s', [sawPricing], { conditions: [{ id: '1.0', backfilledN: 0 }] });
    const lead = new OneLead(saved);
    const excluded = { id: 'act_x', kind: 'excluded', at: at(1), author: 'ada' } as const;
    const document = { ...lead.document, eventTypes: ['Page View'], manualChanges: { s: excluded } };
    const { catalog } = lead;
    const command = { id: 'act_lift', kind: 'lifted', segmentId: 's', author: 'ada' } as const;
    const decision = decide({ document, catalog, now: at(2), changes: [], accounts: new Map(), command });
    expect(decision.missing).toHaveLength(1);
  });
});

describe('a lead removed manually', () => {
  test('stays out while the rules say yes, until something they read comes in that differs', () => {
    const lead = new OneLead(segment('s', [{ ...isGerman, operator: 'in', value: ['DE', 'AT'] }]));
    lead.profile(0, { country: 'DE' });
    lead.act(1, 'removed');
    lead.profile(2, { city: 'Berlin' });
    lead.profile(3, { country: 'DE' });
    expect(lead.isIn()).toBe(false);
    lead.profile(4, { country: 'AT' });
    expect([lead.isIn(), lead.source()]).toEqual([true, 'rules']);
  });
});

describe('a pin and an exclusion', () => {
  test.each([
    ['pinned', true],
    ['excluded', false],
  ] as const)('%s wins over changes, saves, recalculations and time', (kind, isIn) => {
    const trial = { type: 'lead_metadata', field: 'trial', operator: 'in_last_days', value: 1 };
    const lead = new OneLead(segment('s', [isGerman, trial], { match: 'any' }));
    lead.act(1, kind);
    for (const country of ['FR', 'DE', 'FR', 'DE']) lead.profile(2, { country });
    lead.profile(3, { trial: iso(3), country: isIn ? 'FR' : 'DE' });
    lead.decide(at(5), { recalculate: { requestedAt: new Map([['s', at(4)]]) } });
    const save = { savedInCatalog: 2, savedAt: iso(6), match: 'any' } as const;
    lead.catalog = compileCatalog(2, [segment('s', [isGerman, trial], save)], context);
    lead.decide(at(3_000), { isDue: true });
    expect(lead.isIn()).toBe(isIn);
    expect(lead.transitions.length).toBe(isIn ? 1 : 0);
  });

  test('adding manually lifts either: then the rules decide again', () => {
    const pinned = new OneLead(segment('s', [isGerman]));
    pinned.act(1, 'pinned');
    const lifted = pinned.act(2, 'added');
    expect(lifted).toMatchObject({ changed: true, outbox: { transitions: [], changedRows: ['s'] } });
    expect(pinned.source()).toBe('manual');
    pinned.profile(3, { country: 'FR' });
    expect(pinned.isIn()).toBe(false);

    const excluded = new OneLead(segment('s', [isGerman]));
    excluded.act(1, 'excluded');
    expect(excluded.act(2, 'added').manualResult).toEqual({ wasMember: false, wasExcluded: true, isDone: true });
    expect(excluded.isIn()).toBe(true);
  });

  test('pinning a member changes how it is one, without a transition', () => {
    const lead = new OneLead(segment('s', [isGerman]));
    lead.profile(0, { country: 'DE' });
    const { outbox, manualResult } = lead.act(1, 'pinned');
    expect(manualResult).toEqual({ wasMember: true, wasExcluded: false, isDone: true });
    expect(outbox).toEqual({ transitions: [], changedRows: ['s'] });
    expect(lead.source()).toBe('pinned');
  });

  test('excluding a member takes it out', () => {
    const lead = new OneLead(segment('s', [isGerman]));
    lead.profile(0, { country: 'DE' });
    lead.act(1, 'excluded');
    expect(lead.transitions.at(-1)).toMatchObject({ sequence: 2, reason: 'excluded' });
  });
});

test('what saving would do follows pins, exclusions, additions and removals', () => {
  const added = new OneLead(segment('s', []));
  added.act(1, 'added');
  const pinned = new OneLead(segment('s', []));
  pinned.act(1, 'pinned');
  const excluded = new OneLead(segment('s', []));
  excluded.act(1, 'excluded');
  const after = ({ document }: OneLead, rulesHold: boolean, hasRules: boolean) =>
    memberAfterEvaluation(document, 's', rulesHold, hasRules);
  expect([after(added, false, true), after(added, true, true), after(added, false, false)]).toEqual([
    false,
    true,
    true,
  ]);
  expect([after(pinned, false, true), after(excluded, true, true)]).toEqual([true, false]);
});

describe('a deleted lead', () => {
  const lead = () => {
    const one = new OneLead(
      segment('s', [isGerman]),
      segment('anyone', [{ type: 'lead_metadata', field: 'country', operator: 'not_equals', value: 'US' }]),
      segment('frozen', [isGerman], { active: false }),
    );
    one.profile(-1, { country: 'US' });
    one.profile(0, { country: 'DE', name: 'Ada' });
    one.document = {
      ...one.document,
      memberships: { ...one.document.memberships, frozen: { ...one.document.memberships.s!, sequence: 3 } },
      accountLink: ['acme', at(0)],
      eventTypes: ['Page View'],
    };
    return one;
  };

  test('exits every segment, frozen ones unheard, and leaves no personal data', () => {
    const one = lead();
    const { outbox } = one.decide(at(5), { deletes: true });
    expect(outbox).toMatchObject({
      transitions: [
        { segmentId: 's', sequence: 2, reason: 'lead_deleted' },
        { segmentId: 'anyone', sequence: 2, reason: 'lead_deleted' },
        { segmentId: 'frozen', sequence: 4, silent: true },
      ],
      deleted: { accountId: 'acme', eventTypes: ['Page View'] },
    });
    expect(outbox.transitions[0]).not.toHaveProperty('silent');
    expect(one.document).toMatchObject({ deletedAt: at(5), isDeleted: true, attributes: {}, eventTypes: [] });
    expect(JSON.stringify(one.document)).not.toMatch(/Ada|DE|acme/);
  });

  test('stays deleted: late changes, due moments, saves, manual changes and another deletion change nothing', () => {
    const one = lead();
    one.decide(at(5), { deletes: true });
    const before = one.document;
    one.profile(4, { country: 'DE' });
    one.event(5, 'e1', '/pricing');
    one.decide(at(6), { isDue: true });
    one.decide(at(6), { deletes: true });
    one.catalog = compileCatalog(2, [segment('s', [], { savedInCatalog: 2 })], context);
    one.decide(at(7), { recalculate: { requestedAt: new Map([['s', at(7)]]) } });
    expect(one.act(8, 'pinned').manualResult).toEqual({ refused: 'unknown_lead' });
    expect(one.document).toBe(before);
  });

  test('comes back with what happens later, and only with that; its transitions go on in number', () => {
    const one = lead();
    one.decide(at(5), { deletes: true });
    one.profile(9, { city: 'Bonn' });
    expect(one.document).not.toHaveProperty('isDeleted');
    expect(one.document.attributes).toEqual({ city: 'Bonn' });
    expect([one.isIn('s'), one.isIn('anyone')]).toEqual([false, true]);
    expect(one.document.memberships.anyone?.sequence).toBe(3);
    one.profile(4, { country: 'DE' });
    expect(one.isIn('s')).toBe(false);
  });

  test('does not come back by a change from the future that was known before', () => {
    const one = lead();
    const message = { leadId: 'l1', occurredAt: iso(600), engagementLevel: 'Hot' };
    const change: LeadChange = { kind: 'level_change', ...levelChangeSchema.parse(message) };
    one.decide(at(1), { changes: [change] });
    one.decide(at(5), { deletes: true });
    one.decide(at(6), { changes: [change] });
    expect(one.document.isDeleted).toBe(true);
  });

  test('nor by an event from the future that no rule counts, whose raw event goes, too', () => {
    const one = lead();
    const message = { leadId: 'l1', eventId: 'e1', eventType: 'Page View', occurredAt: iso(600) };
    const event: LeadChange = { kind: 'lead_event', ...leadEventSchema.parse(message) };
    one.decide(at(1), { changes: [event] });
    one.decide(at(5), { deletes: true });
    expect(one.document.deletedAt).toBe(at(600));
    one.decide(at(6), { changes: [event] });
    expect(one.document.isDeleted).toBe(true);
  });
});
