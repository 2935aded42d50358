import type { LeadDocument } from '../lead/lead-document.ts';
import { membershipEvent } from '../membership/membership-events.ts';
import type { Transition } from '../membership/transition.ts';
import { type BusPorts, publishEvents } from './bus.ts';
import type { LatestTransition, MembershipStore } from './membership-store.ts';
import type { TransitionStore } from './transition-store.ts';

/** A lead document as one write left it, with the transitions of that write. */
export interface ProjectedWrite {
  readonly lead: LeadDocument;
  readonly transitions: readonly Transition[];
}

/** Where projections go. */
export interface ProjectorPorts {
  readonly memberships: MembershipStore;
  readonly transitions: TransitionStore;
  readonly bus: BusPorts;
}

/**
 * Makes the projector: memberships and counts, then history, then events on the bus. A batch that fails anywhere is
 * delivered again, which repeats rows and history to no effect and events with the same ids.
 */
export function createProjector(ports: ProjectorPorts): (writes: readonly ProjectedWrite[]) => Promise<void> {
  return async (writes) => {
    const all = writes.flatMap(({ lead, transitions }) => transitions.map((transition) => ({ lead, transition })));
    await ports.memberships.project(latestOf(all));
    await ports.transitions.put(all.map(({ lead, transition }) => ({ leadId: lead.leadId, transition })));
    const published = all.filter(({ transition }) => !transition.silent);
    await publishEvents(
      ports.bus,
      published.map(({ lead, transition }) => membershipEvent(lead, transition)),
    );
  };
}

/** Per membership only the highest sequence counts for rows. */
function latestOf(all: readonly { lead: LeadDocument; transition: Transition }[]): LatestTransition[] {
  const latest = new Map<string, LatestTransition>();
  for (const { lead, transition } of all) {
    const key = `${lead.leadId} ${transition.segmentId}`;
    const known = latest.get(key);
    if (!known || known.transition.sequence < transition.sequence) {
      latest.set(key, { leadId: lead.leadId, transition });
    }
  }
  return [...latest.values()];
}
