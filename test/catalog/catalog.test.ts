import { describe, expect, test } from 'vitest';
import { changeCatalog, compileCatalog } from '../../shared/catalog/catalog.ts';
import type { Segment } from '../../shared/catalog/segment.ts';
import { newestFirst } from '../../shared/lead/event-order.ts';
import { type LeadDocument, unknownLead } from '../../shared/lead/lead-document.ts';
import type { Subject } from '../../shared/matcher/evaluation.ts';
import { segmentsThatMayFlip } from '../../shared/matcher/matcher.ts';
import type { Rule } from '../../shared/rule/rule.ts';
import { defaultLevels } from '../../shared/vocabulary/levels.ts';

const context = { levels: defaultLevels, eventRetentionDays: 400 };
const now = Date.parse('2026-03-10T12:00:00Z');

function segmentOf(id: string, match: Segment['match'], rules: readonly Rule[], active = true): Segment {
  const savedAt = '2026-03-10T00:00:00.000Z';
  const saved = { savedInCatalog: 1, savedAt, silent: false, createdAt: savedAt, updatedAt: savedAt };
  return { id, name: id, description: '', active, match, rules, revision: 1, conditions: [], ...saved };
}

const subjectOf = (document: Partial<LeadDocument>): Subject => ({
  document: { ...unknownLead('l1'), ...document },
  now,
  events: () => newestFirst([[now, 'e1']]),
  eventsFlipAt: () => Number.POSITIVE_INFINITY,
  isMemberOf: () => false,
});

describe('a catalog', () => {
  const refers = (segmentId: string): Rule => ({ type: 'segment', segmentId, operator: 'in' });
  const isHot: Rule = { type: 'engagement_level', operator: 'equals', value: 'Hot' };

  test('knows who refers to whom, and how deep', () => {
    const segments = [
      segmentOf('c', 'all', [refers('b'), refers('a')]),
      segmentOf('b', 'any', [{ type: 'group', match: 'none', rules: [refers('a')] }]),
      segmentOf('a', 'all', [isHot]),
    ];
    const { depths, referrers } = compileCatalog(1, segments, context);
    expect(['a', 'b', 'c'].map((id) => depths.get(id) ?? 0)).toEqual([0, 1, 2]);
    expect(referrers.get('a')?.map(({ segment }) => segment.id)).toEqual(['c', 'b']);
  });

  test('cuts a cycle that should not be there', () => {
    const segments = [segmentOf('a', 'all', [refers('b')]), segmentOf('b', 'all', [refers('a')])];
    expect(() => compileCatalog(1, segments, context)).not.toThrow();
  });

  test('only evaluates active segments, and still knows the others', () => {
    const catalog = compileCatalog(1, [segmentOf('a', 'all', [isHot], false)], context);
    expect([...catalog.known.keys()]).toEqual(['a']);
    expect(catalog.active.size).toBe(0);
    const changed = changeCatalog(catalog, 2, { saved: [segmentOf('a', 'all', [isHot])], deleted: [] });
    expect([...changed.active.keys()]).toEqual(['a']);
    expect(changeCatalog(changed, 3, { saved: [], deleted: ['a'] }).known.size).toBe(0);
    expect([...catalog.active.keys()]).toEqual([]);
  });

  test('keeps one state per event condition, long enough for every rule that has it', () => {
    const visited = (more: object): Rule =>
      ({ type: 'event_metadata', eventType: 'View', operator: 'exists', ...more }) as Rule;
    const kept = (backfilledN: number) => [{ id: '1.0', backfilledN }];
    const segments = [
      { ...segmentOf('a', 'all', [visited({ times: { atLeast: 2 } })]), conditions: kept(2) },
      { ...segmentOf('b', 'all', [visited({ times: { atMost: 6 }, withinDays: 3 })]), conditions: kept(0) },
    ];
    const { conditions, conditionsOfType } = compileCatalog(1, segments, context);
    expect([...conditions.values()]).toMatchObject([{ id: '1.0', eventType: 'View', n: 7, backfilledN: 2 }]);
    expect(conditionsOfType.get('View')).toHaveLength(1);
  });
});

