import { queueHealth } from './context.ts';
import type { Route } from './route.ts';

/** `GET /health`: how fresh everything is, and what could not be handled */
export const getHealth: Route = async () => ({ status: 200, body: await queueHealth.health() });
