import { Chance } from '../../oracle/chance.ts';
import type { Clients } from '../../shared/aws/clients.ts';
import { createSimulatedClients } from './clients.ts';
import { Actor, Scheduler } from './scheduler.ts';
import { Cloud } from './store/cloud.ts';

/** Clients of the simulator's tables, queues and bus, whose calls go through at once, with nobody in between. */
export function createLoneClients(): Clients {
  return createLoneCloud().clients;
}

/** The same, with what they write to; its time (epoch ms) stands still until it is set. */
export function createLoneCloud(): { clients: Clients; cloud: Cloud; setNow: (now: number) => void } {
  const actor = new Actor('test');
  actor.isSwift = true;
  let cloud: Cloud | undefined;
  const scheduler = new Scheduler(new Chance(1), 0, (now) => (cloud = new Cloud(now)), false);
  return {
    clients: createSimulatedClients(scheduler, actor),
    cloud: cloud!,
    setNow: (now) => {
      scheduler.now = now;
    },
  };
}
