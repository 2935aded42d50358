import type { SegmentSummary } from '../api/answers.ts';
import { formatCount } from '../words/format.ts';
import classes from './sparkline.module.css';

const [width, height] = [112, 30];

/** Entries (up) and exits (down) of the last days, each day to scale with the others. */
export function Sparkline({ days }: { days: NonNullable<SegmentSummary['activity']> | undefined }) {
  if (!days) return <span className={classes.space} />;
  const sum = (key: 'entered' | 'exited') => days.reduce((all, day) => all + day[key], 0);
  const [entered, exited] = [sum('entered'), sum('exited')];
  const words = `Last ${days.length} days: ${formatCount(entered)} entered, ${formatCount(exited)} left`;
  const most = Math.max(1, ...days.flatMap((day) => [day.entered, day.exited]));
  const step = width / days.length;
  const middle = height / 2;
  const barOf = (count: number) => (count === 0 ? 0 : Math.max(2, (count / most) * (middle - 1)));
  return (
    <svg role="img" aria-label={words} className={classes.chart} width={width} height={height}>
      <title>{words}</title>
      <line className={classes.axis} x1={0} x2={width} y1={middle} y2={middle} />
      {days.map((day, index) => {
        const [up, down] = [barOf(day.entered), barOf(day.exited)];
        const bar = { x: index * step + 1, width: step - 2, rx: 1 };
        return (
          <g key={day.day}>
            <rect {...bar} className={classes.entered} y={middle - up} height={up} />
            <rect {...bar} className={classes.exited} y={middle} height={down} />
          </g>
        );
      })}
    </svg>
  );
}
