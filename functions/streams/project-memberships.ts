import { createLeadStreamWorker } from '../../shared/aws/lead-stream-worker.ts';

/** Wakes on writes of lead documents that carry transitions. */
export const handler = createLeadStreamWorker();
