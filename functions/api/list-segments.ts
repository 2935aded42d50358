import { sizeAdvice } from '../../shared/catalog/segment.ts';
import { cursorOf } from '../../shared/http/pages.ts';
import type { QueryOf } from '../../shared/http/route.ts';
import type { segmentRoutes } from '../../shared/http/routes/segment-routes.ts';
import { activeIds } from '../../shared/segment/segment-view.ts';
import { selectSegments, sortedPage } from '../../shared/segment/select-segments.ts';
import type { ApiWorld } from './api-world.ts';

/** A page of the segments that the query asks for. */
export async function listSegments(
  { catalog, segmentView, memberCounts, leadTotal }: ApiWorld,
  { limit, cursor, sort, size, ...filter }: QueryOf<typeof segmentRoutes.listSegments>,
) {
  const { known } = await catalog.current();
  const fitting = selectSegments(known.values(), filter);
  // Figures of all of them are read only where the list goes by them.
  const isByCounts = size !== undefined || sort.by === 'memberCount';
  const counts = isByCounts ? await memberCounts(activeIds(fitting)) : undefined;
  const leads = size === undefined ? 0 : await leadTotal.read();
  const ofSize = fitting.filter(({ id }) => size === undefined || sizeAdvice(counts?.get(id) ?? 0, leads) === size);
  const page = sortedPage(ofSize, sort, { after: cursor, limit }, counts ?? new Map());
  const scattered = fitting.length < known.size || sort.by !== 'createdAt';
  const segments = await segmentView.many(page.segments, { scattered });
  return { segments, total: ofSize.length, ...(page.next && { cursor: cursorOf(page.next) }) };
}
