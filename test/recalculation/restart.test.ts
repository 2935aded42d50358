import { describe, expect, test } from 'vitest';
import type { Recalculation, ShardProgress } from '../../shared/recalculation/recalculation.ts';
import { failuresOf, restartStep, restartsSinceProgress, retryAt } from '../../shared/recalculation/restart.ts';

const minute = (count: number) => new Date(Date.parse('2026-03-10T12:00:00.000Z') + count * 60_000).toISOString();
const run: Recalculation = {
  segmentId: 'seg_a',
  runId: 'r1',
  state: 'running',
  startedAt: minute(0),
  queuedAt: minute(0),
};
const shard = (name: string, more: Partial<ShardProgress> = {}): ShardProgress => ({
  shard: name,
  runId: 'r1',
  done: 1,
  entering: 0,
  leaving: 0,
  failed: 0,
  isFinished: true,
  progressedAt: minute(1),
  attempt: 1,
  ...more,
});

describe('the minute schedule', () => {
  test.each<[string, Partial<Recalculation>, ShardProgress[], number, boolean, string]>([
    ['leaves a new run alone', { state: 'queued' }, [], 2, true, 'wait'],
    ['sends again what made no progress for two minutes', { state: 'queued' }, [], 3, true, 'send_again'],
    ['counts from the last progress', {}, [shard('00')], 3, true, 'wait'],
    ['counts from when it was queued last', { queuedAt: minute(5) }, [shard('00')], 7, true, 'wait'],
    ['waits while messages wait in the queue', {}, [], 60, false, 'wait'],
    ['sends five times', { restarts: 4 }, [], 3, true, 'send_again'],
    ['then gives up', { restarts: 5 }, [], 3, true, 'give_up'],
    ['unless it got on since', { restarts: 5 }, [shard('00')], 4, true, 'send_again'],
    ['is done with a run that is done', { state: 'done', finishedAt: minute(1) }, [], 99, true, 'wait'],
    [
      'waits for the time of a failed run',
      { state: 'failed', finishedAt: minute(1), retryAt: minute(5) },
      [],
      4,
      true,
      'wait',
    ],
    ['then tries it again', { state: 'failed', finishedAt: minute(1), retryAt: minute(5) }, [], 5, false, 'retry'],
    [
      'tries one again at once that failed before there was such a time',
      { state: 'failed', finishedAt: minute(1) },
      [],
      1,
      true,
      'retry',
    ],
  ])('%s', (_, more, progress, now, isQueueEmpty, step) => {
    expect(restartStep({ ...run, ...more }, progress, { now: Date.parse(minute(now)), isQueueEmpty })).toBe(step);
  });

  test('counts restarts from the last progress', () => {
    expect(restartsSinceProgress({ ...run, restarts: 3 }, [shard('00', { progressedAt: minute(0) })])).toBe(3);
    expect(restartsSinceProgress({ ...run, restarts: 3 }, [shard('00')])).toBe(0);
    expect(restartsSinceProgress(run, [])).toBe(0);
  });

  test.each([
    [undefined, 1],
    [1, 1],
    [2, 5],
    [3, 30],
    [4, 360],
    [50, 360],
  ])('tries a run whose attempt %s failed again after %s minutes', (attempt, minutes) => {
    const now = Date.parse(minute(0));
    expect(retryAt({ ...run, ...(attempt && { attempt }) }, now)).toBe(now + minutes * 60_000);
  });
});

describe('why a run is not whole', () => {
  const lead = (leadId: string) => ({ leadId, reason: 'no' });

  test('nothing, when every shard is through without a failure', () => {
    expect(failuresOf(run, [shard('00'), shard('01')], ['00', '01'])).toEqual([]);
  });

  test('names leads that failed, and first of all shards that got stuck, with what is known of them', () => {
    const progress = [
      shard('00', { failed: 1, failures: [lead('l1')] }),
      shard('01', { isFinished: false }),
      shard('02', { runId: 'r0' }),
    ];
    const problem = { shard: '02', reason: 'unreadable' };
    expect(failuresOf(run, progress, ['00', '01', '02'], [problem])).toEqual([
      problem,
      { shard: '01', reason: 'it made no progress' },
      lead('l1'),
    ]);
  });

  test('names failed leads once their attempt is over, not those an earlier one left', () => {
    const earlier = shard('00', { failed: 1, failures: [lead('l1')] });
    expect(failuresOf({ ...run, attempt: 2 }, [earlier], ['00'])).toContainEqual({
      shard: '00',
      reason: 'it made no progress',
    });
  });

  test('names no more than ten', () => {
    const failures = Array.from({ length: 30 }, (_, index) => lead(`l${index}`));
    expect(failuresOf(run, [shard('00', { failed: 30, failures })], ['00'])).toHaveLength(10);
  });
});
