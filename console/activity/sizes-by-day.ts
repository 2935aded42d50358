import type { Activity } from '../api/answers.ts';

/** What happened on one UTC day, and how many members there were at its end. */
export interface DayWithSize {
  readonly day: string;
  readonly entered: number;
  readonly exited: number;
  readonly size: number;
}

/** Each day with the members at its end, reckoned back from how many there are now. */
export function sizesByDay(days: Activity['days'], membersNow: number): DayWithSize[] {
  let size = membersNow;
  return days
    .toReversed()
    .map((day) => {
      const atEnd = { ...day, size: Math.max(0, size) };
      size -= day.entered - day.exited;
      return atEnd;
    })
    .reverse();
}

/** The day after a UTC day, both `YYYY-MM-DD`. */
export function dayAfter(day: string): string {
  return new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
}
