const counts = new Intl.NumberFormat('en');
const dateTimes = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

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

const steps: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['minute', 60],
  ['hour', 3_600],
  ['day', 86_400],
];

/** An ISO moment as a distance: "now", "5 minutes ago"; a month and more ago as a date. */
export function formatAgo(iso: string, now: number): string {
  const seconds = (Date.parse(iso) - now) / 1_000;
  if (Math.abs(seconds) < 60) return 'just now';
  if (Math.abs(seconds) > 30 * 86_400) return new Date(iso).toLocaleDateString('en', { dateStyle: 'medium' });
  const [unit, size] = steps.findLast(([, unitSeconds]) => Math.abs(seconds) >= unitSeconds)!;
  return relative.format(Math.round(seconds / size), unit);
}

/** A value of an attribute as text. */
export function formatValue(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'number' ? counts.format(value) : String(value);
}
