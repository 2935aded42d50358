import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useApi } from '../api/api.ts';
import { keys } from '../api/queries.ts';
import { dayAfter } from './sizes-by-day.ts';

const liveMs = 30_000;
const transitionsPerPage = 25;
const firstPage: string | undefined = undefined;

/** How many leads entered and left on each of the last UTC days, live. */
export function useActivityDays(segmentId: string, days: number) {
  const api = useApi();
  return useQuery({
    queryKey: [...keys.activity(segmentId), 'days', days],
    queryFn: ({ signal }) => {
      const query = { days, limit: 1 };
      return api.call('GET /segments/{segmentId}/activity', { parts: { segmentId }, query, signal });
    },
    select: (activity) => activity.days,
    placeholderData: keepPreviousData,
    refetchInterval: liveMs,
  });
}

/** Who entered and left, newest first, page by page; of one UTC day (`YYYY-MM-DD`), if one is given. */
export function useTransitions(segmentId: string, day: string | undefined) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: [...keys.activity(segmentId), 'transitions', day],
    queryFn: ({ pageParam, signal }) => {
      const span = day === undefined ? {} : { since: `${day}T00:00:00.000Z`, until: `${dayAfter(day)}T00:00:00.000Z` };
      const query = { days: 1, limit: transitionsPerPage, cursor: pageParam, display: 'true', ...span };
      return api.call('GET /segments/{segmentId}/activity', { parts: { segmentId }, query, signal });
    },
    initialPageParam: firstPage,
    getNextPageParam: ({ cursor }) => cursor,
    refetchInterval: ({ state: { data } }) => liveMs * Math.max(1, data?.pages.length ?? 1),
  });
}
