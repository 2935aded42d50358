import { afterEach, describe, expect, it, vi } from 'vitest';
import { InvalidScheduleError, startSchedule } from '../../../../local/aws/eventbridge/schedule-expression.ts';
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
    expect(() => startSchedule(expression, () => undefined)).toThrow(InvalidScheduleError);
  });

  it('catches up at start on what recurs every few minutes, on nothing else', () => {
    const fired: string[] = [];
    const expressions = ['rate(1 minute)', 'rate(5 minutes)', 'rate(1 day)', 'cron(0 3 * * ? *)'];
    const tasks = expressions.map((name) => ({ name, expression: name, run: () => void fired.push(name) }));
    const schedules = new Schedules(tasks, { ticking: false });
    schedules.catchUp();
    expect(fired).toEqual(['rate(1 minute)', 'rate(5 minutes)']);
  });

  it('runs tasks at their times until it is stopped, and any when told to', () => {
    vi.useFakeTimers();
    const fired: string[] = [];
    const task = (name: string, expression: string) => ({ name, expression, run: () => void fired.push(name) });
    const schedules = new Schedules([task('often', 'rate(1 minute)'), task('seldom', 'rate(1 day)')], {
      ticking: true,
    });
    vi.advanceTimersByTime(75_000);
    schedules.fire('seldom');
    schedules.stop();
    vi.advanceTimersByTime(75_000);
    expect(fired).toEqual(['often', 'seldom']);
    expect(() => schedules.fire('never')).toThrow('no schedule named never');
  });
});
