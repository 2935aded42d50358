import { describe, expect, test } from 'vitest';
import { unknownLead } from '../../shared/lead/lead-document.ts';
import { changeMatcher, type MatchedRules } from '../../shared/matcher/change-matcher.ts';
import { emptyMatcher, type Matcher, segmentsThatMayFlip } from '../../shared/matcher/matcher.ts';
import { useCountOf } from '../../shared/matcher/place.ts';
import { type LeafRule, leafRules, type Rule } from '../../shared/rule/rule.ts';
import type { Value } from '../../shared/rule/value.ts';

const slotOf = (rule: LeafRule) => {
  if (rule.type === 'segment') return undefined;
  if (rule.type === 'event_metadata') return `event:${rule.eventType}`;
  return 'field' in rule ? `lead:${rule.field}` : rule.type;
};
const levels = { engagement: ['Cold', 'Hot'], profile: [], account: [] };
const matched = (segmentId: string, match: 'all' | 'any', ...rules: Rule[]): MatchedRules => ({
  segmentId,
  match,
  rules,
  leaves: leafRules(rules),
  slotOf,
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
const change = (matcher: Matcher, removed: MatchedRules[], added: MatchedRules[] = []) =>
  changeMatcher(matcher, removed, added, levels);
const matcherOf = (...added: MatchedRules[]) => change(emptyMatcher, [], added);
const placeOf = (matcher: Matcher, slot: string) => matcher.placeBySlot.get(slot)!;

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
    expect([...matcher.placeBySlot.keys()]).toEqual(['lead:a']);
    expect(matcher.conjunctions).toEqual([]);
  });

  test('without rules: never, and takes no room', () => {
    const matcher = matcherOf(matched('s', 'all'), matched('t', 'any'));
    expect(matcher).toEqual(emptyMatcher);
  });
});

describe('after a change', () => {
  const flat = matched('flat', 'all', is('a', 'x'), is('b', 'y'));
  const other = matched('other', 'any', is('a', 'x', 'not_equals'), is('a', 'z'));
  const shaped = matched('shaped', 'all', grouped(is('a', 'x'), recent));
  const every = [flat, other, shaped];
  const start = matcherOf(...every);

  test('what was removed is never named, what stayed still is', () => {
    const before = { b: 'y' };
    const after = { a: 'x', b: 'y' };
    expect(flips(start, before, after)).toEqual(['flat true', 'other false', 'shaped undefined', 'shaped undefined']);
    const left = (...removed: MatchedRules[]) => flips(change(start, removed), before, after);
    expect(left(flat)).toEqual(['other false', 'shaped undefined', 'shaped undefined']);
    expect(left(other)).toEqual(['flat true', 'shaped undefined', 'shaped undefined']);
    expect(left(shaped)).toEqual(['flat true', 'other false']);
    expect(left(...every)).toEqual([]);
    expect(left(matched('unknown', 'all', member))).toEqual(flips(start, before, after));
    expect(flips(start, before, after)).toHaveLength(4);
  });

  test('a place without rules keeps nothing of them, and is no longer asked', () => {
    const empty = change(start, every);
    expect(empty.byUse).toEqual([]);
    expect(empty.conjunctions.every((conjunction) => conjunction === undefined)).toBe(true);
    for (const place of empty.placeBySlot.values()) {
      expect(place.predicates.filter((predicate) => predicate)).toEqual([]);
      expect([...place.uses, ...place.negatedUses, ...place.shapedUses, ...place.readers]).toEqual([]);
    }
  });

  test('room that became free is used again', () => {
    let matcher = start;
    const more = matched('more', 'all', is('a', 'w'), is('b', 'w'));
    let [flatNow, otherNow] = [flat, other];
    for (let time = 0; time < 5; time++) {
      const removed = time === 0 ? [flatNow] : [flatNow, more];
      flatNow = matched('flat', 'all', is('a', `x${time}`), is('b', 'y'));
      matcher = change(matcher, removed, [flatNow]);
      const before = otherNow;
      otherNow = matched('other', 'any', is('a', `z${time}`));
      matcher = change(matcher, [before], [more, otherNow]);
    }
    expect(matcher.placeBySlot.size).toBe(2);
    expect(matcher.conjunctions).toHaveLength(3);
    expect(placeOf(matcher, 'lead:a').predicates).toHaveLength(4);
    expect(flips(matcher, { b: 'y' }, { a: 'x4', b: 'y' })).toEqual(['flat true', 'shaped undefined']);
    expect(flips(matcher, {}, { a: 'z4' })).toEqual(['other true', 'shaped undefined']);
    expect(flips(matcher, { a: 'w' }, { a: 'w', b: 'w' }, ['lead:b'])).toEqual(['more true']);
  });

  test('room that a segment of any shape had is used again, the first too', () => {
    const again = change(start, every, [
      matched('new', 'all', is('a', 'new')),
      matched('newer', 'any', is('a', 'x', 'not_equals')),
    ]);
    expect(again.conjunctions).toHaveLength(2);
    expect(
      placeOf(again, 'lead:a').predicates.map((predicate) => `${predicate?.operator} ${predicate?.value}`),
    ).toEqual(['equals new', 'not_equals x']);
    expect(flips(again, { a: 'new' }, { a: 'x' })).toEqual(['new false', 'newer false']);
  });

  test('of nothing it is the same', () => {
    expect(change(emptyMatcher, [])).toEqual(emptyMatcher);
    expect(change(start, [])).toEqual(start);
  });

  test('the matcher before it is as it was', () => {
    const told = () => [
      flips(start, {}, { a: 'x', b: 'y' }),
      start.conjunctions.length,
      [...start.placeBySlot].map(([slot, { predicates, uses, negatedUses, shapedUses, readers }]) => [
        ...[slot, predicates.length, ...uses, ...negatedUses, readers.length],
        [...shapedUses.values()].map(({ length }) => length),
      ]),
    ];
    const before = told();
    change(start, every, [matched('flat', 'any', is('c', 'x'), is('a', 'y'), recent, grouped(is('a', 'x')))]);
    change(start, [], [matched('new', 'all', is('a', 'x'), is('c', 'x')), matched('newer', 'all', recent)]);
    expect(told()).toEqual(before);
  });

  test('segments that ask the same share one predicate', () => {
    const matcher = change(
      start,
      [],
      [
        matched('again', 'all', is('a', 'x'), is('a', 'x', 'contains')),
        matched('opposite', 'all', is('a', 'x', 'not_equals')),
      ],
    );
    expect(
      placeOf(matcher, 'lead:a').predicates.map((predicate) => `${predicate?.operator} ${predicate?.value}`),
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
  expect(matcher.byUse.map(useCountOf)).toEqual([3, 2, 1]);
  expect(matcher.byUse[0]).toBe(placeOf(matcher, 'lead:b'));
  expect(placeOf(matcher, 'lead:d').shapedUses.size).toBe(1);
  expect(placeOf(matcher, 'lead:d').index.classOf('x').violated).toHaveLength(0);
});

test('a changed place goes by the levels of now', () => {
  const hot = matched('s', 'all', { type: 'engagement_level', operator: 'at_least', value: 'Hot' });
  const turned = changeMatcher(matcherOf(hot), [hot], [hot], { ...levels, engagement: ['Hot', 'Cold'] });
  const [before, after] = [unknownLead('l1'), { ...unknownLead('l1'), engagementLevel: ['cold', 1] as const }];
  expect(segmentsThatMayFlip(turned, before, after, ['engagement_level'])).toEqual([{ segmentId: 's', holds: true }]);
});
