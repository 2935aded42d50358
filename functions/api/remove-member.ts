import { removeMemberSchema } from '../../shared/http/body-schemas.ts';
import { notFound, parseOrRefuse } from '../../shared/problem/problem.ts';
import { actByHand, refuseWithoutRoom } from './act-by-hand.ts';
import { segmentOr404 } from './context.ts';
import { leadOr404 } from './get-lead.ts';
import { parameter, type Route } from './route.ts';

/** `DELETE /segments/{segmentId}/members/{leadId}`: takes a lead out until the rules say otherwise, or keeps it out */
export const removeMember: Route = async (request) => {
  const { exclude, reason } = parseOrRefuse(removeMemberSchema, request.query);
  const segment = await segmentOr404(parameter(request, 'segmentId'));
  const { leadId } = await leadOr404(request);
  const kind = exclude ? 'excluded' : 'removed';
  const outcome = (await actByHand(segment, [leadId], { kind, author: request.author, reason })).get(leadId);
  refuseWithoutRoom(outcome);
  if (outcome?.handResult?.refused) throw notFound('lead', leadId);
  return { status: 204 };
};
