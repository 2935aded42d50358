import { createLifecycleStreamWorker } from '../../shared/aws/lifecycle-stream-worker.ts';

/** Wakes on stored lifecycle events of segments and publishes them. */
export const handler = createLifecycleStreamWorker();
