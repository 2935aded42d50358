/**
 * The queues of background work, so that none of it stands in line behind work that can wait longer: what somebody looks
 * at a screen for, what has to be finished, and what has time.
 */
export const jobQueues = ['promptJobs', 'jobs', 'backgroundJobs'] as const;
/** One of the queues of background work. */
export type JobQueue = (typeof jobQueues)[number];

/** The queue of each kind of job. */
export const queueOfJob = {
  preview: 'promptJobs',
  export: 'promptJobs',
  recalculation: 'jobs',
  account_fan_out: 'jobs',
  clean_up: 'backgroundJobs',
  reconciliation: 'backgroundJobs',
} as const satisfies Record<string, JobQueue>;

/** The name of a queue as settings have it: `PROMPT_JOBS`. */
export function queueSetting(queue: string): string {
  return queue.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
