import { z } from 'zod';
import { cursorOf, pageRequest, shardPositionSchema } from '../../shared/http/pages.ts';
import { invalid } from '../../shared/problem/problem.ts';
import { memberships, segmentOr404 } from './context.ts';
import { parameter, type Route } from './route.ts';

const sources = ['rules', 'manual', 'pinned', 'excluded'] as const;
const sourceSchema = z.enum(sources).optional();

/** `GET /segments/{segmentId}/members`: all, those of one source, or the leads that are kept out */
export const listMembers: Route = async (request) => {
  const segment = await segmentOr404(parameter(request, 'segmentId'));
  const { limit, position } = pageRequest(request.query, shardPositionSchema);
  const source = sourceSchema.safeParse(request.query.source);
  if (!source.success) throw invalid([{ path: '/source', message: `must be one of ${sources.join(', ')}` }]);
  // An inactive segment is frozen: its memberships are kept aside, and it counts none.
  if (!segment.active) return { status: 200, body: { members: [] } };
  const { shard = 0, after } = position ?? {};
  const from = { shard, ...(after && { after }) };
  const { members, next } = await memberships.members(segment.id, from, limit, source.data);
  return { status: 200, body: { members, ...(next && { cursor: cursorOf(next) }) } };
};
