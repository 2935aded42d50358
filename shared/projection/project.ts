import type { AccountStore } from '../account/account-store.ts';
import type { BusEvent } from '../aws/bus-event.ts';
import type { EventStore } from '../lead/event-store.ts';
import { membershipEvent } from './membership-events.ts';
import { type ProjectedWrite, type RowChange, rowChangesOf } from './membership-row.ts';
import type { TransitionStore } from './transition-store.ts';

/** Where projections go, and what a deleted lead is removed from. */
interface ProjectorPorts {
  readonly projectRows: (changes: readonly RowChange[]) => Promise<void>;
  readonly transitions: Pick<TransitionStore, 'put' | 'removeLead'>;
  readonly events: Pick<EventStore, 'removeUntil'>;
  readonly accounts: Pick<AccountStore, 'leaveRoster'>;
  /** Has the copies of leads, deleted then (epoch ms), looked for, and their ids forgotten. */
  readonly erase: (leads: readonly { leadId: string; deletedAt: number }[]) => Promise<void>;
  /** Publishes events on the bus, or parks them whole: when it resolves, each is one or the other. */
  readonly publish: (events: readonly BusEvent[]) => Promise<void>;
}

/**
 * Makes the projector: events on the bus, then memberships and counts, then history; of a deleted lead, then, what is
 * left of it goes. So what is listed was told (or parked), and what is in the history was told and listed: by that the
 * reconciler knows what never was. A batch that fails anywhere is delivered again, which repeats events with the same ids,
 * and rows and history to no effect.
 */
export function createProjector(ports: ProjectorPorts): (writes: readonly ProjectedWrite[]) => Promise<void> {
  return async (writes) => {
    const all = writes.flatMap(({ lead, outbox }) => outbox.transitions.map((transition) => ({ lead, transition })));
    const published = all.filter(({ transition }) => !transition.silent);
    await ports.publish(published.map(({ lead, transition }) => membershipEvent(lead, transition)));
    await ports.projectRows(rowChangesOf(writes));
    await ports.transitions.put(all.map(({ lead, transition }) => ({ leadId: lead.leadId, transition })));
    for (const write of writes) await removeDeleted(ports, write);
    const deleted = writes.flatMap(({ lead: { leadId, evaluatedAt }, outbox }) =>
      outbox.deleted ? [{ leadId, deletedAt: evaluatedAt }] : [],
    );
    if (deleted.length > 0) await ports.erase(deleted);
  };
}

async function removeDeleted(ports: ProjectorPorts, { lead, outbox: { deleted } }: ProjectedWrite): Promise<void> {
  if (!deleted) return;
  const { leadId, version, evaluatedAt, deletedAt = 0 } = lead;
  // Until its deletion: it may have come back meanwhile, in the same batch even.
  await ports.transitions.removeLead(leadId, evaluatedAt);
  await ports.events.removeUntil(leadId, deleted.eventTypes, deletedAt);
  const { accountId } = deleted;
  if (accountId !== undefined) await ports.accounts.leaveRoster([{ accountId, leadId, documentVersion: version }]);
}
