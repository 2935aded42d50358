import { createDueLeadsWorker } from '../../shared/aws/due-leads-worker.ts';

/** Wakes on the queue `due-leads`: leads whose memberships may change because time has passed. */
export const handler = createDueLeadsWorker();
