/** Whether a rule holds, as it is told, and whether that speaks for the lead's being in the segment. */
export interface RuleVerdict {
  readonly words: 'Yes' | 'No' | 'Matches' | 'No match';
  readonly isGood: boolean;
}

/**
 * What it means that a rule holds, or does not. Within a "none of these" group a rule that holds is a reason to be out,
 * and one that does not is as it should be; within a "none" of a "none" it is the other way round again.
 */
export function ruleVerdict(holds: boolean, isReasonToBeOut: boolean): RuleVerdict {
  if (isReasonToBeOut) return { words: holds ? 'Matches' : 'No match', isGood: !holds };
  return { words: holds ? 'Yes' : 'No', isGood: holds };
}
