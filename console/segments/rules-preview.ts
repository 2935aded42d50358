import { useEffect, useMemo, useRef, useState } from 'react';
import type { SegmentRules } from '../api/answers.ts';
import { ApiProblem } from '../api/problem.ts';
import { usePendingPreview, usePreview } from '../api/queries.ts';
import { byRule } from '../drafts/part-problems.ts';
import type { Funnel } from '../rules/funnel-mark.tsx';
import type { SegmentDraft } from './segment-draft.ts';

const typingPauseMs = 400;

/** A preview of rules while they are edited. */
export type RulesPreview = ReturnType<typeof useRulesPreview>;

/** Previews the draft's rules each time typing pauses, as long as they are complete. */
export function useRulesPreview(draft: SegmentDraft) {
  const settled = useSettled(draft.rules);
  const isComplete = draft.isComplete && draft.listProblems.length === 0;
  const isSettled = settled === draft.rules;
  const isAgain = useRef(false);
  const asked = isComplete && isSettled ? settled : undefined;
  const preview = usePreview(draft.segment, asked, isAgain);
  const counted = usePendingPreview(preview.data?.previewId);
  const answer = counted.data ?? preview.data;
  const error = asked ? preview.error : null;
  // The rules that the answer is about: what it tells of rules that were edited since is not shown.
  const told = useRef<SegmentRules>(settled);
  if (asked && preview.isSuccess && !preview.isPlaceholderData) told.current = asked;
  const { current: toldRules } = told;
  const odd = useMemo(() => byRule(toldRules.rules, answer?.warnings ?? []), [toldRules, answer]);
  const refused = useMemo(
    () => byRule(asked?.rules ?? [], error instanceof ApiProblem ? error.errors : []),
    [asked, error],
  );
  const funnel = useMemo((): Funnel | undefined => {
    if (!answer?.funnel) return undefined;
    const left = answer.funnel.flatMap(({ path, total }) => {
      const id = toldRules.rules[Number(path.split('/')[2])]?.id;
      return id === undefined ? [] : [[id, total] as const];
    });
    return { left: new Map(left), isAny: toldRules.match === 'any', exact: answer.exact };
  }, [toldRules, answer]);
  return {
    isComplete,
    /** The figures are those of earlier rules. */
    isBehind: isComplete && (preview.isFetching || !isSettled),
    isCounting: isComplete && preview.isFetching,
    answer,
    /** The rules that the answer is about. */
    toldRules,
    funnel,
    error,
    refused,
    odd,
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
