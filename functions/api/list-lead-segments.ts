import { isMember } from '../../shared/lead/lead-document.ts';
import { catalog } from './context.ts';
import { leadOr404 } from './get-lead.ts';
import type { Route } from './route.ts';

/** `GET /leads/{leadId}/segments` */
export const listLeadSegments: Route = async (request) => {
  const [document, { active }] = await Promise.all([leadOr404(request), catalog.current()]);
  const segments = Object.entries(document.memberships).flatMap(([segmentId, { since, source }]) => {
    const segment = active.get(segmentId)?.segment;
    if (!segment || !isMember(document, segmentId)) return [];
    return [{ id: segmentId, name: segment.name, since: new Date(since).toISOString(), source }];
  });
  return { status: 200, body: { segments } };
};
