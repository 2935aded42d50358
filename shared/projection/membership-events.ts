import type { BusEvent } from '../aws/bus-event.ts';
import type { LeadDocument } from '../lead/lead-document.ts';
import type { Transition } from '../lead/outbox.ts';
import { presentAttributes } from '../lead/present-attributes.ts';
import type { Value } from '../rule/value.ts';

const maximumAttributesBytes = 64_000;

/** The event that a transition is published as; its id is the same on every delivery. */
export function membershipEvent(lead: LeadDocument, transition: Transition): BusEvent {
  const { segmentId, segmentName, revision, sequence, reason, cause, source } = transition;
  return {
    type: sequence % 2 === 1 ? 'Lead Entered Segment' : 'Lead Exited Segment',
    detail: {
      id: `${lead.leadId}:${segmentId}:${sequence}`,
      sequence,
      occurredAt: new Date(transition.occurredAt).toISOString(),
      lead: { id: lead.leadId, ...attributesFor(lead) },
      segment: { id: segmentId, name: segmentName, revision },
      reason,
      cause,
      membership: { since: new Date(transition.since).toISOString(), source },
    },
  };
}

/** The lead's attributes, left out where they would make the event too large. */
function attributesFor(lead: LeadDocument): { attributes?: Readonly<Record<string, Value>> } {
  const attributes = presentAttributes(lead.attributes);
  return JSON.stringify(attributes).length > maximumAttributesBytes ? {} : { attributes };
}
