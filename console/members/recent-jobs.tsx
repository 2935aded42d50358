import { Button, CloseButton, Group, Paper, Progress, Stack, Text } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { announce } from '../parts/announcer.tsx';
import { TextLink } from '../parts/link.tsx';
import { formatLeads } from '../words/format.ts';
import { jobWords, type MemberJob } from './job-words.ts';
import { manualActs } from './manual-acts.ts';
import { useMembershipRefresh } from './manual-change.ts';
import { isJobRunning, useCancelJob, useMemberJob, useMemberJobs, useRecentJobs } from './member-jobs.ts';
import type { PickedSegment } from './segment-picker.tsx';

/** The manual changes of many leads that were begun in this browser, until they are dismissed. */
export function RecentJobs() {
  const { jobs, dismiss } = useRecentJobs();
  if (jobs.length === 0) return null;
  return (
    <Stack component="section" aria-label="Recent additions" gap="xs">
      {jobs.map(({ segment, jobId }) => (
        <RecentJob key={jobId} segment={segment} jobId={jobId} onDismiss={() => dismiss(jobId)} />
      ))}
    </Stack>
  );
}

/** The manual changes of many leads in a segment that go on, or have ended within the hour. */
export function JobsOfSegment({ segment }: { segment: PickedSegment }) {
  const jobs = useMemberJobs(segment.id).data?.jobs ?? [];
  const shown = jobs.filter(({ finishedAt }) => !finishedAt || Date.now() - Date.parse(finishedAt) < 60 * 60_000);
  if (shown.length === 0) return null;
  return (
    <Stack gap="xs">
      {shown.map((job) => (
        <JobState key={job.jobId} segment={segment} job={job} />
      ))}
    </Stack>
  );
}

interface RecentJobProps {
  readonly segment: PickedSegment;
  readonly jobId: string;
  readonly onDismiss?: () => void;
}

/** One job by its id, live. */
export function RecentJob({ segment, jobId, onDismiss }: RecentJobProps) {
  const { data, error } = useMemberJob(segment.id, jobId);
  const isGone = error instanceof ApiProblem && error.status === 404;
  // It was too long ago to be kept, or is of another stack.
  useEffect(() => {
    if (isGone) onDismiss?.();
  }, [isGone, onDismiss]);
  return data ? <JobState segment={segment} job={data} onDismiss={onDismiss} /> : null;
}

interface JobStateProps {
  readonly segment: PickedSegment;
  readonly job: MemberJob;
  readonly onDismiss?: (() => void) | undefined;
}

function JobState({ segment, job, onDismiss }: JobStateProps) {
  const cancel = useCancelJob(segment.id);
  const refresh = useMembershipRefresh();
  const isRunning = isJobRunning(job);
  const wasRunning = useRef(isRunning);
  const words = jobWords(job);
  useEffect(() => {
    if (wasRunning.current && !isRunning) {
      announce(words);
      refresh(segment.id);
    }
    wasRunning.current = isRunning;
  });
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div style={{ minWidth: 0 }}>
          <Text size="sm" fw={500}>
            {manualActs[job.action].label}:{' '}
            <TextLink to="/segments/$segmentId/members" params={{ segmentId: segment.id }}>
              {segment.name}
            </TextLink>
          </Text>
          <Text size="sm" c={job.state === 'failed' ? 'var(--console-bad)' : 'dimmed'}>
            {words}
            {job.failureReason && `. ${job.failureReason}`}
          </Text>
          {job.refusals.length > 0 && (
            <Text size="xs" c="dimmed">
              {formatLeads(job.refused)} refused, such as {job.refusals[0]?.leadId}: {job.refusals[0]?.detail}
            </Text>
          )}
        </div>
        {isRunning ? (
          <Button
            variant="default"
            size="xs"
            loading={cancel.isPending}
            onClick={() => {
              if (!cancel.isPending) cancel.mutate(job.jobId);
            }}
          >
            Cancel
          </Button>
        ) : (
          onDismiss && <CloseButton aria-label="Dismiss" onClick={onDismiss} />
        )}
      </Group>
      {isRunning && (
        <Progress
          mt="xs"
          value={job.of > 0 ? (100 * job.leads) / job.of : 0}
          aria-label={`${manualActs[job.action].label} ${segment.name}`}
        />
      )}
    </Paper>
  );
}
