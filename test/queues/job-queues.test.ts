import { afterEach, describe, expect, test, vi } from 'vitest';
import { jobQueueUrl } from '../../functions/job-queue-url.ts';
import { jobQueues, queueOfJob } from '../../shared/freshness/job-queues.ts';
import { jobMessageSchema } from '../../shared/jobs/job-message.ts';

describe('the queues of jobs', () => {
  afterEach(() => vi.unstubAllEnvs());

  test('are for each kind of job, and no other', () => {
    const kinds = jobMessageSchema.options.map(({ shape }) => shape.kind.value);
    expect(Object.keys(queueOfJob).sort()).toEqual([...kinds].sort());
    expect(new Set(Object.values(queueOfJob))).toEqual(new Set(jobQueues));
  });

  test('keep apart what people wait for, what has to be finished and what has time', () => {
    for (const name of ['PROMPT_JOBS', 'JOBS', 'BACKGROUND_JOBS']) vi.stubEnv(`${name}_QUEUE_URL`, name);
    for (const kind of ['preview', 'export', 'member_job'] as const) expect(jobQueueUrl(kind)).toBe('PROMPT_JOBS');
    expect([jobQueueUrl('recalculation'), jobQueueUrl('account_fan_out')]).toEqual(['JOBS', 'JOBS']);
    expect([jobQueueUrl('clean_up'), jobQueueUrl('reconciliation')]).toEqual(['BACKGROUND_JOBS', 'BACKGROUND_JOBS']);
  });
});
