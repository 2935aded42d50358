import { describe, expect, test } from 'vitest';
import { unknownLead } from '../../shared/lead/lead-document.ts';
import { changeMatcher, type MatchedRules } from '../../shared/matcher/change-matcher.ts';
import { emptyMatcher, type Matcher, segmentsThatMayFlip } from '../../shared/matcher/matcher.ts';
import type { LeafRule, Rule } from '../../shared/rule/rule.ts';
import type { Value } from '../../shared/rule/value.ts';

const slotOf = (rule: LeafRule) => {
  if (rule.type === 'segment') return undefined;
  if (rule.type === 'event_metadata') return `event:${rule.eventType}`;
  return 'field' in rule ? `lead:${rule.field}` : rule.type;
};
const levelsOf = () => ['Cold', 'Hot'];
const matched = (segmentId: string, match: 'all' | 'any', ...rules: Rule[]): MatchedRules => ({
  segmentId,
  match,
  rules,
  slotOf,
  levelsOf,
});
const is = (field: string, value: unknown, operator: 'equals' | 'not_equals' | 'contains' = 'equals'): Rule => ({
  type: 'lead_metadata',
  field,
  operator,
  value,
});
const viewed: Rule = { type: 'event_metadata', eventType: 'View', operator: 'exists' };
const recent: Rule = { type: 'lead_metadata', field: 'a', operator: 'in_last_days', value: 3 };
const member: Rule = { type: 'segment', segmentId: 's', operator: 'in' };
const grouped = (...rules: Rule[]): Rule => ({ type: 'group', match: 'any', rules });

const lead = (attributes: Record<string, Value>) => ({ ...unknownLead('l1'), attributes });
const flips = (matcher: Matcher, before: Record<string, Value>, after: Record<string, Value>, slots?: string[]) => {
  const touched = slots ?? Object.keys({ ...before, ...after }).map((name) => `lead:${name}`);
  const found = segmentsThatMayFlip(matcher, lead(before), lead(after), touched);
  return found.map(({ segmentId, holds }) => `${segmentId} ${holds}`).sort();
};
const matcherOf = (...added: MatchedRules[]) => changeMatcher(emptyMatcher, [], added);
const placeOf = (matcher: Matcher, slot: string) => matcher.places[matcher.placeBySlot.get(slot)!]!;

describe('a segment with a flat list of comparisons is told exactly', () => {
  test('all of them', () => {
    const matcher = matcherOf(matched('s', 'all', is('a', 'x'), is('b', 'y', 'not_equals')));
    expect(flips(matcher, {}, { a: 'x' })).toEqual(['s true']);
    expect(flips(matcher, { a: 'x' }, { a: 'z' })).toEqual(['s false']);
    expect(flips(matcher, { a: 'x' }, { a: 'x', b: 'y' })).toEqual(['s false']);
    expect(flips(matcher, { b: 'y' }, { a: 'x', b: 'z' })).toEqual(['s true']);
    expect(flips(matcher, { b: 'y' }, { a: 'x', b: 'y' })).toEqual([]);
    expect(flips(matcher, { b: 'y' }, { a: 'x', b: 'y' }, ['lead:a'])).toEqual([]);
    expect(flips(matcher, { a: 'x' }, { a: ' X ' })).toEqual([]);
  });

  test('any of them', () => {
    const matcher = matcherOf(matched('s', 'any', is('a', 'x'), is('b', 'y', 'not_equals')));
    expect(flips(matcher, { b: 'y' }, { b: 'z' })).toEqual(['s true']);
    expect(flips(matcher, { b: 'y' }, { a: 'x', b: 'y' })).toEqual(['s true']);
    expect(flips(matcher, { a: 'x', b: 'y' }, { b: 'y' })).toEqual(['s false']);
    expect(flips(matcher, { a: 'x' }, { a: 'x', b: 'y' })).toEqual([]);
    expect(flips(matcher, { a: 'x', b: 'y' }, { a: 'x' }, ['lead:b'])).toEqual([]);
  });

  test('with levels in their order', () => {
    const hot: Rule = { type: 'engagement_level', operator: 'at_least', value: 'Hot' };
    const matcher = matcherOf(matched('s', 'all', hot));
    const [before, after] = [unknownLead('l1'), { ...unknownLead('l1'), engagementLevel: ['hot', 1] as const }];
    expect(segmentsThatMayFlip(matcher, before, after, ['engagement_level'])).toEqual([
      { segmentId: 's', holds: true },
    ]);
  });
});

