import { leadIdSchema } from '../../shared/lead/change.ts';
import { showLead } from '../../shared/lead/show-lead.ts';
import { notFound } from '../../shared/problem/problem.ts';
import { leads } from './context.ts';
import { type ApiRequest, parameter, type Route } from './route.ts';

/** The request's lead document, or 404. */
export async function leadOr404(request: ApiRequest) {
  const leadId = parameter(request, 'leadId');
  // What cannot be the id of a lead may be no key for DynamoDB either.
  const isPossible = leadIdSchema.safeParse(leadId).success;
  const document = isPossible ? (await leads.read([leadId])).get(leadId) : undefined;
  if (!document || document.isDeleted) throw notFound('lead', leadId);
  return document;
}

/** `GET /leads/{leadId}` */
export const getLead: Route = async (request) => ({ status: 200, body: showLead(await leadOr404(request)) });
