import { describe, expect, test } from 'vitest';
import type { Segment } from '../../shared/catalog/segment.ts';
import { freeCopyName, planCopy } from '../../shared/segment/copy-segment.ts';
import type { SaveContext } from '../../shared/segment/save-segment.ts';

const named = (...names: string[]) => names.map((name) => ({ name }));

describe('the name of a copy', () => {
  test.each<[string, string[], string]>([
    ['Hot', ['Hot'], 'Hot (copy)'],
    ['Hot', ['Hot', 'hot (COPY)'], 'Hot (copy 2)'],
    ['Hot', ['Hot', 'Hot (copy)', 'Hot (copy 2)', 'Hot (copy 4)'], 'Hot (copy 3)'],
    ['Hot (copy)', ['Hot', 'Hot (copy)'], 'Hot (copy) (copy)'],
    ['x'.repeat(200), [], `${'x'.repeat(193)} (copy)`],
    [`${'x'.repeat(192)}😀${'x'.repeat(7)}`, [], `${'x'.repeat(192)}😀 (copy)`],
    ['😀'.repeat(200), [], `${'😀'.repeat(193)} (copy)`],
  ])('of %j where there are %j is %j', (name, taken, copy) => {
    expect(freeCopyName(name, named(...taken))).toBe(copy);
  });
});

describe('a copy', () => {
  const original: Segment = {
    id: 'seg_original',
    name: 'Original',
    description: 'What it is for',
    active: true,
    match: 'any',
    rules: [
      { id: 'rul_a', type: 'engagement_level', operator: 'equals', value: 'Hot' },
      {
        id: 'rul_g',
        type: 'group',
        match: 'none',
        rules: [{ id: 'rul_b', type: 'profile_level', operator: 'is_empty' }],
      },
    ],
    revision: 7,
    savedInCatalog: 3,
    savedAt: '2026-03-10T12:00:00.000Z',
    silent: true,
    conditions: [],
    createdAt: '2026-03-10T12:00:00.000Z',
    updatedAt: '2026-03-10T12:00:00.000Z',
  };
  const context = (...known: Segment[]): SaveContext => {
    let serial = 0;
    return {
      catalogVersion: 3,
      known: new Map(known.map((segment) => [segment.id, segment])),
      now: '2026-03-11T12:00:00.000Z',
      author: 'ann',
      newId: (prefix) => `${prefix}_${++serial}`,
    };
  };

  test('is a new, inactive segment with the same rules under new ids', () => {
    const plan = planCopy(original, undefined, context(original));
    expect(plan).toMatchObject({
      events: ['Segment Created'],
      recalculates: false,
      origin: { copiedFrom: original.id },
    });
    expect(plan.after).toMatchObject({
      id: 'seg_1',
      name: 'Original (copy)',
      description: 'What it is for',
      active: false,
      match: 'any',
      revision: 1,
      silent: false,
      updatedBy: 'ann',
      rules: [
        { id: 'rul_2', type: 'engagement_level', operator: 'equals', value: 'Hot' },
        { id: 'rul_3', match: 'none', rules: [{ id: 'rul_4', type: 'profile_level', operator: 'is_empty' }] },
      ],
    });
  });

  test('takes the name it is given, and is refused one that is taken', () => {
    expect(planCopy(original, 'Mine', context(original)).after?.name).toBe('Mine');
    expect(() => planCopy(original, 'ORIGINAL', context(original))).toThrow('is taken');
  });

  test('of a segment that refers to one that was deleted is refused as any save', () => {
    const referrer = { ...original, rules: [{ type: 'segment', segmentId: 'seg_gone', operator: 'in' } as const] };
    expect(() => planCopy(referrer, undefined, context(referrer))).toThrow('there is no segment seg_gone');
  });
});