describe('a segment of any other shape is named, to be evaluated', () => {
  test('with a group: when one of its comparisons changes its answer', () => {
    const matcher = matcherOf(matched('s', 'all', is('a', 'x'), grouped(is('b', 'y'), is('b', 'z'))));
    expect(flips(matcher, {}, { a: 'x' })).toEqual(['s undefined']);
    expect(flips(matcher, { b: 'y' }, { b: 'w' })).toEqual(['s undefined']);
    expect(flips(matcher, { b: 'y' }, { b: 'z' })).toEqual(['s undefined', 's undefined']);
    expect(flips(matcher, { a: 'v', b: 'v' }, { a: 'w', b: 'w' })).toEqual([]);
  });

  test('with events or the clock: whenever what it reads is touched, once', () => {
    const matcher = matcherOf(
      matched('events', 'all', viewed, viewed, is('a', 'x')),
      matched('clock', 'any', recent, recent),
      matched('both', 'any', recent, is('a', 'x')),
    );
    expect(flips(matcher, {}, {}, ['event:View'])).toEqual(['events undefined']);
    expect(flips(matcher, { a: 'v' }, { a: 'w' })).toEqual(['both undefined', 'clock undefined']);
    expect(flips(matcher, { a: 'v' }, { a: 'x' })).toEqual([
      'both undefined',
      'both undefined',
      'clock undefined',
      'events undefined',
    ]);
  });

  test('with a reference: for its other rules; for nothing without any', () => {
    const matcher = matcherOf(matched('s', 'all', member, is('a', 'x')), matched('t', 'all', member));
    expect(flips(matcher, {}, { a: 'x' })).toEqual(['s undefined']);
    expect(matcher.placesBySegment.get('s')).toHaveLength(1);
    expect(matcher.placesBySegment.get('t')).toEqual([]);
    expect(matcher.conjunctions).toEqual([]);
  });

  test('without rules: never, and takes no room', () => {
    const matcher = matcherOf(matched('s', 'all'), matched('t', 'any'));
    expect([matcher.places, matcher.conjunctions, [...matcher.placesBySegment]]).toEqual([[], [], []]);
  });
});

