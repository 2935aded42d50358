import { createLeadChangeWorker } from '../../shared/aws/change-worker.ts';
import { levelChangeSchema } from '../../shared/lead/change.ts';

/** Wakes on the queue `level-changes`. */
export const handler = createLeadChangeWorker('levelChanges', levelChangeSchema, (change) => ({
  kind: 'level_change',
  ...change,
}));
