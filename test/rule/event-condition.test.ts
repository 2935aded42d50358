import { describe, expect, test } from 'vitest';
import {
  compileEventCondition,
  eventConditionKey,
  eventsNeeded,
  eventWindowMs,
  timesOf,
} from '../../shared/rule/event-condition.ts';
import type { EventRule } from '../../shared/rule/rule.ts';
import { dayMs } from '../../shared/rule/value.ts';

const now = Date.parse('2026-03-10T12:00:00Z');
const rule = (more: Partial<EventRule> = {}): EventRule => ({
  type: 'event_metadata',
  eventType: 'Page View',
  operator: 'exists',
  ...more,
});
const onPricing = { field: 'path', operator: 'contains', value: '/pricing' } as const;
const forLong = { field: 'seconds', operator: 'greater_than', value: 30 } as const;

describe('an event matches', () => {
  const cases: [title: string, EventRule, yes: object[], no: object[]][] = [
    ['whatever it holds, without a field', rule(), [{}, { path: '/a' }], []],
    ['by its field', rule(onPricing), [{ path: '/pricing' }], [{}, { path: '/a' }, { Path: '/pricing' }]],
    [
      'by its field and every one of `and`',
      rule({ ...onPricing, and: [forLong] }),
      [{ path: '/pricing', seconds: 31 }],
      [{ path: '/pricing', seconds: 30 }, { seconds: 31 }],
    ],
    ['by `and` alone', rule({ and: [forLong] }), [{ seconds: 31 }], [{ seconds: 1 }, {}]],
    [
      'by a field that is not empty, however it is nested',
      rule({ field: 'tags', operator: 'is_not_empty' }),
      [{ tags: ['', 'a'] }, { tags: [['a']] }, { tags: {} }, { tags: 0 }],
      [{ tags: [[]] }, { tags: [['', ' '], []] }, { tags: [null] }, { tags: ' ' }],
    ],
    [
      'by a field that is empty, however it is nested',
      rule({ field: 'tags', operator: 'not_exists' }),
      [{ tags: [[]] }, { tags: [[['']]] }, {}],
      [{ tags: [[], 0] }, { tags: [{}] }],
    ],
    ['by no inherited name', rule({ field: 'constructor', operator: 'is_not_empty' }), [{ constructor: 'x' }], [{}]],
  ];
  test.each(cases)('%s', (_title, of, yes, no) => {
    const condition = compileEventCondition(of);
    expect(condition.eventType).toBe('Page View');
    for (const metadata of yes) expect([metadata, condition.matches({ ...metadata }, now)]).toEqual([metadata, true]);
    for (const metadata of no) expect([metadata, condition.matches({ ...metadata }, now)]).toEqual([metadata, false]);
  });

  test('against the clock, until the nearest of the moments', () => {
    const trial = { field: 'trialEnds', operator: 'in_next_days', value: 3 } as const;
    const sent = { field: 'sent', operator: 'in_last_days', value: 3 } as const;
    const condition = compileEventCondition(rule({ ...onPricing, and: [trial, sent] }));
    const metadata = { path: '/pricing', trialEnds: '2026-03-12T12:00:00Z', sent: '2026-03-09T13:00:00Z' };
    expect(condition.readsClock).toBe(true);
    expect(condition.matches(metadata, now)).toBe(true);
    expect(condition.nextFlipAt(metadata, now)).toBe(Date.parse('2026-03-12T12:00:00.001Z'));
    expect(condition.nextFlipAt(metadata, Date.parse('2026-03-12T12:00:00.001Z'))).toBe(
      Date.parse('2026-03-12T13:00:00.001Z'),
    );
  });

  test('without the clock, for ever', () => {
    for (const of of [rule(), rule(onPricing)]) {
      const condition = compileEventCondition(of);
      expect(condition.readsClock).toBe(false);
      expect(condition.nextFlipAt({ path: '2026-03-09' }, now)).toBe(Number.POSITIVE_INFINITY);
    }
  });
});

describe('the key of a condition', () => {
  const keyOf = (more: Partial<EventRule>) => eventConditionKey(rule(more));

  test('says type, fields, operators and values', () => {
    expect(keyOf({ ...onPricing, and: [forLong] })).toBe(
      '["Page View","[\\"path\\",\\"contains\\",\\"/pricing\\"]","[\\"seconds\\",\\"greater_than\\",30]"]',
    );
    expect(keyOf({})).toBe('["Page View"]');
    expect(keyOf({ field: 'path', operator: 'is_empty' })).toBe('["Page View","[\\"path\\",\\"is_empty\\",null]"]');
  });

  test('is the same in any order of comparisons, window and count', () => {
    const one = keyOf({ ...onPricing, and: [forLong], times: { atLeast: 2 }, withinDays: 3 });
    expect(keyOf({ ...forLong, and: [onPricing] })).toBe(one);
    expect(compileEventCondition(rule({ ...onPricing, and: [forLong] })).key).toBe(one);
  });

  test('is another for another type, field, operator or value', () => {
    const others: Partial<EventRule>[] = [
      { ...onPricing, eventType: 'Page' },
      { ...onPricing, field: 'url' },
      { ...onPricing, operator: 'starts_with' },
      { ...onPricing, value: '/price' },
    ];
    expect(new Set([keyOf(onPricing), keyOf({}), ...others.map(keyOf)]).size).toBe(6);
  });
});

test.each<[Partial<EventRule>, ReturnType<typeof timesOf>, needed: number]>([
  [{}, { atLeast: 1 }, 1],
  [{ operator: 'not_exists' }, { atLeast: 0, atMost: 0 }, 1],
  [{ field: 'path', operator: 'not_exists' }, { atLeast: 1 }, 1],
  [{ times: { atLeast: 3 } }, { atLeast: 3 }, 3],
  [{ times: { atMost: 0 } }, { atLeast: 0, atMost: 0 }, 1],
  [{ times: { atMost: 4 } }, { atLeast: 0, atMost: 4 }, 5],
  [{ times: { atLeast: 2, atMost: 2 } }, { atLeast: 2, atMost: 2 }, 3],
])('%j holds for %j times, which %i of the newest events decide', (more, times, needed) => {
  expect(timesOf(rule(more))).toStrictEqual(times);
  expect(eventsNeeded(rule(more))).toBe(needed);
});

test.each([
  [undefined, 400 * dayMs],
  [0, 0],
  [7, 7 * dayMs],
  [500, 400 * dayMs],
])('within %j days counts for %i ms where events are kept 400 days', (withinDays, windowMs) => {
  expect(eventWindowMs(rule({ withinDays }), 400)).toBe(windowMs);
});
