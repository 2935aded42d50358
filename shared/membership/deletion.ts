import type { Catalog } from '../catalog/catalog.ts';
import { type Cause, type LeadDocument, unknownLead } from '../lead/lead-document.ts';
import type { DeletedLead, Transition } from '../lead/outbox.ts';
import { nextTransition } from './transition.ts';

/**
 * What remains of a deleted lead: no personal data, just until when nothing exists (`deletedAt`) and the numbers of its
 * transitions, which go on should it come back. It exits every segment; those that are inactive without anybody hearing.
 */
export function deletionOf(
  before: LeadDocument,
  catalog: Catalog,
  now: number,
): { document: LeadDocument; transitions: Transition[]; deleted: DeletedLead } {
  const cause: Cause = { kind: 'lead_deleted', occurredAt: new Date(now).toISOString() };
  let document = before;
  const transitions: Transition[] = [];
  for (const [segmentId, { sequence }] of Object.entries(before.memberships)) {
    const segment = catalog.known.get(segmentId);
    if (!segment || sequence % 2 === 0) continue;
    const silent = segment.active ? {} : { silent: true };
    const exit = nextTransition(document, segment, now, { reason: 'lead_deleted', cause, source: 'rules', ...silent });
    document = exit.document;
    transitions.push(exit.transition);
  }
  const accountId = before.accountLink?.[0] ?? undefined;
  return {
    document: {
      ...unknownLead(before.leadId),
      memberships: document.memberships,
      // What claimed to come from the future must not bring the lead back, should it be delivered again.
      deletedAt: Math.max(now, before.aheadUntil ?? 0),
      isDeleted: true,
    },
    transitions,
    deleted: { eventTypes: before.eventTypes, ...(accountId !== undefined && { accountId }) },
  };
}