describe('a compiled segment', () => {
  const visited = (more: object): Rule =>
    ({ type: 'event_metadata', eventType: 'View', operator: 'exists', ...more }) as Rule;
  const compiled = (...rules: Rule[]) =>
    compileCatalog(
      1,
      [{ ...segmentOf('s', 'all', rules), conditions: [{ id: '1.0', backfilledN: 3 }] }],
      context,
    ).active.get('s')!;
  const isEmpty = { operator: 'is_empty' } as const;

  test('reads each slot that its rules read, once', () => {
    const { reads, refersTo } = compiled(
      { type: 'lead_metadata', field: 'a', ...isEmpty },
      { type: 'group', match: 'any', rules: [{ type: 'lead_metadata', field: 'a', operator: 'equals', value: 'x' }] },
      { type: 'account_metadata', field: 'a', ...isEmpty },
      { type: 'engagement_level', ...isEmpty },
      { type: 'profile_level', ...isEmpty },
      { type: 'account_level', ...isEmpty },
      { type: 'segment', segmentId: 't', operator: 'not_in' },
      visited({}),
    );
    expect(reads).toEqual(['lead:a', 'account:a', 'engagement_level', 'profile_level', 'account_level', 'event:1.0']);
    expect([...refersTo]).toEqual(['t']);
  });

  test('names the condition that each of its event rules has', () => {
    const rules = [visited({ times: { atLeast: 4 } }), visited({ field: 'path', operator: 'equals', value: '/a' })];
    const conditions = [
      { id: '1.0', backfilledN: 4 },
      { id: '1.1', backfilledN: 0 },
    ];
    const catalog = compileCatalog(1, [{ ...segmentOf('s', 'all', rules), conditions }], context);
    const segment = catalog.active.get('s')!;
    expect(segment.reads).toEqual(['event:1.0', 'event:1.1']);
    expect(segment.conditions).toMatchObject([
      { id: '1.0', n: 4, backfilledN: 4, eventType: 'View', key: '["View"]' },
      { id: '1.1', n: 1, backfilledN: 0 },
    ]);
    expect(compiled({ type: 'profile_level', ...isEmpty }).conditions).toEqual([]);
  });

  test.each<[Rule, boolean]>([
    [{ type: 'lead_metadata', field: 'a', operator: 'in_last_days', value: 1 }, true],
    [{ type: 'account_metadata', field: 'a', operator: 'equals', value: 1 }, false],
    [{ type: 'profile_level', ...isEmpty }, false],
    [{ type: 'segment', segmentId: 't', operator: 'in' }, false],
    [visited({}), true],
  ])('with %j reads the clock: %j', (rule, expected) => {
    const isHot: Rule = { type: 'engagement_level', operator: 'equals', value: 'Hot' };
    const segments = [segmentOf('s', 'all', [isHot, rule]), segmentOf('u', 'all', [isHot])];
    const catalog = compileCatalog(1, segments, context);
    expect(catalog.active.get('s')!.readsClock).toBe(expected);
    expect(catalog.clockReaders.map(({ segment }) => segment.id)).toEqual(expected ? ['s'] : []);
  });

  test('holds and flips as its rules together do', () => {
    const until: Rule = { type: 'lead_metadata', field: 'a', operator: 'in_next_days', value: 1 };
    const segment = compiled(until, visited({}));
    expect(segment.holds(subjectOf({ attributes: { a: '2026-03-10' } }))).toBe(true);
    expect(segment.holds(subjectOf({ attributes: { a: '2026-03-12' } }))).toBe(false);
    expect(segment.nextFlipAt(subjectOf({ attributes: { a: '2026-03-10' } }))).toBe(Date.parse('2026-03-11T00:00:00Z'));
  });
});

