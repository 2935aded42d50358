import { createLeadChangeWorker } from '../../shared/aws/change-worker.ts';
import { leadEventSchema } from '../../shared/lead/change.ts';

/** Wakes on the queue `lead-events`. */
export const handler = createLeadChangeWorker('leadEvents', leadEventSchema, (change) => ({
  kind: 'lead_event',
  ...change,
}));
