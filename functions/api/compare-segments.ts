import type { Segment } from '../../shared/catalog/segment.ts';
import { invalid } from '../../shared/problem/problem.ts';
import { type MemberPages, overlapOf } from '../../shared/projection/overlap.ts';
import { leadTotal, memberships, segmentOr404 } from './context.ts';
import { parameter, type Route } from './route.ts';

/** An inactive segment is frozen: it counts no members. */
const pagesOf = ({ id, active }: Segment): MemberPages =>
  active ? (from, limit) => memberships.members(id, from, limit) : async () => ({ members: [] });

/** `GET /segments/{segmentId}/overlap?with=SEGMENT_ID`: how many leads are in one of them, and in both */
export const compareSegments: Route = async (request) => {
  const segmentId = parameter(request, 'segmentId');
  const { with: otherId } = request.query;
  if (!otherId) throw invalid([{ path: '/with', message: 'must name the segment to compare with' }]);
  if (otherId === segmentId) throw invalid([{ path: '/with', message: 'must name another segment' }]);
  const [here, there] = await Promise.all([segmentOr404(segmentId), segmentOr404(otherId)]);
  const [overlap, leads] = await Promise.all([overlapOf(pagesOf(here), pagesOf(there)), leadTotal.read()]);
  return { status: 200, body: { segmentId: here.id, with: there.id, ...overlap, of: leads } };
};