describe('after a change', () => {
  const start = matcherOf(
    matched('flat', 'all', is('a', 'x'), is('b', 'y')),
    matched('other', 'any', is('a', 'x', 'not_equals'), is('a', 'z')),
    matched('shaped', 'all', grouped(is('a', 'x'), recent)),
  );
  const every = ['flat', 'other', 'shaped'];

  test('what was removed is never named, what stayed still is', () => {
    const before = { b: 'y' };
    const after = { a: 'x', b: 'y' };
    expect(flips(start, before, after)).toEqual(['flat true', 'other false', 'shaped undefined', 'shaped undefined']);
    const left = (...removed: string[]) => flips(changeMatcher(start, removed, []), before, after);
    expect(left('flat')).toEqual(['other false', 'shaped undefined', 'shaped undefined']);
    expect(left('other')).toEqual(['flat true', 'shaped undefined', 'shaped undefined']);
    expect(left('shaped')).toEqual(['flat true', 'other false']);
    expect(left(...every)).toEqual([]);
    expect(left('unknown')).toEqual(flips(start, before, after));
    expect(flips(start, before, after)).toHaveLength(4);
  });

  test('a place without rules keeps nothing of them, and is no longer asked', () => {
    const empty = changeMatcher(start, every, []);
    expect(empty.byUse).toEqual([]);
    expect(empty.conjunctions.every((conjunction) => conjunction === undefined)).toBe(true);
    expect([empty.placesBySegment.size, empty.conjunctionBySegment.size]).toEqual([0, 0]);
    for (const place of empty.places) {
      expect(place).toMatchObject({ useCount: 0, hasShapedUses: false, readers: [] });
      expect(place.predicates.filter((predicate) => predicate)).toEqual([]);
      expect([place.uses, place.negatedUses, place.shapedUses].flat(2)).toEqual([]);
    }
  });

  test('room that became free is used again', () => {
    let matcher = start;
    const more = matched('more', 'all', is('a', 'w'), is('b', 'w'));
    for (let time = 0; time < 5; time++) {
      matcher = changeMatcher(matcher, ['flat', 'more'], [matched('flat', 'all', is('a', `x${time}`), is('b', 'y'))]);
      matcher = changeMatcher(matcher, ['other'], [more, matched('other', 'any', is('a', `z${time}`))]);
    }
    expect(matcher.places).toHaveLength(2);
    expect(matcher.conjunctions).toHaveLength(3);
    expect(placeOf(matcher, 'lead:a').predicates).toHaveLength(4);
    expect(flips(matcher, { b: 'y' }, { a: 'x4', b: 'y' })).toEqual(['flat true', 'shaped undefined']);
    expect(flips(matcher, {}, { a: 'z4' })).toEqual(['other true', 'shaped undefined']);
    expect(flips(matcher, { a: 'w' }, { a: 'w', b: 'w' }, ['lead:b'])).toEqual(['more true']);
  });

  test('room that a segment of any shape had is used again, the first too', () => {
    const again = changeMatcher(
      start,
      ['flat', 'other', 'shaped'],
      [matched('new', 'all', is('a', 'new')), matched('newer', 'any', is('a', 'x'))],
    );
    expect(again.conjunctions).toHaveLength(2);
    expect(placeOf(again, 'lead:a').predicates.map((predicate) => `${predicate?.operator} ${predicate?.key}`)).toEqual([
      'equals new',
      'equals x',
    ]);
    expect(flips(again, { a: 'new' }, { a: 'x' })).toEqual(['new false', 'newer true']);
  });

  test('of nothing it is the same', () => {
    expect(changeMatcher(emptyMatcher, [], [])).toEqual(emptyMatcher);
    expect(changeMatcher(start, [], [])).toEqual(start);
  });

  test('the matcher before it is as it was', () => {
    const told = () => [
      flips(start, {}, { a: 'x', b: 'y' }),
      start.places.length,
      start.conjunctions.length,
      [...start.placesBySegment.keys(), ...start.conjunctionBySegment.keys(), ...start.placeBySlot.keys()],
      start.places.map(({ predicates, uses, negatedUses, shapedUses, readers }) =>
        [predicates, uses.flat(), negatedUses.flat(), shapedUses.flat(), readers].map(({ length }) => length),
      ),
    ];
    const before = told();
    changeMatcher(start, every, [matched('flat', 'any', is('c', 'x'), is('a', 'y'), recent, grouped(is('a', 'x')))]);
    changeMatcher(start, [], [matched('new', 'all', is('a', 'x'), is('c', 'x')), matched('newer', 'all', recent)]);
    expect(told()).toEqual(before);
  });

  test('segments that ask the same share one predicate', () => {
    const matcher = changeMatcher(
      start,
      [],
      [
        matched('again', 'all', is('a', 'x'), is('a', 'x', 'contains')),
        matched('opposite', 'all', is('a', 'x', 'not_equals')),
      ],
    );
    expect(
      placeOf(matcher, 'lead:a').predicates.map((predicate) => `${predicate?.operator} ${predicate?.key}`),
    ).toEqual(['equals x', 'equals z', 'contains x']);
    expect(flips(matcher, {}, { a: 'x' })).toContain('again true');
    expect(flips(matcher, {}, { a: 'x' })).toContain('opposite false');
  });
});

test('the most used places are asked first, those without a conjunction not at all', () => {
  const matcher = matcherOf(
    matched('s1', 'all', is('a', 'x'), is('b', 'x')),
    matched('s2', 'all', is('b', 'x', 'not_equals'), is('c', 'x')),
    matched('s3', 'all', is('b', 'z'), is('c', 'x', 'not_equals')),
    matched('s4', 'all', grouped(is('d', 'x'))),
  );
  expect(matcher.byUse.map(({ useCount }) => useCount)).toEqual([3, 2, 1]);
  expect(matcher.byUse[0]).toBe(placeOf(matcher, 'lead:b'));
  expect(placeOf(matcher, 'lead:d')).toMatchObject({ useCount: 0, hasShapedUses: true });
  const { hasShapedUses, negatedUses, shapedUses } = placeOf(matcher, 'lead:a');
  expect(hasShapedUses).toBe(false);
  // What nobody has takes no room.
  expect(negatedUses[0]).toBe(shapedUses[0]);
  expect(placeOf(matcher, 'lead:d').index.classOf('x').violated).toHaveLength(0);
});
