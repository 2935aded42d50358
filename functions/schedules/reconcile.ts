import { createReconciliationSchedule } from '../../shared/aws/reconciliation-schedule.ts';

/** Wakes every half hour: has the next shard of all leads compared with the rules and with what is derived from it. */
export const handler = createReconciliationSchedule();
