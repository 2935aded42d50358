import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  eventConditionsOf,
  referredSegments,
  type SizeAdvice,
  shareOf,
  sizeAdvice,
} from '../../shared/catalog/segment.ts';
import type { Rule } from '../../shared/rule/rule.ts';

describe('advice on size', () => {
  test.each<[number, number, SizeAdvice]>([
    [0, 0, 'none'],
    [0, 1_000, 'none'],
    [1, 1, 'too_broad'],
    [2, 3, 'too_broad'],
    [501, 1_000, 'too_broad'],
    [500, 1_000, 'broad'],
    [201, 1_000, 'broad'],
    [200, 1_000, 'healthy'],
    [50, 1_000, 'healthy'],
    [49, 1_000, 'tight'],
    [10, 1_000, 'tight'],
    [9, 1_000, 'too_narrow'],
    [3, 10, 'too_narrow'],
    [4, 10, 'broad'],
    [3, 6, 'too_narrow'],
    [4, 400, 'tight'],
    [4, 401, 'too_narrow'],
    [5, 0, 'too_narrow'],
  ])('%i of %i: %s', (total, leads, advice) => {
    expect(sizeAdvice(total, leads)).toBe(advice);
  });

  test('there is one for any numbers, and a share from 0 to 1', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (total, leads) => {
        expect(sizeAdvice(total, leads)).toMatch(/^(none|too_broad|too_narrow|tight|healthy|broad)$/);
        expect(shareOf(total, leads)).toBeGreaterThanOrEqual(0);
        expect(shareOf(total, leads)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

test('a segment refers to all segments its rules name, wherever they are nested', () => {
  const rules: Rule[] = [
    { type: 'segment', segmentId: 'a', operator: 'in' },
    {
      type: 'group',
      match: 'none',
      rules: [
        { type: 'group', match: 'any', rules: [{ type: 'segment', segmentId: 'b', operator: 'not_in' }] },
        { type: 'segment', segmentId: 'a', operator: 'not_in' },
      ],
    },
  ];
  expect([...referredSegments(rules)].sort()).toEqual(['a', 'b']);
});

test('an event condition is the same whatever its window, count and order of conditions', () => {
  const path = { field: 'path', operator: 'equals' as const, value: '/' };
  const long = { field: 'seconds', operator: 'greater_than' as const, value: 9 };
  const view = (rule: object) => ({ type: 'event_metadata', eventType: 'View', ...rule }) as Rule;
  const rules = [
    view({ ...path, and: [long] }),
    view({ ...long, and: [path], withinDays: 3, times: { atLeast: 2 } }),
    view(path),
    view({ ...path, value: '/a' }),
    view({ operator: 'exists' }),
    view({ operator: 'not_exists' }),
  ];
  expect([...eventConditionsOf(rules).values()]).toEqual([rules[0], rules[2], rules[3], rules[4]]);
});
