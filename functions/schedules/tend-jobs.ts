import { createClients } from '../../shared/aws/clients.ts';
import { createRecalculationRestarter } from '../../shared/recalculation/tend-runs.ts';
import { createCleanUpSchedule } from '../../shared/segment/start-clean-up.ts';

const clients = createClients();
const restartRecalculations = createRecalculationRestarter(clients);
const queueCleanUps = createCleanUpSchedule(clients);

/** Wakes each minute: looks after recalculations that get stuck or failed, and clean-ups after deleted segments. */
export async function handler(): Promise<void> {
  await Promise.all([restartRecalculations(), queueCleanUps()]);
}
