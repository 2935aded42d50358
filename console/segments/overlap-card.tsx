import { useState } from 'react';
import type { SegmentWithRules } from '../api/answers.ts';
import { useOverlap, useSegments } from '../api/queries.ts';
import { Loading, ProblemNotice } from '../parts/notice.tsx';
import { formatCount } from '../words/format.ts';

/** How many leads the segment has in common with another one. */
export function OverlapCard({ segment }: { segment: SegmentWithRules }) {
  const [otherId, setOtherId] = useState('');
  const segments = useSegments().data;
  const others = (segments ?? [])
    .filter(({ id, active }) => active && id !== segment.id)
    .sort((a, b) => a.name.localeCompare(b.name));
  const other = others.find(({ id }) => id === otherId);
  if (!segment.active) return null;
  return (
    <section className="card" aria-label="Overlap">
      <h2>Overlap</h2>
      {segments && others.length === 0 ? (
        <p className="muted">There is no other active segment to compare with.</p>
      ) : (
        <label className="compare">
          Compare with{' '}
          <select value={otherId} onChange={(event) => setOtherId(event.target.value)}>
            <option value="" disabled>
              Choose a segment
            </option>
            {others.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      {other && <Figures here={segment} there={other} />}
    </section>
  );
}

function Figures({
  here,
  there,
}: {
  here: Pick<SegmentWithRules, 'id' | 'name'>;
  there: Pick<SegmentWithRules, 'id' | 'name'>;
}) {
  const overlap = useOverlap(here.id, there.id);
  if (overlap.isPending) return <Loading what="the overlap" />;
  if (!overlap.data) {
    return (
      <ProblemNotice
        title="The overlap could not be counted"
        error={overlap.error}
        onRetry={() => void overlap.refetch()}
      />
    );
  }
  const { onlyHere, both, onlyThere } = overlap.data;
  const all = onlyHere + both + onlyThere;
  const parts = [
    { name: 'here', words: `Only in ${here.name}`, count: onlyHere },
    { name: 'both', words: 'In both', count: both },
    { name: 'there', words: `Only in ${there.name}`, count: onlyThere },
  ];
  return (
    <>
      <div className="overlap" aria-hidden="true">
        {parts.map(({ name, count }) => (
          <span key={name} className={`is-${name}`} style={{ flexGrow: count }} />
        ))}
      </div>
      <dl className="facts">
        {parts.map(({ name, words, count }) => (
          <div key={name}>
            <dt>
              <span className={`swatch is-${name}`} aria-hidden="true" /> {words}
            </dt>
            <dd className="figure">
              {formatCount(count)}
              {all > 0 && <span className="muted"> ({Math.round((count / all) * 100)}%)</span>}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
