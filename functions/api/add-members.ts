import { addMembersSchema } from '../../shared/http/body-schemas.ts';
import type { LeadOutcome } from '../../shared/membership/evaluate-leads.ts';
import { parseOrRefuse } from '../../shared/problem/problem.ts';
import { actByHand } from './act-by-hand.ts';
import { segmentOr404 } from './context.ts';
import { parameter, type Route } from './route.ts';

/** `POST /segments/{segmentId}/members`: adds leads by hand, or pins them */
export const addMembers: Route = async (request) => {
  const { leadIds, pin, reason } = parseOrRefuse(addMembersSchema, request.body());
  const segment = await segmentOr404(parameter(request, 'segmentId'));
  const { author } = request;
  const outcomes = await actByHand(segment, leadIds, { kind: pin ? 'pinned' : 'added', author, reason });
  return { status: 200, body: { results: leadIds.map((leadId) => ({ leadId, ...resultOf(outcomes.get(leadId)) })) } };
};

function resultOf(outcome: LeadOutcome | undefined) {
  if (outcome?.refused) return { result: 'refused', detail: outcome.refused };
  const done = outcome?.handResult;
  if (!done || done.refused) return { result: 'unknown_lead' };
  return {
    result: done.wasMember ? 'already_member' : 'added',
    ...(done.wasExcluded && { wasExcluded: true }),
  };
}
