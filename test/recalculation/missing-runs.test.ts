import { expect, test } from 'vitest';
import { compileCatalog } from '../../shared/catalog/catalog.ts';
import type { Segment } from '../../shared/catalog/segment.ts';
import { catalogVersionOf, type Recalculation } from '../../shared/recalculation/recalculation.ts';
import { segmentsWithoutRun } from '../../shared/recalculation/restart.ts';
import type { Rule } from '../../shared/rule/rule.ts';
import { defaultLevels } from '../../shared/vocabulary/levels.ts';

const at = '2026-03-10T12:00:00.000Z';
const segment = (id: string, rule: Rule, more: Partial<Segment> = {}): Segment => ({
  id,
  name: id,
  description: '',
  active: true,
  match: 'all',
  rules: [rule],
  revision: 1,
  savedInCatalog: 5,
  savedAt: at,
  silent: false,
  conditions: [],
  createdAt: at,
  updatedAt: at,
  ...more,
});
const run = (segmentId: string, catalogVersion: number): Recalculation => ({
  segmentId,
  runId: `${String(catalogVersion).padStart(12, '0')}-01JT8Q5M3V6W0N9X2Z4A7B8C1D`,
  state: 'done',
  startedAt: at,
  finishedAt: at,
});
const isHot: Rule = { type: 'engagement_level', operator: 'at_least', value: 'Hot' };
const isFit: Rule = { type: 'profile_level', operator: 'at_least', value: 'Strong Fit' };
const levelSaves = { engagement: { savedInCatalog: 9, savedAt: at } };
const missing = (segments: Segment[], runs: Recalculation[]) => {
  const catalog = compileCatalog(9, segments, { levels: defaultLevels, levelSaves, eventRetentionDays: 400 });
  return segmentsWithoutRun(catalog, runs).map(({ segment: { id } }) => id);
};

test('a run id says the catalog version it was begun in', () => {
  expect(catalogVersionOf(run('s', 1_234).runId)).toBe(1_234);
});

test('a segment whose run was begun before its levels changed is without one, others are not', () => {
  const segments = [segment('by-levels', isHot), segment('by-others', isFit)];
  expect(missing(segments, [run('by-levels', 8), run('by-others', 5)])).toEqual(['by-levels']);
  expect(missing(segments, [run('by-levels', 9), run('by-others', 12)])).toEqual([]);
});

test('a segment that never had a run, or none since its own save, is without one', () => {
  expect(missing([segment('never', isFit), segment('saved', isFit, { savedInCatalog: 7 })], [run('saved', 6)])).toEqual(
    ['never', 'saved'],
  );
});

test('an inactive segment needs no run', () => {
  expect(missing([segment('frozen', isHot, { active: false })], [])).toEqual([]);
});
