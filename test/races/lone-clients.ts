import { Chance } from '../../oracle/chance.ts';
import type { Clients } from '../../shared/aws/clients.ts';
import { createSimulatedClients } from './clients.ts';
import { Actor, Scheduler } from './scheduler.ts';
import { Cloud } from './store/cloud.ts';

/** Clients of the simulator's tables, queues and bus, whose calls go through at once, with nobody in between. */
export function createLoneClients(): Clients {
  const actor = new Actor('test');
  actor.isSwift = true;
  return createSimulatedClients(new Scheduler(new Chance(1), 0, (now) => new Cloud(now), false), actor);
}
