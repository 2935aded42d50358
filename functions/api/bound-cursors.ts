import type { PlainAnswer, Route } from '../../shared/http/route.ts';
import type { Api, ApiRequest } from './api-request.ts';
import { digestOf } from './digest.ts';

/** No cursor of any list: what takes cursors refuses it. */
const noPlace = '%';

/**
 * Ties the cursors of a route's list to what was listed: the path with its ids, and all that was asked for but how many. The
 * cursor of another list, or of the same one with other filters, is refused instead of starting elsewhere.
 */
export function withBoundCursors(route: Route, answer: Api): Api {
  const isInQuery = 'cursor' in route.query.shape;
  const isInBody = 'shape' in route.body && 'cursor' in (route.body.shape as object);
  if (!isInQuery && !isInBody) return answer;
  return async (request) => {
    const asked = isInBody ? request.body() : request.query;
    const list = await listOf(route, request, asked);
    const place = placeIn(list, asked);
    if (isInBody) return bound(list, await answer({ ...request, body: () => place }));
    return bound(list, await answer({ ...request, query: place as ApiRequest['query'] }));
  };
}

/** What names the list that was asked for. */
async function listOf({ path }: Route, { parameters }: ApiRequest, asked: unknown): Promise<string> {
  const { cursor: _cursor, limit: _limit, ...what } = isObject(asked) ? asked : {};
  return digestOf(JSON.stringify([path, parameters, Object.entries(what).sort(([a], [b]) => (a < b ? -1 : 1))]));
}

/** The same with the cursor as the list gave it. */
function placeIn(list: string, asked: unknown): unknown {
  if (!isObject(asked) || typeof asked.cursor !== 'string') return asked;
  const dot = asked.cursor.lastIndexOf('.');
  return { ...asked, cursor: asked.cursor.slice(dot + 1) === list ? asked.cursor.slice(0, dot) : noPlace };
}

function bound(list: string, answer: PlainAnswer): PlainAnswer {
  const { body } = answer;
  return isObject(body) && typeof body.cursor === 'string'
    ? { ...answer, body: { ...body, cursor: `${body.cursor}.${list}` } }
    : answer;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
