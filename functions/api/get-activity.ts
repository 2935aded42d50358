import { z } from 'zod';
import { countIn, cursorOf, pageRequest } from '../../shared/http/pages.ts';
import { leadIdSchema } from '../../shared/lead/change.ts';
import { lastDays } from '../../shared/projection/activity.ts';
import { activity, segmentOr404 } from './context.ts';
import { parameter, type Route } from './route.ts';

const positionSchema = z.object({
  at: z.iso.datetime({ precision: 3 }),
  leadId: leadIdSchema,
  sequence: z.int().min(1),
});

/** Counters are kept as long as the history. */
const keptDays = 400;

/** `GET /segments/{segmentId}/activity`: entered and exited per day, and the newest transitions */
export const segmentActivity: Route = async (request) => {
  const segment = await segmentOr404(parameter(request, 'segmentId'));
  const { limit, position } = pageRequest(request.query, positionSchema);
  const wanted = lastDays(countIn(request.query, 'days', 30, keptDays), Date.now());
  const [days, page] = await Promise.all([
    activity.days(segment.id, wanted),
    activity.transitions(segment.id, position, limit),
  ]);
  const transitions = page.transitions.map(({ leadId, transition }) => ({
    leadId,
    occurredAt: new Date(transition.occurredAt).toISOString(),
    type: transition.sequence % 2 === 1 ? 'entered' : 'exited',
    sequence: transition.sequence,
    reason: transition.reason,
    cause: transition.cause,
    ...(transition.silent && { silent: true }),
  }));
  return { status: 200, body: { days, transitions, ...(page.next && { cursor: cursorOf(page.next) }) } };
};
