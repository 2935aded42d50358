import { queueHealth } from './context.ts';
import type { Route } from './route.ts';

/** `GET /health`: how fresh everything is */
export const getHealth: Route = async () => ({
  status: 200,
  body: { status: 'ok', freshAsOf: await queueHealth.freshAsOf(), queues: await queueHealth.queues() },
});
