import { describe, expect, test } from 'vitest';
import { lastDays, sumByDay } from '../../shared/projection/activity.ts';

describe('the last days', () => {
  test.each([
    ['2026-03-01T00:00:00.000Z', 1, ['2026-03-01']],
    ['2026-03-01T23:59:59.999Z', 3, ['2026-02-27', '2026-02-28', '2026-03-01']],
    ['2024-03-01T12:00:00.000Z', 2, ['2024-02-29', '2024-03-01']],
    ['2026-01-01T00:00:00.000Z', 2, ['2025-12-31', '2026-01-01']],
  ])('at %s, %i of them, are %j', (now, count, days) => {
    expect(lastDays(count, Date.parse(now))).toEqual(days);
  });

  test('are all there, however many', () => {
    const days = lastDays(400, Date.parse('2026-03-01T12:00:00.000Z'));
    expect(new Set(days).size).toBe(400);
    expect(days).toEqual([...days].sort());
  });
});

test('days are summed over shards, none is missing, and others are left out', () => {
  const counted = [
    { day: '2026-03-02', entered: 1, exited: 0 },
    { day: '2026-03-02', entered: 2, exited: 3 },
    { day: '2026-02-01', entered: 9, exited: 9 },
  ];
  expect(sumByDay(['2026-03-01', '2026-03-02'], counted)).toEqual([
    { day: '2026-03-01', entered: 0, exited: 0 },
    { day: '2026-03-02', entered: 3, exited: 3 },
  ]);
});
