import { createReevaluationWorker } from '../../shared/aws/reevaluation-worker.ts';

/** Wakes on the queue `reevaluations`: shards of recalculations, and ranges of an account's leads. */
export const handler = createReevaluationWorker();
