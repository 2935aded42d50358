/**
 * The queues of jobs, so that none stands in line behind those that can wait longer: what people wait for, what has to be
 * finished, and what has time. All of them wake one function.
 */
export const jobQueues = ['promptJobs', 'jobs', 'backgroundJobs'] as const;
/** One of the queues of jobs. */
export type JobQueue = (typeof jobQueues)[number];

/** The queue of each kind of job. */
export const queueOfJob = {
  preview: 'promptJobs',
  export: 'promptJobs',
  member_job: 'promptJobs',
  recalculation: 'jobs',
  account_fan_out: 'jobs',
  erasure: 'jobs',
  clean_up: 'backgroundJobs',
  reconciliation: 'backgroundJobs',
} as const satisfies Record<string, JobQueue>;

/** The name of a queue as settings have it: `PROMPT_JOBS`. */
export function queueSetting(queue: string): string {
  return queue.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
