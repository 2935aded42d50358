import type { RecalculationProgress } from '../api/answers.ts';
import { Moment } from '../parts/moment.tsx';
import { hrefs } from '../parts/route.ts';
import { formatCount, formatLeads, formatMoment } from '../words/format.ts';

/** How far a recalculation is: a bar while it runs, then what it changed. */
export function RecalculationState({ progress }: { progress: RecalculationProgress | undefined }) {
  if (!progress) return null;
  const { state, done, of, entering = 0, leaving = 0, startedAt, finishedAt } = progress;
  if (state === 'failed') {
    const { retryAt } = progress;
    return (
      <span className="bad">
        Recalculation failed
        {retryAt !== undefined && `, next try ${formatMoment(retryAt)}`}
      </span>
    );
  }
  if (state === 'done') {
    const moved = entering + leaving > 0 ? `, ${formatCount(entering)} in, ${formatCount(leaving)} out` : '';
    return (
      <span className="muted">
        Recalculated <Moment iso={finishedAt ?? startedAt} />
        {moved}
      </span>
    );
  }
  const share = of > 0 ? done / of : 0;
  return (
    <span className="recalculating">
      <progress value={share} max={1} aria-label="Recalculation" />
      {of > 0 ? `${formatCount(done)} of ${formatCount(of)}` : 'Recalculating'}
    </span>
  );
}

/** Why leads could not be evaluated, or do not get on. */
export function RecalculationFailures({ progress }: { progress: RecalculationProgress | undefined }) {
  const { failed = 0, failures = [] } = progress ?? {};
  if (failures.length === 0) return null;
  return (
    <div className="failures">
      <p>{failed > 0 ? `${formatLeads(failed)} could not be evaluated:` : 'It does not get through everywhere:'}</p>
      <ul>
        {failures.map(({ leadId, shard, reason }) => (
          <li key={leadId ?? shard}>
            {leadId === undefined ? `Part ${shard} of all leads` : <a href={hrefs.lead(leadId)}>{leadId}</a>}: {reason}
          </li>
        ))}
      </ul>
    </div>
  );
}
