import { describe, expect, test } from 'vitest';
import type { Segment } from '../../shared/catalog/segment.ts';
import type { Rule } from '../../shared/rule/rule.ts';
import { dependantsOf } from '../../shared/segment/dependants.ts';
import {
  fieldsUsed,
  type SegmentFilter,
  type SegmentOrder,
  type SegmentPlace,
  selectSegments,
  sortedPage,
} from '../../shared/segment/select-segments.ts';

const at = (day: number) => `2026-03-${String(day).padStart(2, '0')}T12:00:00.000Z`;
const isGerman: Rule = { type: 'lead_metadata', field: 'country', operator: 'equals', value: 'DE' };
const inSegment = (segmentId: string): Rule => ({ type: 'segment', segmentId, operator: 'in' });
const inGroup = (...rules: Rule[]): Rule => ({ type: 'group', match: 'any', rules });
const viewed: Rule = {
  ...{ type: 'event_metadata', eventType: 'Page View', field: 'path', operator: 'exists' },
  and: [{ field: 'source', operator: 'exists' }],
};

const segment = (id: string, more: Partial<Segment> = {}): Segment => ({
  ...{ id, name: id, description: '', active: true, match: 'all', rules: [], revision: 1, savedInCatalog: 1 },
  ...{ savedAt: at(1), silent: false, conditions: [], createdAt: at(1), updatedAt: at(1), updatedBy: 'ann' },
  ...more,
});

const all = [
  segment('seg_1', { name: 'Strong fit', description: 'For the Café', rules: [isGerman], updatedAt: at(9) }),
  segment('seg_2', {
    name: 'ＨＯＴ leads',
    tags: ['Q1', 'Nürnberg'],
    active: false,
    rules: [inGroup(viewed, inSegment('seg_1'))],
  }),
  segment('seg_3', { name: 'Cold', updatedBy: 'arn:aws:iam::1:user/Bo', rules: [inSegment('seg_2')] }),
];
const idsOf = (segments: readonly Segment[]) => segments.map(({ id }) => id);

describe('the segments of a filter', () => {
  test.each<[string, SegmentFilter, string[]]>([
    ['nothing: all', {}, ['seg_1', 'seg_2', 'seg_3']],
    ['active ones', { active: true }, ['seg_1', 'seg_3']],
    ['inactive ones', { active: false }, ['seg_2']],
    ['a part of the name, however it is written', { q: 'hot' }, ['seg_2']],
    ['a part of the description', { q: 'CAFÉ' }, ['seg_1']],
    ['the whole name, however it is written', { name: ' hot LEADS ' }, ['seg_2']],
    ['a part of a name as the whole one', { name: 'hot' }, []],
    ['one of its tags, however it is written', { tag: 'NÜRNBERG' }, ['seg_2']],
    ['a part of a tag', { tag: 'Q' }, []],
    ['who saved it last', { author: 'ARN:aws:iam::1:user/bo' }, ['seg_3']],
    ['a reference inside a group', { refersTo: 'seg_1' }, ['seg_2']],
    ['a field of leads', { usesField: 'lead:country' }, ['seg_1']],
    ['the same name on accounts', { usesField: 'account:country' }, []],
    ['an event type', { usesField: 'event:Page View' }, ['seg_2']],
    ['a further field of an event', { usesField: 'event:Page View#source' }, ['seg_2']],
    ['ids, of which one is unknown', { ids: ['seg_3', 'seg_9', 'seg_1'] }, ['seg_1', 'seg_3']],
    ['all together', { ids: ['seg_3', 'seg_1'], active: true, q: 'c', refersTo: 'seg_2' }, ['seg_3']],
  ])('%s', (_about, filter, ids) => {
    expect(idsOf(selectSegments(all, filter))).toEqual(ids);
  });

  test('knows levels by the type of their rules', () => {
    expect([...fieldsUsed([{ type: 'profile_level', operator: 'is_empty' }])]).toEqual(['profile_level']);
  });
});

describe('a sorted list', () => {
  const counts = new Map([
    ['seg_1', 7],
    ['seg_2', 0],
    ['seg_3', 7],
  ]);
  const page = (order: SegmentOrder, after?: SegmentPlace, limit = 10, segments: readonly Segment[] = all) =>
    sortedPage(segments, order, { after, limit }, counts);

  test.each<[SegmentOrder['by'], boolean, string[]]>([
    ['createdAt', false, ['seg_1', 'seg_2', 'seg_3']],
    ['createdAt', true, ['seg_3', 'seg_2', 'seg_1']],
    ['updatedAt', true, ['seg_1', 'seg_3', 'seg_2']],
    ['name', false, ['seg_3', 'seg_2', 'seg_1']],
    ['memberCount', false, ['seg_2', 'seg_1', 'seg_3']],
    ['memberCount', true, ['seg_3', 'seg_1', 'seg_2']],
  ])('by %s, descending: %s', (by, descending, ids) => {
    expect(idsOf(page({ by, descending }).segments)).toEqual(ids);
  });

  test('sorts names as people do', () => {
    const named = ['Segment 10', 'Zoo', 'Ärzte', 'Segment 2', 'beta'].map((name) => segment(`seg_${name}`, { name }));
    const { segments } = page({ by: 'name', descending: false }, undefined, 10, named);
    expect(segments.map(({ name }) => name)).toEqual(['Ärzte', 'beta', 'Segment 2', 'Segment 10', 'Zoo']);
  });

  test.each(['createdAt', 'name', 'memberCount'] as const)('comes page by page, by %s', (by) => {
    for (const descending of [false, true]) {
      const order = { by, descending };
      const shown: string[] = [];
      let after: SegmentPlace | undefined;
      do {
        const { segments, next } = page(order, after, 1);
        shown.push(...idsOf(segments));
        after = next;
      } while (after);
      expect(shown).toEqual(idsOf(page(order).segments));
    }
  });

  test('of segments with very much text comes in shorter pages', () => {
    const metadata = { note: 'x'.repeat(800_000) };
    const long = ['seg_1', 'seg_2', 'seg_3'].map((id) => segment(id, { metadata }));
    const order = { by: 'createdAt', descending: false } as const;
    const first = page(order, undefined, 10, long);
    expect([idsOf(first.segments), idsOf(page(order, first.next, 10, long).segments)]).toEqual([['seg_1'], ['seg_2']]);
  });

  test('goes on after a place although the segment there is gone', () => {
    const order = { by: 'name', descending: false } as const;
    const { next } = page(order, undefined, 2);
    expect(idsOf(page(order, next, 2, [all[0]!, all[2]!]).segments)).toEqual(['seg_1']);
  });
});

describe('what depends on a segment', () => {
  const knownAs = (segments: readonly Segment[]) => new Map(segments.map((one) => [one.id, one]));
  const dependants = (segmentId: string, segments = all) =>
    dependantsOf(segmentId, knownAs(segments)).map(({ segment: { id }, direct }) => [id, direct]);

  test('is what refers to it, and what refers to that', () => {
    expect(dependants('seg_1')).toEqual([
      ['seg_2', true],
      ['seg_3', false],
    ]);
    expect(dependants('seg_3')).toEqual([]);
  });

  test('is told once, as direct, and never the segment itself', () => {
    const both = segment('seg_0', { rules: [inSegment('seg_1'), inSegment('seg_2')] });
    const back = segment('seg_1', { rules: [inSegment('seg_0')] });
    expect(dependants('seg_1', [both, back, ...all.slice(1)])).toEqual([
      ['seg_0', true],
      ['seg_2', true],
      ['seg_3', false],
    ]);
  });
});
