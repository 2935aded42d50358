import { createCleanUpSchedule } from '../../shared/aws/clean-up-starter.ts';
import { createClients } from '../../shared/aws/clients.ts';
import { createRecalculationRestarter } from '../../shared/aws/recalculation-restarter.ts';

const clients = createClients();
const restartRecalculations = createRecalculationRestarter(clients);
const queueCleanUps = createCleanUpSchedule(clients);

/** Wakes each minute: looks after recalculations that get stuck or failed, and clean-ups after deleted segments. */
export async function handler(): Promise<void> {
  await Promise.all([restartRecalculations(), queueCleanUps()]);
}
