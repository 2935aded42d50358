import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  checkSchedule,
  InvalidScheduleError,
  startSchedule,
} from '../../../../local/aws/eventbridge/schedule-expression.ts';
import { Schedules } from '../../../../local/aws/eventbridge/schedules.ts';

afterEach(() => vi.useRealTimers());

function firedWithin(expression: string, from: string, hours: number): string[] {
  vi.useFakeTimers({ now: new Date(from) });
  const fired: string[] = [];
  const stop = startSchedule(expression, () => fired.push(new Date().toISOString()));
  vi.advanceTimersByTime(hours * 3_600_000);
  stop();
  return fired;
}

describe('schedules', () => {
  it('runs a rate from its start on', () => {
    expect(firedWithin('rate(30 minutes)', '2026-01-01T00:10:00Z', 1)).toEqual([
      '2026-01-01T00:40:00.000Z',
      '2026-01-01T01:10:00.000Z',
    ]);
  });

  it('runs a cron expression in UTC, with days of the week from Sunday = 1', () => {
    // 2026-01-02 is a Friday.
    expect(firedWithin('cron(15 10 ? * 6 *)', '2026-01-01T10:00:00Z', 1)).toEqual([]);
    expect(firedWithin('cron(15 10 ? * 6 *)', '2026-01-02T10:00:00Z', 1)).toEqual(['2026-01-02T10:15:00.000Z']);
    expect(firedWithin('cron(0/20 9 * * ? 2026)', '2026-01-01T08:30:00Z', 2)).toHaveLength(3);
  });

  it.each([
    'rate(0 minutes)',
    'rate(1 minutes)',
    'rate(5 minute)',
    'rate(5 seconds)',
    'every minute',
    'cron(* * * * *)',
    'cron(0 10 * * * *)',
    'cron(0 99 * * ? *)',
  ])('refuses %s', (expression) => {
    expect(() => checkSchedule(expression)).toThrow(InvalidScheduleError);
  });

  it('catches up at start on what recurs every few minutes, on nothing else', () => {
    const fired: string[] = [];
    const schedules = new Schedules({ ticking: false });
    const expressions = ['rate(1 minute)', 'rate(5 minutes)', 'rate(1 day)', 'cron(0 3 * * ? *)'];
    schedules.set(expressions.map((name) => ({ name, expression: name, run: () => void fired.push(name) })));
    schedules.catchUp();
    expect(fired).toEqual(['rate(1 minute)', 'rate(5 minutes)']);
  });

  it('keeps the beat of a task that stays, and ends one that is gone', () => {
    vi.useFakeTimers();
    const fired: string[] = [];
    const task = (name: string) => ({ name, expression: 'rate(1 minute)', run: () => void fired.push(name) });
    const schedules = new Schedules({ ticking: true });
    schedules.set([task('stays'), task('goes')]);
    vi.advanceTimersByTime(45_000);
    schedules.set([task('stays')]);
    vi.advanceTimersByTime(30_000);
    expect(fired).toEqual(['stays']);
    expect(() => schedules.fire('goes')).toThrow('no schedule named goes');
    schedules.stop();
  });
});
