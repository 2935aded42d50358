import { Text } from '@mantine/core';
import { useHealth } from '../api/queries.ts';
import { formatMoment } from '../words/format.ts';
import classes from './shell.module.css';

// In a quiet system the bound is a minute above the truth at times.
const lateSeconds = 90;

/** Whether what one sees is live, or how far behind it is. */
export function Freshness() {
  const { data, isError } = useHealth();
  if (isError) return <State state="unreachable">API not reachable</State>;
  if (!data) return null;
  const seconds = Math.max(0, ...Object.values(data.queues).map((queue) => queue.oldestUnprocessedSeconds));
  const behind = seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
  return seconds > lateSeconds ? (
    <State state="late">
      Catching up, {behind} behind
      <Text span inherit visibleFrom="md">
        {' '}
        (shows all up to {formatMoment(data.freshAsOf)})
      </Text>
    </State>
  ) : (
    <State state="live">Live</State>
  );
}

function State({ state, children }: { state: 'live' | 'late' | 'unreachable'; children: React.ReactNode }) {
  return (
    <output className={classes.freshness} data-state={state}>
      <span>{children}</span>
    </output>
  );
}
