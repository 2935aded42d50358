import { keepPreviousData, useInfiniteQuery, useQueries, useQuery } from '@tanstack/react-query';
import type { SegmentSummary } from '../api/answers.ts';
import { useApi } from '../api/api.ts';
import { isRecalculating } from '../api/live.ts';
import { keys } from '../api/queries.ts';
import { type SegmentsSearch, usualSort } from './segments-search.ts';

const segmentsPerPage = 50;
const liveMs = 15_000;
const recalculatingMs = 3_000;
const activityDays = 14;
const firstPage: string | undefined = undefined;

/** How many leads entered and left on each of the last days, of each segment by its id. */
export type ActivityById = ReadonlyMap<string, NonNullable<SegmentSummary['activity']>>;

/** The segments that a search finds, page by page, live. However many pages are shown, the API is asked equally often. */
export function useSegmentList({ active, ...search }: SegmentsSearch) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: [...keys.segments, 'list', search, active],
    queryFn: ({ pageParam, signal }) => {
      const page = { limit: segmentsPerPage, cursor: pageParam };
      const query = { sort: usualSort, ...search, active: active?.toString(), ...page };
      return api.call('GET /segments', { query, signal });
    },
    initialPageParam: firstPage,
    getNextPageParam: ({ cursor }) => cursor,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) => {
      const pages = data?.pages ?? [];
      const isMoving = pages.some(({ segments }) =>
        segments.some(({ recalculation }) => isRecalculating(recalculation)),
      );
      return (isMoving ? recalculatingMs : liveMs) * Math.max(1, pages.length);
    },
  });
}

/** The entries and exits of the last days, read once for each page of segments: they move slowly, and cost reads. */
export function useActivityOf(pages: readonly { readonly segments: readonly SegmentSummary[] }[]): ActivityById {
  const api = useApi();
  return useQueries({
    queries: pages.flatMap(({ segments }) => {
      const ids = segments.map(({ id }) => id).join(',');
      const query = { ids, activityDays, limit: segmentsPerPage };
      const read = ({ signal }: { signal: AbortSignal }) => api.call('GET /segments', { query, signal });
      return ids === '' ? [] : [{ queryKey: ['activity-of-segments', ids], queryFn: read, staleTime: 60_000 }];
    }),
    combine: activityById,
  });
}

function activityById(answers: { data?: { segments: readonly SegmentSummary[] } | undefined }[]): ActivityById {
  const segments = answers.flatMap(({ data }) => data?.segments ?? []);
  return new Map(segments.map(({ id, activity = [] }) => [id, activity]));
}

/** Who has saved segments, each once, by name; read when they are to be chosen from. */
export function useAuthors(isWanted: boolean): readonly string[] {
  const api = useApi();
  const { data = [] } = useQuery({
    queryKey: ['authors-of-segments'],
    queryFn: async ({ signal }) => {
      const segments = await api.segments(signal);
      return [...new Set(segments.flatMap(({ updatedBy }) => updatedBy ?? []))].sort((a, b) => a.localeCompare(b));
    },
    enabled: isWanted,
    staleTime: 60_000,
  });
  return data;
}
