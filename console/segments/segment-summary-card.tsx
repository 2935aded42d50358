import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SegmentWithRules } from '../api/answers.ts';
import { useApi } from '../api/api.ts';
import { isRecalculating } from '../api/live.ts';
import { keys } from '../api/queries.ts';
import { Moment } from '../parts/moment.tsx';
import { ProblemNotice } from '../parts/notice.tsx';
import { formatCount } from '../words/format.ts';
import { RecalculationFailures, RecalculationState } from './recalculation-state.tsx';
import { ShareBar, SizeBadge, sizeSentence } from './size-advice.tsx';

/** How many are in the segment now, how good a size that is, and how its last recalculation went. */
export function SegmentSummaryCard({ segment }: { segment: SegmentWithRules }) {
  const { id, active, memberCount, share, size, recalculation, updatedAt } = segment;
  const api = useApi();
  const queryClient = useQueryClient();
  const recalculate = useMutation({
    mutationFn: () => api.recalculate(id),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.segment(id) }),
  });
  return (
    <section className="card" aria-label="Members now">
      <h2>Now in the segment</h2>
      {active ? (
        <>
          <p className="big-figure">
            <span className="figure" data-testid="member-count">
              {formatCount(memberCount)}
            </span>
            <SizeBadge size={size} />
          </p>
          <ShareBar share={share} size={size} />
          <p className="muted">{sizeSentence(size)}</p>
        </>
      ) : (
        <p className="muted">Inactive: it is not evaluated and nobody counts as a member. Activate it to fill it.</p>
      )}
      <div className="summary-foot">
        {active && <RecalculationState progress={recalculation} />}
        {active && !isRecalculating(recalculation) && (
          <button type="button" className="small" disabled={recalculate.isPending} onClick={() => recalculate.mutate()}>
            Recalculate
          </button>
        )}
        <span className="muted">
          Saved <Moment iso={updatedAt} />
        </span>
      </div>
      {active && <RecalculationFailures progress={recalculation} />}
      {recalculate.isError && <ProblemNotice title="It was not recalculated" error={recalculate.error} />}
    </section>
  );
}
