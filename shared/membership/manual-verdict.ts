import type { LeadOutcome } from './evaluate-leads.ts';

/** What became of a lead that a person did something about. */
export type ManualVerdict = 'done' | 'unchanged' | 'unknown_lead' | 'segment_inactive' | 'refused';

/** What became of it; `refused`: its document has no room. */
export function manualVerdict({
  refused,
  manualResult,
}: Pick<LeadOutcome, 'refused' | 'manualResult'> = {}): ManualVerdict {
  if (refused !== undefined) return 'refused';
  if (!manualResult) return 'unknown_lead';
  if (manualResult.refused) return manualResult.refused;
  return manualResult.isDone ? 'done' : 'unchanged';
}
