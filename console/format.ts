const counts = new Intl.NumberFormat('en');
const dateTimes = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });
const days = new Intl.DateTimeFormat('en', { weekday: 'short', month: 'short', day: 'numeric', timeZone: 'UTC' });
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });

/** `1234` as "1,234". */
export function formatCount(count: number): string {
  return counts.format(count);
}

/** "1 lead", "2 leads". */
export function formatLeads(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'lead' : 'leads'}`;
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

const steps: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['minute', 60],
  ['hour', 3_600],
  ['day', 86_400],
];

/** An ISO moment as a distance: "just now", "5 min. ago"; a month and more ago as a date. */
export function formatAgo(iso: string, now: number): string {
  const seconds = (Date.parse(iso) - now) / 1_000;
  if (Math.abs(seconds) < 60) return 'just now';
  if (Math.abs(seconds) > 30 * 86_400) return new Date(iso).toLocaleDateString('en', { dateStyle: 'medium' });
  const [unit, size] = steps.findLast(([, unitSeconds]) => Math.abs(seconds) >= unitSeconds)!;
  return relative.format(Math.round(seconds / size), unit);
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
