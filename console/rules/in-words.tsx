import { describeRules } from '../../shared/rule/describe.ts';
import type { SegmentRules } from '../api/answers.ts';
import { useSegments } from '../api/queries.ts';

/** Rules as one English sentence. */
export function InWords({ rules: { match, rules } }: { rules: SegmentRules }) {
  const segments = useSegments().data ?? [];
  const nameOf = (segmentId: string) => segments.find(({ id }) => id === segmentId)?.name ?? segmentId;
  return (
    <p className="in-words">
      <span className="muted">In words:</span> {describeRules(match, rules, nameOf)}
    </p>
  );
}
