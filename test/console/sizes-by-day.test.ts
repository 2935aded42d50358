import { expect, test } from 'vitest';
import { dayAfter, sizesByDay } from '../../console/activity/sizes-by-day.ts';

test('sizes at the ends of days are reckoned back from the members now', () => {
  const days = [
    { day: '2026-11-27', entered: 5, exited: 0 },
    { day: '2026-11-28', entered: 0, exited: 2 },
    { day: '2026-11-29', entered: 4, exited: 1 },
  ];
  expect(sizesByDay(days, 6).map(({ day, size }) => [day, size])).toEqual([
    ['2026-11-27', 5],
    ['2026-11-28', 3],
    ['2026-11-29', 6],
  ]);
});

test('the day after the last of a month, or a year', () => {
  expect([dayAfter('2026-11-30'), dayAfter('2026-12-31')]).toEqual(['2026-12-01', '2027-01-01']);
});
