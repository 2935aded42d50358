import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { mapConcurrently } from '../../shared/batch/batch.ts';
import type { LevelKind } from '../../shared/rule/levels.ts';
import type { AnswerTo } from '../api/answers.ts';
import { type Api, useApi } from '../api/api.ts';
import { isRevisionMoved } from '../api/problem.ts';
import { namesLevel } from './level-changes.ts';

/** The vocabulary with the revision that a save of its settings goes by. */
export interface StoredVocabulary {
  readonly vocabulary: AnswerTo<'GET /vocabulary'>;
  readonly revision: string;
}

const storedKey = ['stored-vocabulary'];

/** The vocabulary as it is stored, to be edited: not read again while somebody types. */
export function useStoredVocabulary() {
  const api = useApi();
  return useQuery({
    queryKey: storedKey,
    queryFn: async ({ signal }): Promise<StoredVocabulary> => {
      const answer = await api.ask('GET /vocabulary', { signal });
      const revision = (answer.headers.get('etag') ?? '').replaceAll('"', '');
      return { vocabulary: (await answer.json()) as AnswerTo<'GET /vocabulary'>, revision };
    },
    refetchOnWindowFocus: false,
  });
}

/** Why a setting was not saved, for `ProblemNotice`. */
export function settingProblem(error: unknown): unknown {
  return isRevisionMoved(error)
    ? 'Somebody else has saved the settings meanwhile. What you typed is still here: save again to put it in place of theirs.'
    : error;
}

/**
 * Saves one of the settings; whatever shows the vocabulary reads it again, also where somebody else was quicker: the next
 * save is then made for what they saved.
 */
export function useSettingSave<Sent>(save: (api: Api, sent: Sent) => Promise<unknown>) {
  const api = useApi();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (sent: Sent) => save(api, sent),
    onSuccess: async () => {
      void queryClient.invalidateQueries({ queryKey: ['vocabulary'] });
      await queryClient.invalidateQueries({ queryKey: storedKey });
    },
    onError: (error) => isRevisionMoved(error) && queryClient.invalidateQueries({ queryKey: storedKey }),
  });
}

const levelFields = { engagement: 'engagement_level', profile: 'profile_level', account: 'account_level' } as const;

/** How many rules of segments are looked through for the names of levels. */
const mostSegments = 100;

/** What depends on levels of a kind: how many leads have each, and which segments name one of `names`. */
export function useLevelUse(kind: LevelKind, names: readonly string[], isAsked: boolean) {
  const api = useApi();
  const field = levelFields[kind];
  return useQuery({
    queryKey: ['level-use', kind, names],
    enabled: isAsked,
    staleTime: 0,
    queryFn: async ({ signal }) => {
      const [{ values }, { segments, total }] = await Promise.all([
        api.call('GET /vocabulary/values', { query: { field }, signal }),
        api.call('GET /segments', { query: { usesField: field, limit: mostSegments }, signal }),
      ]);
      const named = await mapConcurrently(segments, 6, async ({ id, name }) => {
        const { rules } = await api.call('GET /segments/{segmentId}/rules', { parts: { segmentId: id }, signal });
        return namesLevel(rules, field, names) ? [{ id, name }] : [];
      });
      return { values, naming: named.flat(), users: total, isWhole: total <= segments.length };
    },
  });
}

/** Why messages were given up. Each look hides them from a redrive for a moment, so it is not taken again by itself. */
export function useDeadLetters() {
  const api = useApi();
  return useQuery({
    queryKey: ['dead-letters'],
    queryFn: ({ signal }) => api.call('GET /health/dead-letters', { signal }),
    staleTime: 60_000,
    refetchOnWindowFocus: false,
  });
}

/** Active segments of which leads are being evaluated, or could not be. */
export function useRecalculations() {
  const api = useApi();
  return useQuery({
    queryKey: ['recalculations'],
    queryFn: async ({ signal }) => {
      const segments = await api.segments(signal);
      return segments.filter(({ active, recalculation }) => active && recalculation && recalculation.state !== 'done');
    },
    refetchInterval: 30_000,
  });
}
