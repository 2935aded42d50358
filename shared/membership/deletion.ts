import type { Catalog } from '../catalog/catalog.ts';
import {
  type Cause,
  isKeptOut,
  keptOutUntil,
  type LeadDocument,
  type MembershipState,
  put,
  unknownLead,
} from '../lead/lead-document.ts';
import type { DeletedLead, Transition } from '../lead/outbox.ts';
import { nextTransition } from './transition.ts';

/**
 * What remains of a deleted lead: no personal data, just until when nothing exists (`deletedAt`) and the numbers of its
 * transitions, which go on should it come back; no change that it names. It exits every segment; those that are inactive without anybody hearing.
 */
export function deletionOf(
  before: LeadDocument,
  catalog: Catalog,
  now: number,
  keepsOut: boolean,
): { document: LeadDocument; transitions: Transition[]; deleted: DeletedLead } {
  const cause: Cause = { kind: 'lead_deleted', occurredAt: new Date(now).toISOString() };
  const memberships: Record<string, MembershipState> = {};
  const transitions: Transition[] = [];
  for (const [segmentId, state] of Object.entries(before.memberships)) {
    put(memberships, segmentId, { ...state, cause });
    const segment = catalog.known.get(segmentId);
    if (!segment || state.sequence % 2 === 0) continue;
    const silent = segment.active ? {} : { silent: true };
    const exit = nextTransition(state, segment, now, { reason: 'lead_deleted', cause, source: 'rules', ...silent });
    put(memberships, segmentId, exit.membership);
    transitions.push(exit.transition);
  }
  const accountId = before.accountLink?.[0] ?? undefined;
  return {
    document: {
      ...unknownLead(before.leadId),
      memberships,
      // What claimed to come from the future must not bring the lead back, should it be delivered again.
      deletedAt: keepsOut ? keptOutUntil : Math.max(now, before.aheadUntil ?? 0),
      isDeleted: true,
    },
    transitions,
    deleted: { eventTypes: before.eventTypes, ...(accountId !== undefined && { accountId }) },
  };
}

/**
 * Of a lead that is not there, what remains once it is kept out (`keepsOut`) or let in again; undefined where that is so
 * already.
 */
export function remainsOf(before: LeadDocument, now: number, keepsOut: boolean): LeadDocument | undefined {
  if (isKeptOut(before) === keepsOut) return undefined;
  return { ...before, deletedAt: keepsOut ? keptOutUntil : now, isDeleted: true };
}
