import { cursorOf, pageRequest, shardPositionSchema } from '../../shared/http/request.ts';
import { memberships, segmentOr404 } from './context.ts';
import { parameter, type Route } from './route.ts';

/** `GET /segments/{segmentId}/members` */
export const listMembers: Route = async (request) => {
  const segment = await segmentOr404(parameter(request, 'segmentId'));
  const { limit, position } = pageRequest(request.query, shardPositionSchema);
  // An inactive segment is frozen: its memberships are kept aside, and it counts none.
  if (!segment.active) return { status: 200, body: { members: [] } };
  const { shard = 0, after } = position ?? {};
  const { members, next } = await memberships.members(segment.id, { shard, ...(after && { after }) }, limit);
  return { status: 200, body: { members, ...(next && { cursor: cursorOf(next) }) } };
};
