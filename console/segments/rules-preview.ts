import { useEffect, useRef, useState } from 'react';
import type { SegmentRules } from '../api/answers.ts';
import { ApiProblem } from '../api/problem.ts';
import { usePendingPreview, usePreview } from '../api/queries.ts';
import type { SegmentDraft } from './segment-draft.ts';

const typingPauseMs = 400;

/** A preview of rules while they are edited. */
export type RulesPreview = ReturnType<typeof useRulesPreview>;

/** Previews the draft's rules each time typing pauses, as long as they are complete. */
export function useRulesPreview(draft: SegmentDraft) {
  const settled = useSettled(draft.rules);
  const isComplete = draft.localProblems.length === 0;
  const isSettled = settled === draft.rules;
  const isAgain = useRef(false);
  const preview = usePreview(draft.segment, isComplete && isSettled ? settled : undefined, isAgain);
  const counted = usePendingPreview(preview.data?.previewId);
  const error = isComplete && isSettled ? preview.error : null;
  return {
    isComplete,
    /** The figures are those of earlier rules. */
    isBehind: isComplete && (preview.isFetching || !isSettled),
    answer: counted.data ?? preview.data,
    error,
    refusedRules: error instanceof ApiProblem ? error.errors : [],
    warnings: isComplete && isSettled ? (preview.data?.warnings ?? []) : [],
    countAgain: () => {
      isAgain.current = true;
      void preview.refetch();
    },
  };
}

function useSettled(rules: SegmentRules): SegmentRules {
  const [settled, setSettled] = useState(rules);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(rules), typingPauseMs);
    return () => clearTimeout(timer);
  }, [rules]);
  return settled;
}
