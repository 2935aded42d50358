import { evaluateOrRefuse, refuseWithoutRoom } from './act-by-hand.ts';
import { leadOr404 } from './get-lead.ts';
import type { Route } from './route.ts';

/** `DELETE /leads/{leadId}`: it exits every segment, and what is known of it goes */
export const deleteLead: Route = async (request) => {
  const { leadId } = await leadOr404(request);
  const outcomes = await evaluateOrRefuse([{ leadId, deletes: true }]);
  refuseWithoutRoom(outcomes.get(leadId));
  return { status: 204 };
};
