import { useLocalStorage } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useApi } from '../api/api.ts';
import type { MemberJob } from './job-words.ts';
import type { PickedSegment } from './segment-picker.tsx';

/** A job that was begun here, to come back to. */
interface RecentJob {
  readonly segment: PickedSegment;
  readonly jobId: string;
}

/** Names of what is kept of the API's answers. */
export const memberJobKeys = {
  ofSegment: (segmentId: string) => ['member-jobs', segmentId] as const,
};

const mostRecent = 5;
const runningMs = 2_000;

/** Whether a job still goes on. */
export function isJobRunning({ state }: Pick<MemberJob, 'state'>): boolean {
  return state === 'queued' || state === 'running';
}

/** The jobs begun in this browser that were not dismissed, the newest first. */
export function useRecentJobs() {
  const [jobs, setJobs] = useLocalStorage<RecentJob[]>({
    key: 'recent-member-jobs',
    defaultValue: [],
    getInitialValueInEffect: false,
  });
  return {
    jobs,
    remember: (job: RecentJob) => setJobs((known) => [job, ...known].slice(0, mostRecent)),
    dismiss: (jobId: string) => setJobs((known) => known.filter((job) => job.jobId !== jobId)),
  };
}

/** A job, live until it has ended. */
export function useMemberJob(segmentId: string, jobId: string) {
  const api = useApi();
  return useQuery({
    queryKey: [...memberJobKeys.ofSegment(segmentId), jobId],
    queryFn: ({ signal }) =>
      api.call('GET /segments/{segmentId}/member-jobs/{jobId}', { parts: { segmentId, jobId }, signal }),
    refetchInterval: ({ state: { data } }) => data !== undefined && isJobRunning(data) && runningMs,
  });
}

/** The newest jobs of a segment, live while one of them goes on. */
export function useMemberJobs(segmentId: string) {
  const api = useApi();
  return useQuery({
    queryKey: memberJobKeys.ofSegment(segmentId),
    queryFn: ({ signal }) =>
      api.call('GET /segments/{segmentId}/member-jobs', { parts: { segmentId }, query: { limit: 5 }, signal }),
    refetchInterval: ({ state: { data } }) => (data?.jobs.some(isJobRunning) ?? false) && runningMs,
  });
}

/** Stops a job; what it has done stays. */
export function useCancelJob(segmentId: string) {
  const api = useApi();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (jobId: string) =>
      api.call('POST /segments/{segmentId}/member-jobs/{jobId}/cancel', { parts: { segmentId, jobId } }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: memberJobKeys.ofSegment(segmentId) }),
  });
}
