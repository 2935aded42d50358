import type { LeadStores } from '../../functions/lead-stores.ts';
import type { Clients } from '../../shared/aws/clients.ts';
import type { Actor, Roughness } from './scheduler.ts';
import type { Theme } from './small-world.ts';
import type { Call } from './store/cloud.ts';
import type { Weaknesses } from './store/database.ts';
import type { World } from './world.ts';

/** One protective step, taken away: the simulator must then find an error. */
export interface Removal {
  /** What is missing, as a short name. */
  readonly name: string;
  /**
   * The first seed that shows it, on the four shards of tests: tried first, so that the whole search need not be
   * repeated. A change of the code may make it another one; it is found by the search then (`npm run test:races`).
   */
  readonly seed: number;
  /** What the step protects from. */
  readonly protects: string;
  /** What the errors that must be found say. */
  readonly shows: RegExp;
  readonly weaknesses?: Weaknesses;
  /** Puts other stores in the place of a function instance's own. */
  readonly stores?: (stores: LeadStores, actor: Actor, world: World) => LeadStores;
  /** Puts other clients in the place of a function instance's own. */
  readonly clients?: (clients: Clients, actor: Actor, world: World) => Clients;
  /** The next release is deployed in the middle of it. */
  readonly hasDeployment?: boolean;
  /** Nobody starts stalled recalculations again. */
  readonly isWithoutRestarts?: boolean;
  /** The worlds in which the step has most to do. */
  readonly themes?: readonly Theme[];
  /** The calls at which mishaps show it best: what befalls every third of them. */
  readonly focus?: { readonly mishap: 'kill' | 'stall'; readonly isAt: (actor: Actor, call: Call) => boolean };
  /** The mishaps that it takes. */
  readonly roughness?: Partial<Roughness>;
}
