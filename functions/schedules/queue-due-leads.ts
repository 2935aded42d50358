import { createDueLeadsSchedule } from '../../shared/aws/due-leads-schedule.ts';

/** Wakes each minute: queues the leads that fall due within two minutes. */
export const handler = createDueLeadsSchedule();
