import { describe, expect, test } from 'vitest';
import { Chance } from '../../oracle/chance.ts';
import { day, randomValue } from '../../oracle/random-values.ts';
import { randomChange, randomRule } from '../../oracle/random-world.ts';
import { type Catalog, changeCatalog, compileCatalog } from '../../shared/catalog/catalog.ts';
import type { Segment } from '../../shared/catalog/segment.ts';
import { type LeadChange, levelChangeSchema, profileChangeSchema } from '../../shared/lead/change.ts';
import { noEvents } from '../../shared/lead/event-order.ts';
import { type LeadDocument, unknownLead } from '../../shared/lead/lead-document.ts';
import { mergeChanges, type ReadAccount } from '../../shared/lead/merge-changes.ts';
import type { Subject } from '../../shared/matcher/evaluation.ts';
import { segmentsThatMayFlip } from '../../shared/matcher/matcher.ts';
import { type Rule, rulesInputSchema } from '../../shared/rule/rule.ts';
import type { Value } from '../../shared/rule/value.ts';
import { defaultLevels } from '../../shared/vocabulary/levels.ts';

const context = { levels: defaultLevels, eventRetentionDays: 400 };
const now = Date.parse('2026-03-10T12:00:00Z');

function segmentOf(id: string, match: Segment['match'], rules: readonly Rule[], active = true): Segment {
  const savedAt = '2026-03-10T00:00:00.000Z';
  const saved = { savedInCatalog: 1, savedAt, silent: false, createdAt: savedAt, updatedAt: savedAt };
  return { id, name: id, description: '', active, match, rules, revision: 1, conditions: [], ...saved };
}

/** A lead without events: what events do to segments is not the matcher's. */
function subjectOf(document: LeadDocument, at = now): Subject {
  return {
    document,
    now: at,
    events: () => noEvents,
    eventsFlipAt: () => Number.POSITIVE_INFINITY,
    isMemberOf: () => false,
  };
}

function randomSegment(chance: Chance, id: string): Segment {
  const rules = rulesInputSchema.parse(chance.some(4, () => randomRule(chance, now, [])));
  return segmentOf(id, chance.oneOf(['all', 'any'] as const), rules, chance.is(0.9));
}

function randomAccounts(chance: Chance, version: number): Map<string, ReadAccount> {
  const cause = { kind: 'account_change', occurredAt: '2026-03-01T00:00:00.000Z' } as const;
  const accountOf = (accountId: string): ReadAccount => {
    const attributes = Object.fromEntries(
      chance.some(2, () => [chance.oneOf(['a', 'b', 'c']), randomValue(chance, now)]),
    );
    const accountLevel = chance.oneOf(['Standard', 'Target', 'Odd']);
    return { accountId, version, attributes: attributes as Record<string, Value>, cause, accountLevel };
  };
  return new Map(['acc1', 'acc2', 'acc3'].map((id) => [id, accountOf(id)]));
}

function randomLeadChange(chance: Chance, serial: number): LeadChange[] {
  const { queue, message } = randomChange(chance, now, ['l1'], serial);
  if (queue === 'profile') return [{ kind: 'profile_change', ...profileChangeSchema.parse(message) }];
  return queue === 'level' ? [{ kind: 'level_change', ...levelChangeSchema.parse(message) }] : [];
}

/** Every segment that changes hands, or its next moment, must be among those that may flip. */
function expectNoneMissed(
  catalog: Catalog,
  before: LeadDocument,
  changes: LeadChange[],
  accounts: Map<string, ReadAccount>,
) {
  const { document: after, touched } = mergeChanges(before, changes, accounts);
  const flips = new Map(
    segmentsThatMayFlip(catalog.matcher, before, after, touched.keys()).map(({ segmentId, holds }) => [
      segmentId,
      holds,
    ]),
  );
  for (const [id, segment] of catalog.active) {
    const holdsNow = segment.holds(subjectOf(after));
    if (segment.holds(subjectOf(before)) !== holdsNow) {
      expect({ rules: segment.segment.rules, found: flips.has(id) }).toMatchObject({ found: true });
    }
    const isEarlier = segment.nextFlipAt(subjectOf(after)) < segment.nextFlipAt(subjectOf(before));
    if (isEarlier) expect({ rules: segment.segment.rules, timed: flips.has(id) }).toMatchObject({ timed: true });
    const told = flips.get(id);
    if (told !== undefined) expect({ rules: segment.segment.rules, told }).toMatchObject({ told: holdsNow });
  }
  for (const id of flips.keys()) expect(catalog.active.has(id)).toBe(true);
  return after;
}

