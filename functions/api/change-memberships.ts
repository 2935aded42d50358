import type { Segment } from '../../shared/catalog/segment.ts';
import type { ManualChangeKind } from '../../shared/lead/manual-change.ts';
import type { LeadOutcome, LeadWork } from '../../shared/membership/evaluate-leads.ts';
import { Problem } from '../../shared/problem/problem.ts';
import type { ApiWorld } from './api-world.ts';

/** Refuses what cannot be done while a segment is frozen (409). */
export function inactive({ id }: Pick<Segment, 'id'>): Problem {
  return new Problem(409, 'segment_inactive', `Segment ${id} is not active`);
}

/** Refuses what has no room in a lead's document (409). */
export function refuseWithoutRoom(outcome: LeadOutcome | undefined): void {
  if (outcome?.refused !== undefined) throw new Problem(409, 'lead_too_large', outcome.refused);
}

/** Evaluates leads; throws 429 when some kept changing meanwhile: whoever asks again only finishes the work. */
export async function evaluateOrRefuse(
  { evaluate, note }: Pick<ApiWorld, 'evaluate' | 'note'>,
  work: readonly LeadWork[],
): Promise<ReadonlyMap<string, LeadOutcome>> {
  const { outcomes, failed } = await evaluate(work);
  if (failed.size === 0) return outcomes;
  for (const [leadId, reason] of failed) note(`Lead ${leadId} was not evaluated`, reason);
  throw new Problem(429, 'leads_busy', `${failed.size} of ${work.length} leads kept changing meanwhile; ask again`);
}

/** Makes the same manual change to leads in an active segment. Throws 409 for one that is not, or not any more. */
export async function changeMemberships(
  world: ApiWorld,
  segment: Segment,
  leadIds: readonly string[],
  manual: { kind: ManualChangeKind; author: string; reason?: string | undefined },
): Promise<ReadonlyMap<string, LeadOutcome>> {
  if (!segment.active) throw inactive(segment);
  const { reason, ...rest } = manual;
  const command = { id: world.newId('act'), segmentId: segment.id, ...rest, ...(reason !== undefined && { reason }) };
  const outcomes = await evaluateOrRefuse(
    world,
    [...new Set(leadIds)].map((leadId) => ({ leadId, command })),
  );
  const isInactive = [...outcomes.values()].some(({ manualResult }) => manualResult?.refused === 'segment_inactive');
  if (isInactive) throw inactive(segment);
  return outcomes;
}