describe('the last save that changes who matches', () => {
  const engagement = { savedInCatalog: 7, savedAt: '2026-03-11T00:00:00.000Z' };
  const account = { savedInCatalog: 9, savedAt: '2026-03-12T00:00:00.000Z' };
  const atLeast = (type: 'engagement_level' | 'profile_level' | 'account_level'): Rule => ({
    type,
    operator: 'at_least',
    value: 'Hot',
  });
  const savedIn = (savedInCatalog: number, rules: Rule[], more: Partial<Segment> = {}) => {
    const segment = { ...segmentOf('s', 'all', rules), savedInCatalog, ...more };
    const levelSaves = { engagement, account };
    return compileCatalog(9, [segment], { ...context, levelSaves }).active.get('s')!;
  };

  test.each<[title: string, savedInCatalog: number, Rule[], last: number]>([
    ['its own, without an order of levels', 3, [{ type: 'engagement_level', operator: 'equals', value: 'Hot' }], 3],
    ['its own, with an order that was never changed', 3, [atLeast('profile_level')], 3],
    ['its own, without levels', 3, [{ type: 'lead_metadata', field: 'a', operator: 'is_empty' }], 3],
    ['its own, after that of the levels', 8, [atLeast('engagement_level')], 8],
    ['that of the levels, after its own', 3, [atLeast('engagement_level')], 7],
    ['of two orders the later', 3, [atLeast('account_level'), atLeast('engagement_level')], 9],
    ['of two orders the later, last', 3, [atLeast('engagement_level'), atLeast('account_level')], 9],
  ])('is %s', (_title, savedInCatalog, rules, last) => {
    const { lastSave, segment } = savedIn(savedInCatalog, rules);
    const saves = [segment, engagement, account];
    expect(lastSave.savedInCatalog).toBe(last);
    expect(saves.filter((save) => save.savedInCatalog === last)).toContain(lastSave);
  });

  test('is its own where no levels were ever changed', () => {
    const catalog = compileCatalog(9, [segmentOf('s', 'all', [atLeast('engagement_level')])], context);
    const { lastSave, segment } = catalog.active.get('s')!;
    expect(lastSave).toBe(segment);
  });

  test.each<[silent: boolean, savedInCatalog: number, since: number, rules: Rule[], expected: boolean]>([
    [true, 5, 4, [], true],
    [true, 5, 5, [], false],
    [false, 5, 4, [], false],
    [true, 8, 6, [atLeast('engagement_level')], false],
    [true, 8, 7, [atLeast('engagement_level')], true],
    [true, 8, 8, [atLeast('engagement_level')], false],
  ])('silent: %j, in %i, asked since %i, with %j: %j', (silent, savedInCatalog, since, rules, expected) => {
    expect(savedIn(savedInCatalog, rules, { silent }).isSilentSince(since)).toBe(expected);
  });
});

test('segments without event rules share the room for none', () => {
  const isHot: Rule = { type: 'engagement_level', operator: 'equals', value: 'Hot' };
  const { active } = compileCatalog(1, [segmentOf('a', 'all', [isHot]), segmentOf('b', 'all', [])], context);
  expect(active.get('a')!.conditions).toEqual([]);
  expect(active.get('a')!.conditions).toBe(active.get('b')!.conditions);
});

describe('a catalog’s matcher', () => {
  test.each([
    ['engagement_level', 'Hot', 'Warm'],
    ['profile_level', 'Okay Fit', 'Poor Fit'],
    ['account_level', 'Target', 'Qualified'],
  ] as const)('goes by the order of each kind of level: %s', (type, bound, below) => {
    const catalog = compileCatalog(1, [segmentOf('s', 'all', [{ type, operator: 'at_least', value: bound }])], context);
    const at = (level: string): LeadDocument => ({
      ...unknownLead('l1'),
      engagementLevel: [level, 1],
      profileLevel: [level, 1],
      account: { accountId: 'a', version: 1, attributes: {}, accountLevel: level },
    });
    expect(segmentsThatMayFlip(catalog.matcher, at(below), at(bound), [type])).toEqual([
      { segmentId: 's', holds: true },
    ]);
  });
});

describe('a catalog after a change', () => {
  const is = (value: string): Rule => ({ type: 'lead_metadata', field: 'a', operator: 'equals', value });
  const flipsOf = (catalog: ReturnType<typeof compileCatalog>) => {
    const { document } = subjectOf({ attributes: { a: 'x' } });
    const flips = segmentsThatMayFlip(catalog.matcher, unknownLead('l1'), document, ['lead:a']);
    return flips.map(({ segmentId }) => segmentId).sort();
  };
  const start = compileCatalog(
    4,
    ['p', 'q', 'r'].map((id) => segmentOf(id, 'all', [is('x')])),
    context,
  );

  test('has the version and what it was compiled against', () => {
    const { version, context: of } = changeCatalog(start, 5, { saved: [], deleted: [] });
    expect([start.version, version, of]).toEqual([4, 5, context]);
  });

  test('has what was saved in place of what was', () => {
    const changed = changeCatalog(start, 5, {
      saved: [segmentOf('p', 'all', [is('y')]), segmentOf('t', 'all', [is('x')])],
      deleted: [],
    });
    expect(changed.active.get('p')!.segment.rules).toEqual([is('y')]);
    expect(changed.known.get('p')!.rules).toEqual([is('y')]);
    expect([...changed.known.keys()].sort()).toEqual(['p', 'q', 'r', 't']);
    expect(flipsOf(changed)).toEqual(['q', 'r', 't']);
    expect(flipsOf(start)).toEqual(['p', 'q', 'r']);
  });

  test('evaluates no more what was deactivated or deleted', () => {
    const changed = changeCatalog(start, 5, {
      saved: [segmentOf('p', 'all', [is('x')], false)],
      deleted: ['q', 'unknown'],
    });
    expect([...changed.known.keys()].sort()).toEqual(['p', 'r']);
    expect([...changed.active.keys()]).toEqual(['r']);
    expect(flipsOf(changed)).toEqual(['r']);
    expect(start.active.size).toBe(3);
  });
});

