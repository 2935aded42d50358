import { formatAgo, formatMoment } from './format.ts';

/** A moment as the time since; the exact one shows on hover. */
export function Moment({ iso }: { iso: string }) {
  return (
    <time dateTime={iso} title={formatMoment(iso)}>
      {formatAgo(iso, Date.now())}
    </time>
  );
}
