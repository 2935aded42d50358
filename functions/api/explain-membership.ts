import { explain } from '../../shared/membership/explanation.ts';
import { eventsToRead } from '../../shared/membership/stored-subject.ts';
import { notFound } from '../../shared/problem/problem.ts';
import { catalog, events } from './context.ts';
import { leadOr404 } from './get-lead.ts';
import { parameter, type Route } from './route.ts';

/** `GET /leads/{leadId}/segments/{segmentId}/explanation`: why the lead is a member, or is not */
export const explainMembership: Route = async (request) => {
  const segmentId = parameter(request, 'segmentId');
  const [document, current] = await Promise.all([leadOr404(request), catalog.current()]);
  const segment = current.known.get(segmentId);
  if (!segment) throw notFound('segment', segmentId);
  const now = Math.max(Date.now(), document.evaluatedAt);
  const read = await Promise.all(
    eventsToRead(document, segment.rules, current).map(
      async ({ condition, n }) => [condition.key, await events.read(document.leadId, condition, n, now)] as const,
    ),
  );
  return { status: 200, body: explain(document, segment, current, new Map(read), now) };
};
