import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Match, Rule } from '../../shared/rule/rule.ts';
import type { Lead, PreviewAnswer } from '../api/answers.ts';
import { type Api, useApi } from '../api/api.ts';
import { keys } from '../api/queries.ts';
import { leadNames } from '../words/lead-name.ts';

/** Which leads are listed: those that match the rules, if there are any, and have the text in name, address or id. */
export interface LeadFilter {
  readonly q: string;
  readonly match: Match;
  readonly rules: readonly Rule[];
}

const perPage = 50;
const countingMs = 2_000;
/** As many leads as the API answers at once. */
export const mostPerPage = 500;
const firstPage: string | undefined = undefined;

/** Leads that come after a cursor. A page may be short, even empty, where others follow. */
export async function leadPage(
  api: Api,
  { q, match, rules }: LeadFilter,
  { limit, cursor, signal }: { limit: number; cursor: string | undefined; signal?: AbortSignal | undefined },
): Promise<{ rows: readonly Lead[]; cursor: string | undefined }> {
  if (rules.length === 0) {
    const page = await api.call('GET /leads', { query: { q: q || undefined, limit, cursor }, signal });
    return { rows: page.leads, cursor: page.cursor };
  }
  const body = { match, rules, ...(q && { q }), limit, ...(cursor !== undefined && { cursor }) };
  const page = await api.call('POST /leads/search', { body, signal });
  return { rows: page.leads, cursor: page.cursor };
}

/** The leads that a filter finds, page by page. */
export function useLeadList(filter: LeadFilter) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: ['leads', filter],
    queryFn: ({ pageParam, signal }) => leadPage(api, filter, { limit: perPage, cursor: pageParam, signal }),
    initialPageParam: firstPage,
    getNextPageParam: ({ cursor }) => cursor,
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
  });
}

/** How many leads match the rules of a filter; not asked where there are none, or where a text is looked for as well. */
export function useLeadCount({ q, match, rules }: LeadFilter): PreviewAnswer | undefined {
  const api = useApi();
  const counted = useQuery({
    queryKey: ['lead-count', match, rules],
    queryFn: ({ signal }) => api.call('POST /preview', { body: { match, rules, sampleSize: 0 }, signal }),
    enabled: rules.length > 0 && q === '',
    staleTime: 30_000,
    refetchOnWindowFocus: false,
  }).data;
  // The rest of many leads is counted in the background, as long as somebody asks.
  const previewId = counted?.previewId ?? '';
  const rest = useQuery({
    queryKey: ['lead-count', previewId],
    queryFn: ({ signal }) => api.call('GET /previews/{previewId}', { parts: { previewId }, signal }),
    enabled: previewId !== '',
    refetchInterval: ({ state }) => (state.data?.exact ? false : countingMs),
  }).data;
  return previewId === '' ? counted : (rest ?? counted);
}

/** Names of what is kept of the API's answers. */
export const leadKeys = {
  leads: ['leads'] as const,
  lead: (leadId: string) => ['lead', leadId] as const,
};

/** A page that nobody touches asks once in ten seconds, its frame included: two of these do. */
const calmMs = 30_000;
const explanationMs = 15_000;

/** A lead, live. */
export function useLead(leadId: string) {
  const api = useApi();
  return useQuery({
    queryKey: leadKeys.lead(leadId),
    queryFn: ({ signal }) => api.call('GET /leads/{leadId}', { parts: { leadId }, signal }),
    refetchInterval: calmMs,
  });
}

/** The segments that a lead is in, live. */
export function useLeadSegments(leadId: string) {
  const api = useApi();
  return useQuery({
    queryKey: keys.leadSegments(leadId),
    queryFn: ({ signal }) => api.call('GET /leads/{leadId}/segments', { parts: { leadId }, signal }),
    refetchInterval: calmMs,
  });
}

/** A lead's entries and exits, page by page, newest first; read again when its segments have changed. */
export function useTimeline(leadId: string) {
  const api = useApi();
  const { data, isPending } = useLeadSegments(leadId);
  const segments = data?.segments.map(({ id, since }) => [id, since]);
  return useInfiniteQuery({
    queryKey: [...keys.timeline(leadId), segments],
    queryFn: ({ pageParam, signal }) =>
      api.call('GET /leads/{leadId}/timeline', { parts: { leadId }, query: { limit: 20, cursor: pageParam }, signal }),
    initialPageParam: firstPage,
    getNextPageParam: ({ cursor }) => cursor,
    placeholderData: keepPreviousData,
    enabled: !isPending,
  });
}

/** A lead's events, all or of one type, page by page, newest first; read again when the lead has changed. */
export function useLeadEvents(leadId: string, eventType: string | undefined) {
  const api = useApi();
  const updatedAt = useLead(leadId).data?.updatedAt;
  return useInfiniteQuery({
    queryKey: ['lead-events', leadId, eventType, updatedAt],
    queryFn: ({ pageParam, signal }) =>
      api.call('GET /leads/{leadId}/events', {
        parts: { leadId },
        query: { eventType, limit: 20, cursor: pageParam },
        signal,
      }),
    initialPageParam: firstPage,
    getNextPageParam: ({ cursor }) => cursor,
    placeholderData: keepPreviousData,
  });
}

/** Why a lead is in a segment or not, live. */
export function useExplanation(leadId: string, segmentId: string) {
  const api = useApi();
  return useQuery({
    queryKey: keys.explanation(leadId, segmentId),
    queryFn: ({ signal }) =>
      api.call('GET /leads/{leadId}/segments/{segmentId}/explanation', { parts: { leadId, segmentId }, signal }),
    refetchInterval: explanationMs,
  });
}

/** A name is read once, and again only where that went wrong. */
const askedOnce = {
  staleTime: 60_000,
  refetchInterval: ({ state }: { state: { data: unknown } }) => state.data === undefined && explanationMs,
};

/** What the lead and the segment of an explanation are called; their ids until that is known. */
export function useNames(leadId: string, segmentId: string): { lead: string; segment: string } {
  const api = useApi();
  const lead = useQuery({
    queryKey: leadKeys.lead(leadId),
    queryFn: ({ signal }) => api.call('GET /leads/{leadId}', { parts: { leadId }, signal }),
    ...askedOnce,
  });
  const segment = useQuery({
    queryKey: keys.segment(segmentId),
    queryFn: ({ signal }) => api.call('GET /segments/{segmentId}', { parts: { segmentId }, signal }),
    ...askedOnce,
  });
  return { lead: leadNames(lead.data ?? { leadId }).name, segment: segment.data?.name ?? segmentId };
}
