import { setting } from '../shared/aws/settings.ts';
import { queueOfJob, queueSetting } from '../shared/freshness/job-queues.ts';
import type { JobMessage } from '../shared/jobs/job-message.ts';

/** The URL of the queue that jobs of a kind wait in. */
export function jobQueueUrl(kind: JobMessage['kind']): string {
  return setting(`${queueSetting(queueOfJob[kind])}_QUEUE_URL`);
}
