import { z } from 'zod';
import { cursorOf, pageRequest } from '../../shared/http/pages.ts';
import { changesBetween } from '../../shared/segment/revision-changes.ts';
import { catalog, revisions, segmentOr404 } from './context.ts';
import { parameter, type Route } from './route.ts';
import { segmentNames } from './segment-answer.ts';

/** `GET /segments/{segmentId}/revisions`: newest first, each with what it changed */
export const listRevisions: Route = async (request) => {
  const segment = await segmentOr404(parameter(request, 'segmentId'));
  const { limit, position } = pageRequest(request.query, z.int().min(1).max(999_999_999_999));
  const [page, current] = await Promise.all([revisions.page(segment.id, position, limit), catalog.current()]);
  const shown = page.revisions.map(({ revision, before }) => ({
    ...revision,
    changes: changesBetween(before, revision, segmentNames(current)),
  }));
  return { status: 200, body: { revisions: shown, ...(page.next && { cursor: cursorOf(page.next) }) } };
};
