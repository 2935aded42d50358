import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { describeRule } from '../../shared/rule/describe.ts';
import type { Rule } from '../../shared/rule/rule.ts';
import { useApi } from '../api/api.ts';
import { useSegments } from '../api/queries.ts';
import type { NamedSegment } from '../drafts/palette-options.ts';
import { problemsOfRule } from '../drafts/part-problems.ts';

/** How many leads have each value of a field (`lead:country`) or level, most first; nothing until it is wanted. */
export function useValueCounts(place: string | undefined, isWanted: boolean) {
  const api = useApi();
  const counts = useQuery({
    queryKey: ['value-counts', place],
    queryFn: ({ signal }) => api.call('GET /vocabulary/values', { query: { field: place! }, signal }),
    enabled: isWanted && place !== undefined,
    staleTime: 60_000,
  });
  return counts.data;
}

const nobody: readonly NamedSegment[] = [];

/** The segments that rules may name, by name, and why some cannot be: they would make a circle with this one. */
export function useNamedSegments(segmentId: string | undefined) {
  const api = useApi();
  const segments = useSegments({ isLive: false }).data;
  const dependants = useQuery({
    queryKey: ['dependants', segmentId],
    queryFn: ({ signal }) =>
      api.call('GET /segments/{segmentId}/dependants', { parts: { segmentId: segmentId! }, signal }),
    enabled: segmentId !== undefined,
    staleTime: 10_000,
  });
  const refusals = new Map(
    dependants.data?.dependants.map(({ id }) => [id, 'uses this segment: it would be a circle'] as const),
  );
  const others = segments
    ?.filter(({ id }) => id !== segmentId)
    .map(({ id, name, active }) => ({ id, name, active }))
    .sort((a, b) => a.name.localeCompare(b.name));
  return { segments: others ?? nobody, refusals };
}

/** What segments are called, by id; the id itself while that is not known. */
export function useSegmentNames(): (segmentId: string) => string {
  const segments = useSegments({ isLive: false }).data;
  return useCallback((segmentId) => segments?.find(({ id }) => id === segmentId)?.name ?? segmentId, [segments]);
}

/** What is said of a rule that is not complete. */
export const unsaid = '…';

/** What a rule says in English, or `unsaid`. */
export function useRuleWords(): (rule: Rule) => string {
  const nameOf = useSegmentNames();
  return useCallback((rule) => (problemsOfRule(rule).length > 0 ? unsaid : describeRule(rule, nameOf)), [nameOf]);
}
