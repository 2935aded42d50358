import type { Import } from '../api/answers.ts';
import { formatCount } from '../words/format.ts';
import { formatDuration, formatRows, isImportOver } from './import-state.tsx';

type Progress = NonNullable<Import['progress']>;

/** How many rows are sent, how fast, and how long the rest takes. */
export function ImportProgress({ job, progress }: { job: Import; progress: Progress }) {
  const { rows, refusedRows, bytes, ofBytes, rowsPerSecond, secondsLeft } = progress;
  const share = ofBytes > 0 ? Math.min(1, bytes / ofBytes) : 0;
  const refused = refusedRows > 0 ? `, ${formatCount(refusedRows)} refused` : '';
  const isOver = isImportOver(job);
  return (
    <section className="card" aria-label="Progress">
      {/* In steps of ten percent: a screen reader that is told every two seconds says nothing else. */}
      <output className={isOver ? 'big-figure' : 'visually-hidden'}>
        {isOver ? `${formatRows(rows - refusedRows)} imported${refused}` : `${Math.floor(share * 10) * 10} % imported`}
      </output>
      {isOver && job.state === 'done' && (
        <p className="muted">Segments and counts have caught up once the mark at the top says “Live”.</p>
      )}
      {!isOver && (
        <>
          <h2>Progress</h2>
          <progress className="long-progress" value={share} max={1} aria-label="Rows imported" />
          <p className="figure">
            {`${formatRows(rows)} read${refused}`}
            {rowsPerSecond !== undefined && `, ${formatRows(rowsPerSecond)} a second`}
            {secondsLeft !== undefined && `, about ${formatDuration(secondsLeft)} left`}
          </p>
          <p className="muted">You may leave this page: the import goes on.</p>
        </>
      )}
    </section>
  );
}
