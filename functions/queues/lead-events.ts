import { leadEventSchema } from '../../shared/lead/change.ts';
import { createLeadChangeWorker } from './lead-changes.ts';

/** Wakes on the queue `lead-events`. */
export const handler = createLeadChangeWorker('leadEvents', leadEventSchema, (change) => ({
  kind: 'lead_event',
  ...change,
}));
