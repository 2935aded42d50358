import type { Import, ImportTarget } from '../api/answers.ts';
import { useSegments } from '../api/queries.ts';
import { ProblemNotice } from '../parts/notice.tsx';
import { hrefs } from '../parts/route.ts';
import { ProblemsAt } from '../rules/rule-problems.tsx';
import { formatCount, formatLeads } from '../words/format.ts';

interface ImportTargetFieldsProps {
  target: ImportTarget | undefined;
  onChange: (target: ImportTarget | undefined) => void;
}

/** The segment that all leads of the file are added to, if any, and how. */
export function ImportTargetFields({ target, onChange }: ImportTargetFieldsProps) {
  const segments = useSegments({ isLive: false });
  return (
    <div className="mapping-part">
      <h3>Add to segment</h3>
      <select
        aria-label="Segment to add all leads to"
        value={target?.segmentId ?? ''}
        onChange={({ target: { value } }) => onChange(value ? { ...target, segmentId: value } : undefined)}
      >
        <option value="">None</option>
        {segments.data
          ?.filter(({ active }) => active)
          .map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
      </select>
      {segments.isError && <ProblemNotice title="The segments could not be read" error={segments.error} />}
      {target && (
        <>
          <label className="check">
            <input
              type="checkbox"
              checked={target.action === 'pin'}
              onChange={({ target: { checked } }) => onChange({ ...target, action: checked ? 'pin' : 'add' })}
            />
            Pin them: they stay in, whatever the rules say
          </label>
          <label className="check">
            <input
              type="checkbox"
              checked={target.replace ?? false}
              onChange={({ target: { checked } }) => onChange({ ...target, replace: checked })}
            />
            Replace who was added or pinned before: those who are not in the file are left to the rules
          </label>
        </>
      )}
      <ProblemsAt pointer="/segment" />
    </div>
  );
}

/** What became of the leads of an import in the segment that they are added to. */
export function ImportTargetState({ target }: { target: NonNullable<Import['segment']> }) {
  const { segmentId, action, replace, done, unchanged, failed, lifted } = target;
  const name = useSegments({ isLive: false }).data?.find(({ id }) => id === segmentId)?.name ?? segmentId;
  const told = [
    `${formatLeads(done)} ${action === 'pin' ? 'pinned' : 'added'}`,
    ...(unchanged > 0 ? [`${formatCount(unchanged)} in it already`] : []),
    ...(failed > 0 ? [`${formatCount(failed)} could not be`] : []),
    ...(replace ? [`${formatCount(lifted)} others left to the rules`] : []),
  ];
  return (
    <section className="card" aria-label="Segment">
      <h2>
        Segment <a href={hrefs.segment(segmentId)}>{name}</a>
      </h2>
      <p className="figure">{`${told.join(', ')}.`}</p>
    </section>
  );
}
