import { z } from 'zod';
import { cursorOf, pageRequest } from '../../shared/http/pages.ts';
import { isPossibleId } from '../../shared/problem/input-limits.ts';
import { segments, segmentView } from './context.ts';
import type { Route } from './route.ts';

/** `GET /segments` */
export const listSegments: Route = async ({ query }) => {
  const { limit, position } = pageRequest(query, z.string().refine(isPossibleId));
  const page = await segments.list(position, limit);
  const body = { segments: await segmentView.many(page.segments), ...(page.next && { cursor: cursorOf(page.next) }) };
  return { status: 200, body };
};
