import { describe, expect, test } from 'vitest';
import { type CleanUp, firstSweep, isSweepToBeQueued, sweepAfter } from '../../shared/segment/clean-up.ts';

const start = Date.parse('2026-03-10T12:00:00.000Z');
const minute = 60_000;
const at = (minutes: number) => new Date(start + minutes * minute).toISOString();

describe('the sweeps after a deletion', () => {
  test('are two: at once, and when the streams keep nothing from before any more', () => {
    const first = firstSweep('seg_a', start);
    expect(first).toEqual({ segmentId: 'seg_a', sweep: 1, dueAt: at(0), sends: 0, done: {} });
    const second = sweepAfter({ ...first, sends: 3, done: { '00': true } }, start + minute)!;
    expect(second).toEqual({ segmentId: 'seg_a', sweep: 2, dueAt: at(1 + 25 * 60), sends: 0, done: {} });
    expect(sweepAfter(second, start)).toBeUndefined();
  });

  test.each<[string, Partial<CleanUp>, number, boolean]>([
    ['not before they are due', { dueAt: at(5) }, 4, false],
    ['once they are due', { dueAt: at(5) }, 5, true],
    ['not again within two minutes', { queuedAt: at(0), sends: 1 }, 1, false],
    ['again after two minutes', { queuedAt: at(0), sends: 1 }, 2, true],
    ['then with growing pauses', { queuedAt: at(0), sends: 5 }, 31, false],
    ['which end', { queuedAt: at(0), sends: 5 }, 32, true],
    ['and are never longer than six hours', { queuedAt: at(0), sends: 50 }, 360, true],
  ])('are queued %s', (_, more, minutes, isQueued) => {
    expect(isSweepToBeQueued({ ...firstSweep('seg_a', start), ...more }, start + minutes * minute)).toBe(isQueued);
  });
});
