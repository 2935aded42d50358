import { Cron } from 'croner';

/** A schedule that EventBridge would not accept. */
export class InvalidScheduleError extends Error {
  constructor(expression: string, reason: string) {
    super(`Parameter ScheduleExpression is not valid: ${expression} (${reason})`);
    this.name = 'InvalidScheduleError';
  }
}

const unitMs: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Calls `fire` on the schedule, in UTC, until the returned function is called. Throws an {@link InvalidScheduleError} for
 * what is neither `rate(…)` nor `cron(…)` as EventBridge writes them.
 */
export function startSchedule(expression: string, fire: () => void): () => void {
  const rate = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(expression);
  if (rate) {
    const count = Number(rate[1]);
    if (count < 1 || (count === 1) !== (rate[3] === '')) throw new InvalidScheduleError(expression, 'number and unit');
    const timer = setInterval(fire, count * (unitMs[String(rate[2])] ?? 0));
    return () => clearInterval(timer);
  }
  const fields = /^cron\((.+)\)$/.exec(expression)?.[1]?.trim().split(/\s+/);
  if (fields?.length !== 6) throw new InvalidScheduleError(expression, 'neither rate(…) nor cron(…) with six fields');
  if ((fields[2] === '?') === (fields[4] === '?')) {
    throw new InvalidScheduleError(expression, 'exactly one of day-of-month and day-of-week is ?');
  }
  const pattern = ['0', ...fields].join(' ').replaceAll('?', '*');
  try {
    const cron = new Cron(
      pattern,
      { timezone: 'UTC', mode: '7-part', alternativeWeekdays: true, sloppyRanges: true },
      fire,
    );
    return () => cron.stop();
  } catch (error) {
    throw new InvalidScheduleError(expression, (error as Error).message);
  }
}
