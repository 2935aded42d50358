import { z } from 'zod';
import { invalid } from '../../shared/http/problem.ts';
import { cursorOf, pageRequest } from '../../shared/http/request.ts';
import { lastDays } from '../../shared/segment/activity.ts';
import { activity, segmentOr404 } from './context.ts';
import { type ApiRequest, parameter, type Route } from './route.ts';

const positionSchema = z.object({
  at: z.iso.datetime({ precision: 3 }),
  leadId: z.string().min(1).max(128),
  sequence: z.int().min(1),
});

/** `GET /segments/{segmentId}/activity`: entered and exited per day, and the newest transitions */
export const segmentActivity: Route = async (request) => {
  const segment = await segmentOr404(parameter(request, 'segmentId'));
  const { limit, position } = pageRequest(request.query, positionSchema);
  const wanted = lastDays(dayCount(request), Date.now());
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

/** Counters are kept as long as the history: 400 days. */
function dayCount({ query }: ApiRequest): number {
  const days = z.coerce
    .number()
    .int()
    .min(1)
    .max(400)
    .safeParse(query.days ?? 30);
  if (!days.success) throw invalid([{ path: '/days', message: 'must be a whole number from 1 to 400' }]);
  return days.data;
}
