import { createLeadChangeWorker } from '../../shared/aws/change-worker.ts';
import { profileChangeSchema } from '../../shared/lead/change.ts';

/** Wakes on the queue `profile-changes`. */
export const handler = createLeadChangeWorker('profileChanges', profileChangeSchema, (change) => ({
  kind: 'profile_change',
  ...change,
}));
