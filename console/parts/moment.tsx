import { formatMoment, formatWhen } from '../words/format.ts';

/** A moment in the reader's time zone, as short as it can be told: "Today, 09:30", "May 4, 09:30", "May 4, 2025". */
export function Moment({ iso, isFull = false }: { iso: string; isFull?: boolean }) {
  return <time dateTime={iso}>{isFull ? formatMoment(iso) : formatWhen(iso, new Date())}</time>;
}
