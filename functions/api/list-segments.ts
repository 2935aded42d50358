import { mapConcurrently } from '../../shared/batch/batch.ts';
import { sizeAdvice } from '../../shared/catalog/segment.ts';
import { cursorOf } from '../../shared/http/pages.ts';
import type { QueryOf } from '../../shared/http/route.ts';
import type { segmentRoutes } from '../../shared/http/routes/segment-routes.ts';
import { lastDays } from '../../shared/projection/activity.ts';
import { referrerCounts } from '../../shared/segment/dependants.ts';
import { activeIds } from '../../shared/segment/segment-view.ts';
import { selectSegments, sortedPage } from '../../shared/segment/select-segments.ts';
import type { ApiWorld } from './api-world.ts';

/** Whose days are read at a time: each has several counters. */
const segmentsAtOnce = 4;

/** A page of the segments that the query asks for. */
export async function listSegments(
  { catalog, segmentView, memberCounts, leadTotal, activity, now }: ApiWorld,
  { limit, cursor, sort, size, activityDays, ...filter }: QueryOf<typeof segmentRoutes.listSegments>,
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
  const shown = await segmentView.many(page.segments, { scattered });
  const days = activityDays === undefined ? undefined : lastDays(activityDays, now());
  const usedBy = referrerCounts(known.values());
  const segments = await mapConcurrently(shown, segmentsAtOnce, async (segment) => ({
    ...segment,
    usedBy: usedBy.get(segment.id) ?? 0,
    ...(days && { activity: await activity.days(segment.id, days) }),
  }));
  return { segments, total: ofSize.length, ...(page.next && { cursor: cursorOf(page.next) }) };
}
