import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { SegmentRules, SegmentWithRules } from './answers.ts';
import { useApi } from './api.ts';
import { isFilling, isImportMoving } from './live.ts';
import { isOutage } from './problem.ts';

/** A page that nobody touches asks once in ten seconds, its frame included. */
const liveMs = 15_000;
const healthMs = 30_000;
/** While something gets on that a person waits for. */
const fillingMs = 2_000;
const importMs = 2_000;
const firstPage: string | undefined = undefined;

/** Names of what is kept of the API's answers. */
export const keys = {
  segments: ['segments'] as const,
  segment: (segmentId: string) => ['segment', segmentId] as const,
  members: (segmentId: string) => ['members', segmentId] as const,
  revisions: (segmentId: string) => ['revisions', segmentId] as const,
  activity: (segmentId: string) => ['activity', segmentId] as const,
  leadSegments: (leadId: string) => ['lead-segments', leadId] as const,
  timeline: (leadId: string) => ['timeline', leadId] as const,
  explanation: (leadId: string, segmentId: string) => ['explanation', leadId, segmentId] as const,
  imports: ['imports'] as const,
  import: (importId: string) => ['import', importId] as const,
  savedMappings: ['saved-mappings'] as const,
};

/** Every segment; live unless they are only chosen from. */
export function useSegments({ isLive = true } = {}) {
  const api = useApi();
  return useQuery({
    queryKey: keys.segments,
    queryFn: ({ signal }) => api.segments(signal),
    refetchInterval: isLive && liveMs,
  });
}

/** One segment, live; more often while it fills. */
export function useSegment(segmentId: string) {
  const api = useApi();
  return useQuery({
    queryKey: keys.segment(segmentId),
    queryFn: ({ signal }) => api.segment(segmentId, signal),
    refetchInterval: ({ state }) => (state.data && isFilling(state.data) ? fillingMs : liveMs),
  });
}

/** The revisions of a segment, page by page, newest first; read anew when it is saved. */
export function useRevisions({ id, revision }: SegmentWithRules) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: [...keys.revisions(id), revision],
    queryFn: ({ pageParam, signal }) => api.revisions(id, pageParam, signal),
    initialPageParam: firstPage,
    getNextPageParam: ({ cursor }) => cursor,
    placeholderData: keepPreviousData,
  });
}

/**
 * Who would match these rules. Not refreshed by itself: a preview reads every lead. The last answer stays until the next
 * one is there. `isAgain`: whether to count again what was just counted; not when it is asked the next time.
 */
export function usePreview(
  { id, revision, recalculation }: SegmentWithRules,
  rules: SegmentRules | undefined,
  isAgain: { current: boolean },
) {
  const api = useApi();
  return useQuery({
    // A save and the end of its recalculation change who would enter and leave.
    queryKey: ['preview', id, revision, recalculation?.finishedAt, rules],
    queryFn: ({ signal }) => {
      // An answer that is shared may be from before the members were what they are now.
      const hasJustEnded = Date.now() - Date.parse(recalculation?.finishedAt ?? '') < 2 * 60_000;
      const fresh = isAgain.current || hasJustEnded;
      isAgain.current = false;
      return api.preview({ ...rules!, segmentId: id, sampleSize: 10, fresh }, signal);
    },
    enabled: rules !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    // What the API refuses it refuses again; an outage ends.
    refetchInterval: ({ state: { error } }) => (error && isOutage(error) ? liveMs : false),
    refetchOnWindowFocus: false,
  });
}

/** The rest of a preview that was not exact in time, until it is. */
export function usePendingPreview(previewId: string | undefined) {
  const api = useApi();
  return useQuery({
    queryKey: ['pending-preview', previewId],
    queryFn: ({ signal }) => api.pendingPreview(previewId!, signal),
    enabled: previewId !== undefined,
    refetchInterval: ({ state }) => (state.data?.exact ? false : fillingMs),
  });
}

/** Imports, page by page, newest first; live while one of them gets on by itself. */
export function useImports() {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: keys.imports,
    queryFn: ({ pageParam, signal }) => api.imports({ limit: 25, cursor: pageParam }, signal),
    initialPageParam: firstPage,
    getNextPageParam: ({ cursor }) => cursor,
    refetchInterval: ({ state: { data } }) =>
      data?.pages.some(({ imports }) => imports.some(isImportMoving)) ? importMs : false,
  });
}

/** An import; live while it gets on by itself. */
export function useImport(importId: string) {
  const api = useApi();
  return useQuery({
    queryKey: keys.import(importId),
    queryFn: ({ signal }) => api.import(importId, signal),
    refetchInterval: ({ state: { data } }) => (data && isImportMoving(data) ? importMs : false),
  });
}

/** The names of the saved mappings. */
export function useSavedMappings() {
  const api = useApi();
  return useQuery({
    queryKey: keys.savedMappings,
    queryFn: ({ signal }) => api.savedMappings(signal),
    staleTime: 30_000,
  });
}

/** Fields, event types, values and levels that menus offer. */
export function useVocabulary() {
  const api = useApi();
  return useQuery({ queryKey: ['vocabulary'], queryFn: ({ signal }) => api.vocabulary(signal), staleTime: 30_000 });
}

/** The common segments. */
export function useTemplates() {
  const api = useApi();
  return useQuery({
    queryKey: ['templates'],
    queryFn: ({ signal }) => api.templates(signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** How fresh everything is. */
export function useHealth() {
  const api = useApi();
  return useQuery({ queryKey: ['health'], queryFn: ({ signal }) => api.health(signal), refetchInterval: healthMs });
}
