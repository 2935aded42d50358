import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useApi } from '../api/api.ts';

/** How many segments are compared at most. */
export const mostCompared = 4;

/** How many leads are in each combination of these segments, two to four. */
export function useOverlapOf(segmentIds: readonly string[]) {
  const api = useApi();
  return useQuery({
    queryKey: ['overlap', segmentIds],
    queryFn: ({ signal }) => api.call('GET /overlap', { query: { segmentIds: segmentIds.join(',') }, signal }),
    enabled: segmentIds.length > 1,
    staleTime: 10_000,
    placeholderData: keepPreviousData,
  });
}

/** Some active segments that a search finds. */
export function useFoundSegments(q: string) {
  const api = useApi();
  return useQuery({
    queryKey: ['segments-found', q],
    queryFn: ({ signal }) => {
      const query = { active: 'true', sort: 'name', limit: 30, q: q.trim() || undefined };
      return api.call('GET /segments', { query, signal });
    },
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    select: ({ segments }) => segments,
  });
}

/** The segments with these ids, as far as there are any. */
export function useSegmentsOfIds(ids: readonly string[]) {
  const api = useApi();
  return useQuery({
    queryKey: ['segments-of-ids', ids],
    queryFn: ({ signal }) => api.call('GET /segments', { query: { ids: ids.join(',') }, signal }),
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    select: ({ segments }) => segments,
  });
}
