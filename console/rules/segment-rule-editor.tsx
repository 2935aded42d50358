import type { SegmentRule } from '../../shared/rule/rule.ts';
import { useSegments } from '../api/queries.ts';
import { useProblemState } from './rule-problems.tsx';

interface SegmentRuleEditorProps {
  rule: SegmentRule;
  pointer: string;
  segmentId: string;
  onChange: (rule: SegmentRule) => void;
}

/** Whether the lead is a member of another segment. */
export function SegmentRuleEditor({ rule, pointer, segmentId, onChange }: SegmentRuleEditorProps) {
  const segments = useSegments();
  const state = useProblemState(`${pointer}/segmentId`);
  const others = (segments.data ?? [])
    .filter(({ id }) => id !== segmentId)
    .sort((a, b) => a.name.localeCompare(b.name));
  const isListed = rule.segmentId === '' || others.some(({ id }) => id === rule.segmentId);
  return (
    <>
      <select
        aria-label="Member or not"
        value={rule.operator}
        onChange={(event) => onChange({ ...rule, operator: event.target.value as SegmentRule['operator'] })}
      >
        <option value="in">is in</option>
        <option value="not_in">is not in</option>
      </select>
      <select
        className="grows"
        aria-label="Segment"
        aria-invalid={state !== undefined}
        value={rule.segmentId}
        onChange={(event) => onChange({ ...rule, segmentId: event.target.value })}
      >
        <option value="" disabled>
          Choose a segment
        </option>
        {!isListed && <option value={rule.segmentId}>{rule.segmentId}</option>}
        {others.map(({ id, name, active }) => (
          <option key={id} value={id}>
            {active ? name : `${name} (inactive)`}
          </option>
        ))}
      </select>
    </>
  );
}