describe('references', () => {
  const refers = (segmentId: string): Rule => ({ type: 'segment', segmentId, operator: 'in' });
  const isHot: Rule = { type: 'engagement_level', operator: 'equals', value: 'Hot' };

  test('to inactive or unknown segments count, and have nothing below them', () => {
    const segments = [
      segmentOf('a', 'all', [refers('off'), refers('gone')]),
      segmentOf('off', 'all', [refers('b')], false),
      segmentOf('b', 'all', [isHot]),
      segmentOf('c', 'all', [refers('b'), refers('a')]),
    ];
    const { depths, referrers } = compileCatalog(1, segments, context);
    expect([...depths].sort()).toEqual([
      ['a', 1],
      ['c', 2],
    ]);
    expect([...referrers].map(([id, by]) => [id, by.map(({ segment }) => segment.id)])).toEqual([
      ['off', ['a']],
      ['gone', ['a']],
      ['b', ['c']],
      ['a', ['c']],
    ]);
  });

  test('in a cycle are cut where it closes', () => {
    const segments = [segmentOf('a', 'all', [refers('b')]), segmentOf('b', 'all', [refers('a')])];
    expect([...compileCatalog(1, segments, context).depths]).toEqual([
      ['b', 1],
      ['a', 2],
    ]);
  });

  test('along two ways are as deep as the longer one', () => {
    const segments = [
      segmentOf('a', 'all', [refers('b'), refers('d')]),
      segmentOf('b', 'all', [refers('c')]),
      segmentOf('c', 'all', [refers('d')]),
      segmentOf('d', 'all', [isHot]),
      segmentOf('e', 'any', [refers('d'), refers('a')]),
    ];
    const { depths } = compileCatalog(1, segments, context);
    expect(Object.fromEntries(depths)).toEqual({ c: 1, b: 2, a: 3, e: 4 });
  });
});

describe('event conditions of many segments', () => {
  const visited = (more: object): Rule =>
    ({ type: 'event_metadata', eventType: 'View', operator: 'exists', ...more }) as Rule;
  const withConditions = (id: string, rules: Rule[], ...conditions: [string, number][]): Segment => ({
    ...segmentOf(id, 'all', rules),
    conditions: conditions.map(([conditionId, backfilledN]) => ({ id: conditionId, backfilledN })),
  });
  const twice = visited({ times: { atLeast: 2 } });
  const seven = visited({ times: { atLeast: 7 } });
  const called = visited({ eventType: 'Call' });
  const priced = visited({ field: 'path', operator: 'equals', value: '/pricing' });

  test.each<[string, Segment[], object]>([
    [
      'the most needed, first or last',
      [withConditions('a', [seven], ['1.0', 0]), withConditions('b', [twice], ['1.0', 0])],
      { n: 7, backfilledN: 0 },
    ],
    [
      'and the most that was filled',
      [withConditions('a', [twice], ['1.0', 0]), withConditions('b', [seven], ['1.0', 7])],
      { n: 7, backfilledN: 7 },
    ],
    [
      'each from another segment',
      [withConditions('a', [seven], ['1.0', 0]), withConditions('b', [twice], ['1.0', 2])],
      { n: 7, backfilledN: 2 },
    ],
    [
      'each from another segment, the other way round',
      [withConditions('a', [twice], ['1.0', 2]), withConditions('b', [seven], ['1.0', 0])],
      { n: 7, backfilledN: 2 },
    ],
  ])('are joined: %s', (_title, segments, expected) => {
    const { conditions } = compileCatalog(1, segments, context);
    expect([...conditions.values()]).toMatchObject([{ id: '1.0', ...expected }]);
  });

  test('are found by id and by type', () => {
    const segments = [
      withConditions(
        'a',
        [twice, called, { type: 'group', match: 'any', rules: [priced] }],
        ['1.0', 0],
        ['1.1', 0],
        ['1.2', 0],
      ),
      withConditions('b', [priced, seven], ['1.2', 0], ['1.0', 0]),
    ];
    const { conditions, conditionIds, conditionsOfType } = compileCatalog(1, segments, context);
    expect([...conditionIds]).toEqual(['1.0', '1.1', '1.2']);
    expect(conditions.get('["Call"]')).toMatchObject({ id: '1.1', eventType: 'Call' });
    const byType = [...conditionsOfType].map(([type, of]) => [type, of.map(({ id }) => id)]);
    expect(byType).toEqual([
      ['View', ['1.0', '1.2']],
      ['Call', ['1.1']],
    ]);
  });
});
