import { createAccountChangeWorker } from '../../shared/aws/account-change-worker.ts';

/** Wakes on the queue `account-changes`. */
export const handler = createAccountChangeWorker();
