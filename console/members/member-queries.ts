import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Lead, Member, SegmentSummary } from '../api/answers.ts';
import { type Api, useApi } from '../api/api.ts';
import { isFilling } from '../api/live.ts';
import { keys } from '../api/queries.ts';

/** Which members are listed: those with the text in name, address or id, and of the source. */
export interface MemberFilter {
  readonly q: string;
  readonly source: Member['source'] | undefined;
}

const perPage = 50;
const fillingMs = 2_000;
/** A list of more pages is not read again and again while a segment fills. */
const mostPagesRead = 2;
const firstPage: string | undefined = undefined;

/** Members that come after a cursor, who entered last first. A page may be short, even empty, where others follow. */
export async function memberPage(
  api: Api,
  segmentId: string,
  { q, source }: MemberFilter,
  { limit, cursor, signal }: { limit: number; cursor: string | undefined; signal?: AbortSignal | undefined },
): Promise<{ rows: readonly Member[]; cursor: string | undefined }> {
  // Who is excluded has not entered, and so cannot be sorted by it.
  const order = source === 'excluded' ? undefined : 'since';
  const query = { q: q || undefined, source, order, display: 'true', limit, cursor };
  const page = await api.call('GET /segments/{segmentId}/members', { parts: { segmentId }, query, signal });
  return { rows: page.members, cursor: page.cursor };
}

/** The members of a segment, page by page; read again and again while it fills. */
export function useMembers(segment: Pick<SegmentSummary, 'id' | 'recalculation' | 'freshAsOf'>, filter: MemberFilter) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: [...keys.members(segment.id), filter],
    queryFn: ({ pageParam, signal }) =>
      memberPage(api, segment.id, filter, { limit: perPage, cursor: pageParam, signal }),
    initialPageParam: firstPage,
    getNextPageParam: ({ cursor }) => cursor,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) =>
      isFilling(segment) && (data?.pages.length ?? 0) <= mostPagesRead && fillingMs,
  });
}

const fewLeads = 8;
const mostCalls = 4;

/** The first leads with a text in their name, e-mail address or id; not asked for no text. */
export function useFoundLeads(q: string) {
  const api = useApi();
  return useQuery({
    queryKey: ['found-leads', q],
    queryFn: async ({ signal }) => {
      const found: Lead[] = [];
      let cursor: string | undefined;
      // A call looks at so many leads only: in a large house it may find nobody where the next one does.
      for (let call = 0; call < mostCalls && found.length < fewLeads; call += 1) {
        const page = await api.call('GET /leads', { query: { q, limit: fewLeads, cursor }, signal });
        found.push(...page.leads);
        cursor = page.cursor;
        if (!cursor) break;
      }
      return found;
    },
    enabled: q !== '',
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
}
