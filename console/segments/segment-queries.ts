import { type QueryClient, useQuery } from '@tanstack/react-query';
import type { AnswerTo } from '../api/answers.ts';
import { useApi } from '../api/api.ts';
import { keys } from '../api/queries.ts';

/** A segment whose rules refer to another one, directly or through others. */
export type Dependant = AnswerTo<'GET /segments/{segmentId}/dependants'>['dependants'][number];

/** The segments that refer to one. */
export function useDependants(segmentId: string | undefined) {
  const api = useApi();
  return useQuery({
    queryKey: ['dependants', segmentId],
    queryFn: ({ signal }) =>
      api.call('GET /segments/{segmentId}/dependants', { parts: { segmentId: segmentId! }, signal }),
    enabled: segmentId !== undefined,
    select: ({ dependants }) => dependants,
  });
}

/** Whoever keeps a segment from being deactivated or deleted: the active ones that name it in their own rules. */
export function blockersOf(dependants: readonly Dependant[]): Dependant[] {
  return dependants.filter(({ active, direct }) => active && direct);
}

/** Has everything read again that a write to this segment may have changed. */
export function refreshSegment(queryClient: QueryClient, segmentId: string): void {
  for (const queryKey of [keys.segments, keys.segment(segmentId), keys.members(segmentId), ['dependants']]) {
    void queryClient.invalidateQueries({ queryKey });
  }
}
