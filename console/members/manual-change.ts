import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ChangedLead } from '../api/answers.ts';
import { useApi } from '../api/api.ts';
import { ApiProblem } from '../api/problem.ts';
import { keys } from '../api/queries.ts';
import type { MemberJob } from './job-words.ts';
import type { ManualAct } from './manual-acts.ts';
import { memberJobKeys, useRecentJobs } from './member-jobs.ts';
import type { PickedSegment } from './segment-picker.tsx';
import type { ChosenLeads } from './selection.tsx';

/** How many leads the API changes in one request. */
export const mostAtOnce = 1_000;

/** Something that a person decides about leads in a segment; an empty reason is none. */
export interface ManualChange {
  readonly segment: PickedSegment;
  readonly leads: ChosenLeads;
  readonly act: ManualAct;
  readonly reason: string;
}

/** What came of a manual change: what became of each lead, or the job that goes on with it. */
export type ManualChanged = { readonly results: ChangedLead[] } | { readonly job: MemberJob };

/** Changes leads of a segment manually, a thousand in a request; where rules say which and they are more, by a job. */
export function useManualChange() {
  const api = useApi();
  const refresh = useMembershipRefresh();
  const { remember } = useRecentJobs();
  const [progress, setProgress] = useState<{ done: number; of: number }>();
  const mutation = useMutation({
    mutationFn: async ({ segment, leads, act, reason }: ManualChange): Promise<ManualChanged> => {
      const parts = { segmentId: segment.id };
      const what = { action: act, ...(reason.trim() && { reason: reason.trim() }) };
      if (leads.rules && (leads.count ?? Number.POSITIVE_INFINITY) > mostAtOnce) {
        const { match, rules } = leads.rules;
        const job = await api.call('POST /segments/{segmentId}/member-jobs', {
          parts,
          body: { match, rules, ...what },
        });
        remember({ segment, jobId: job.jobId });
        return { job };
      }
      const leadIds = await leads.leadIds();
      const results: ChangedLead[] = [];
      for (let start = 0; start < leadIds.length; start += mostAtOnce) {
        setProgress({ done: start, of: leadIds.length });
        const some = leadIds.slice(start, start + mostAtOnce);
        try {
          const answer = await api.call('POST /segments/{segmentId}/members', {
            parts,
            body: { leadIds: some, ...what },
          });
          results.push(...answer.results);
        } catch (error) {
          throw afterSome(named(error, some), results.length);
        }
      }
      return { results };
    },
    onSettled: (_data, _error, { segment }) => {
      setProgress(undefined);
      refresh(segment.id);
    },
  });
  return { ...mutation, progress };
}

/** Reads again what a manual change may have changed. */
export function useMembershipRefresh(): (segmentId: string) => void {
  const queryClient = useQueryClient();
  return (segmentId) => {
    const changed = [
      keys.segment(segmentId),
      keys.members(segmentId),
      memberJobKeys.ofSegment(segmentId),
      keys.activity(segmentId),
      ['explanation'],
      ['lead-segments'],
      ['timeline'],
    ];
    for (const queryKey of changed) void queryClient.invalidateQueries({ queryKey });
  };
}

/** A refusal that says the id where the API says its place in the list. */
function named(error: unknown, leadIds: readonly string[]): unknown {
  if (!(error instanceof ApiProblem) || error.errors.length === 0) return error;
  const shown = error.errors.slice(0, 5).map(({ path, message }) => {
    const index = /^\/leadIds\/(\d+)$/.exec(path)?.[1];
    return `${index === undefined ? path : leadIds[Number(index)]}: ${message}`;
  });
  const more = error.errors.length - shown.length;
  return new Error(`${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`);
}

function afterSome(error: unknown, done: number): unknown {
  if (done === 0) return error;
  return new Error(`${done} leads are done, then: ${error instanceof Error ? error.message : String(error)}`);
}
