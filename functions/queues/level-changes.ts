import { levelChangeSchema } from '../../shared/lead/change.ts';
import { createLeadChangeWorker } from './lead-changes.ts';

/** Wakes on the queue `level-changes`. */
export const handler = createLeadChangeWorker('levelChanges', levelChangeSchema, (change) => ({
  kind: 'level_change',
  ...change,
}));
