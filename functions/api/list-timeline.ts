import { z } from 'zod';
import { cursorOf, pageRequest } from '../../shared/http/pages.ts';
import { catalog, transitions } from './context.ts';
import { leadOr404 } from './get-lead.ts';
import type { Route } from './route.ts';

const positionSchema = z.object({ before: z.string().regex(/^[!-~]{1,300}$/) });

/** `GET /leads/{leadId}/timeline`: its entries and exits, newest first */
export const listTimeline: Route = async (request) => {
  const { limit, position } = pageRequest(request.query, positionSchema);
  const [{ leadId }, { known }] = await Promise.all([leadOr404(request), catalog.current()]);
  const page = await transitions.ofLead(leadId, position?.before, limit);
  const shown = page.transitions.map(({ segmentId, segmentName, sequence, occurredAt, ...transition }) => ({
    type: sequence % 2 === 1 ? 'entered' : 'exited',
    // By its name of today; a deleted segment by the one it had.
    segment: { id: segmentId, name: known.get(segmentId)?.name ?? segmentName },
    sequence,
    occurredAt: new Date(occurredAt).toISOString(),
    reason: transition.reason,
    cause: transition.cause,
    revision: transition.revision,
    ...(transition.silent && { silent: true }),
  }));
  const cursor = page.next === undefined ? {} : { cursor: cursorOf({ before: page.next }) };
  return { status: 200, body: { transitions: shown, ...cursor } };
};
