const dayMs = 86_400_000;

/** How many leads entered and exited on one UTC day. */
export interface DayActivity {
  /** `YYYY-MM-DD`. */
  readonly day: string;
  readonly entered: number;
  readonly exited: number;
}

/** The last UTC days up to today, oldest first, as `YYYY-MM-DD`. `now`: epoch ms. */
export function lastDays(count: number, now: number): string[] {
  return Array.from({ length: count }, (_, index) => dayOf(now - (count - 1 - index) * dayMs));
}

/** Every one of the days with the sum of what was counted on it, in the order of `days`. */
export function sumByDay(days: readonly string[], counted: Iterable<DayActivity>): DayActivity[] {
  const sums = new Map(days.map((day) => [day, { day, entered: 0, exited: 0 }]));
  for (const { day, entered, exited } of counted) {
    const sum = sums.get(day);
    if (!sum) continue;
    sum.entered += entered;
    sum.exited += exited;
  }
  return [...sums.values()];
}

function dayOf(moment: number): string {
  return new Date(moment).toISOString().slice(0, 10);
}
