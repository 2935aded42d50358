import { profileChangeSchema } from '../../shared/lead/change.ts';
import { createLeadChangeWorker } from './lead-changes.ts';

/** Wakes on the queue `profile-changes`. */
export const handler = createLeadChangeWorker('profileChanges', profileChangeSchema, (change) => ({
  kind: 'profile_change',
  ...change,
}));
