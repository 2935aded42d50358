const counts = new Intl.NumberFormat('en');
const dateTimes = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });
const days = new Intl.DateTimeFormat('en', { weekday: 'short', month: 'short', day: 'numeric', timeZone: 'UTC' });

/** `1234` as "1,234". */
export function formatCount(count: number): string {
  return counts.format(count);
}

/** "1 lead", "2 leads". */
export function formatLeads(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'lead' : 'leads'}`;
}

/** "1 segment", "1,234 segments". */
export function formatSegments(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'segment' : 'segments'}`;
}

/** A share of 0 to 1 as a percentage, with a decimal where it matters; never "0%" for somebody. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.001) return '<0.1%';
  const percent = share * 100;
  return `${percent < 10 && share > 0 ? percent.toFixed(1) : percent.toFixed(0)}%`;
}

/** An ISO moment in the reader's time zone. */
export function formatMoment(iso: string): string {
  return dateTimes.format(new Date(iso));
}

/** A UTC day such as "2026-05-04" as "Mon, May 4". */
export function formatDay(day: string): string {
  return days.format(new Date(day));
}

const times = new Intl.DateTimeFormat('en', { timeStyle: 'short' });
const shortDates = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric' });
const dates = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });

/** An ISO moment in the reader's time zone: "Today, 9:30 AM", "May 4, 9:30 AM"; in another year "May 4, 2025". */
export function formatWhen(iso: string, now: Date): string {
  const moment = new Date(iso);
  const daysAgo = Math.round((startOfDay(now) - startOfDay(moment)) / 86_400_000);
  const time = times.format(moment);
  if (daysAgo === 0) return `Today, ${time}`;
  if (daysAgo === 1) return `Yesterday, ${time}`;
  if (moment.getFullYear() !== now.getFullYear()) return dates.format(moment);
  return `${shortDates.format(moment)}, ${time}`;
}

/** Epoch milliseconds of the midnight before, where the reader is. */
function startOfDay(moment: Date): number {
  return new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()).getTime();
}

/** A value of an attribute as text; numbers as they are, since they may be years or codes. */
export function formatValue(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}

/** A value of an attribute as text; a date-time as a moment in the reader's time zone. */
export function formatAttribute(value: unknown): string {
  const isMoment = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(value) && !Number.isNaN(Date.parse(value));
  return isMoment ? formatMoment(value) : formatValue(value);
}
