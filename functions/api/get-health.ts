import { reconciliationHealth } from '../../shared/reconciliation/shard-pass.ts';
import { queueHealth, reconciliations } from './context.ts';
import type { Route } from './route.ts';

/** `GET /health`: how fresh everything is, what could not be handled, and how far all agrees */
export const getHealth: Route = async () => {
  const [health, passes] = await Promise.all([queueHealth.health(), reconciliations.all()]);
  const reconciliation = reconciliationHealth(passes);
  return { status: 200, body: { ...health, ...(reconciliation && { reconciliation }) } };
};