const seeds = Array.from({ length: Number(process.env.MATCHER_SEEDS ?? 150) }, (_, index) => [index + 1]);

describe('the segments that a change may flip', () => {
  test.each(seeds)('miss none that evaluating all of them finds: seed %i', (seed) => {
    const chance = new Chance(seed);
    let catalog = compileCatalog(
      1,
      Array.from({ length: 40 }, (_, index) => randomSegment(chance, `seg_${index}`)),
      context,
    );
    let document: LeadDocument = unknownLead('l1');
    for (let step = 0; step < 30; step++) {
      const changes = chance.some(3, () => randomLeadChange(chance, step)).flat();
      document = expectNoneMissed(catalog, document, changes, randomAccounts(chance, step + 1));
      if (chance.is(0.3)) {
        const saved = chance.some(3, () => randomSegment(chance, `seg_${chance.below(50)}`));
        const distinct = [...new Map(saved.map((segment) => [segment.id, segment])).values()];
        const deleted = [...catalog.known.keys()].filter(
          (id) => chance.is(0.1) && !distinct.some((one) => one.id === id),
        );
        catalog = changeCatalog(catalog, catalog.version + 1, { saved: distinct, deleted });
      }
    }
  });

  test('are none when nothing was touched, or nobody reads what was', () => {
    const catalog = compileCatalog(
      1,
      [segmentOf('seg_1', 'all', [{ type: 'lead_metadata', field: 'a', operator: 'equals', value: 'x' }])],
      context,
    );
    const before = unknownLead('l1');
    const change = (attributes: Record<string, Value>): LeadChange[] => [
      { kind: 'profile_change', leadId: 'l1', occurredAt: now, attributes },
    ];
    const flipsOf = (attributes: Record<string, Value>) => {
      const { document, touched } = mergeChanges(before, change(attributes), new Map());
      return segmentsThatMayFlip(catalog.matcher, before, document, touched.keys());
    };
    expect(segmentsThatMayFlip(catalog.matcher, before, before, [])).toEqual([]);
    expect(flipsOf({ b: 'x' })).toEqual([]);
    expect(flipsOf({ a: 'y' })).toEqual([]);
    expect(flipsOf({ a: 'X' }).map(({ segmentId }) => segmentId)).toEqual(['seg_1']);
  });

  test('of 300 flat segments are exactly those that flip, over changes and removals', () => {
    const chance = new Chance(7);
    const fields = ['a', 'b', 'c', 'd'];
    const flat = (id: string): Segment => {
      const rules = chance.some(3, (): Rule => {
        const operator = chance.oneOf(['equals', 'not_equals'] as const);
        return { type: 'lead_metadata', field: chance.oneOf(fields), operator, value: chance.oneOf(['x', 'y', 'z']) };
      });
      return segmentOf(id, chance.oneOf(['all', 'any'] as const), rules);
    };
    const many = (count: number) => Array.from({ length: count }, (_, index) => flat(`seg_${index}`));
    // Rare fields: places whose sets of conjunctions are shorter, and one as long as all.
    const rare = (id: string, field: string) =>
      segmentOf(id, 'all', [
        { type: 'lead_metadata', field, operator: 'equals', value: 'x' },
        { type: 'lead_metadata', field: 'a', operator: 'not_equals', value: 'z' },
      ]);
    let catalog = compileCatalog(1, [rare('first', 'e'), ...many(300), rare('last', 'f')], context);
    const world = () =>
      Object.fromEntries([...fields, 'e', 'f'].map((field) => [field, chance.oneOf(['x', 'y', 'z', 'w'])]));
    let before: LeadDocument = { ...unknownLead('l1'), attributes: world() };
    const holding = (document: LeadDocument) =>
      new Map([...catalog.active].map(([id, segment]) => [id, segment.holds(subjectOf(document))]));
    for (let step = 0; step < 24; step++) {
      if (step === 8) catalog = changeCatalog(catalog, 2, { saved: many(150), deleted: [] });
      if (step === 16)
        catalog = changeCatalog(catalog, 3, { saved: [], deleted: [...catalog.known.keys()].slice(0, 250) });
      const changed = Object.entries(world()).filter(() => chance.is(0.4));
      const after = { ...before, attributes: { ...before.attributes, ...Object.fromEntries(changed) } };
      const touched = changed.map(([field]) => `lead:${field}`);
      const held = holding(before);
      const expected = [...holding(after)].filter(([id, holds]) => held.get(id) !== holds);
      const found = segmentsThatMayFlip(catalog.matcher, before, after, touched);
      expect(new Map(found.map(({ segmentId, holds }) => [segmentId, holds]))).toEqual(new Map(expected));
      expect(found).toHaveLength(expected.length);
      before = after;
    }
  });

  test('are ruled out by places of few conjunctions and of many', () => {
    const is = (field: string, value: string): Rule => ({ type: 'lead_metadata', field, operator: 'equals', value });
    const catalog = compileCatalog(
      1,
      [
        segmentOf('first', 'all', [is('e', 'x'), is('a', 'new')]),
        ...Array.from({ length: 300 }, (_, serial) => segmentOf(`seg_${serial}`, 'all', [is('a', `${serial}`)])),
        segmentOf('last', 'all', [is('f', 'x'), is('a', 'new')]),
      ],
      context,
    );
    const flipsOf = (e: string, f: string) => {
      const [before, after] = ['old', 'new'].map((a) => ({ ...unknownLead('l1'), attributes: { a, e, f } }));
      return segmentsThatMayFlip(catalog.matcher, before!, after!, ['lead:a']).map(({ segmentId }) => segmentId);
    };
    expect(flipsOf('x', 'y')).toEqual(['first']);
    expect(flipsOf('y', 'x')).toEqual(['last']);
    expect(flipsOf('y', 'y')).toEqual([]);
    expect(flipsOf('x', 'x')).toEqual(['first', 'last']);
  });

  test('are the same ones among more segments than any question before had room for', () => {
    const isNumber = (serial: number) =>
      segmentOf(`seg_${serial}`, 'all', [{ type: 'lead_metadata', field: 'a', operator: 'equals', value: serial }]);
    const catalog = compileCatalog(
      1,
      Array.from({ length: 1_100 }, (_, serial) => isNumber(serial)),
      context,
    );
    const numbered = (a: number): LeadDocument => ({ ...unknownLead('l1'), attributes: { a } });
    for (const [from, to] of [
      [0, 1_099],
      [1_099, 512],
      [512, 5_000],
    ] as const) {
      const flips = segmentsThatMayFlip(catalog.matcher, numbered(from), numbered(to), ['lead:a']);
      const known = [
        { segmentId: `seg_${from}`, holds: false },
        { segmentId: `seg_${to}`, holds: true },
      ];
      expect(new Set(flips)).toEqual(new Set(known.filter(({ segmentId }) => catalog.active.has(segmentId))));
    }
  });

  test('include one whose moment only comes nearer', () => {
    const rule: Rule = { type: 'lead_metadata', field: 'seen', operator: 'in_last_days', value: 30 };
    const catalog = compileCatalog(1, [segmentOf('seg_1', 'all', [rule])], context);
    const seen = (daysAgo: number, occurredAt: number): LeadChange[] => [
      {
        kind: 'profile_change',
        leadId: 'l1',
        occurredAt,
        attributes: { seen: new Date(now - daysAgo * day).toISOString() },
      },
    ];
    const today = mergeChanges(unknownLead('l1'), seen(0, now - 2), new Map()).document;
    expectNoneMissed(catalog, today, seen(29, now - 1), new Map());
  });
});
