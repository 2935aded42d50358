import type { Segment } from '../catalog/segment.ts';
import {
  type Cause,
  type LeadDocument,
  type MembershipSource,
  own,
  type TransitionReason,
} from '../lead/lead-document.ts';
import type { Transition } from '../lead/outbox.ts';

/** Why and how a transition happens. */
export interface TransitionOrigin {
  readonly reason: TransitionReason;
  readonly cause: Cause;
  readonly source: MembershipSource;
  readonly silent?: boolean;
}

/** The lead's next transition in a segment, in if it is out, out if it is in; and the document after it. */
export function nextTransition(
  document: LeadDocument,
  segment: Segment,
  occurredAt: number,
  origin: TransitionOrigin,
): { document: LeadDocument; transition: Transition } {
  const before = own(document.memberships, segment.id);
  const sequence = (before?.sequence ?? 0) + 1;
  const isEntry = sequence % 2 === 1;
  const { reason, cause, silent } = origin;
  const source = isEntry ? origin.source : (before?.source ?? origin.source);
  const { revision } = segment;
  const common = { sequence, source, reason, cause, revision, ...(silent && { silent }) };
  const memberships = { ...document.memberships, [segment.id]: { ...common, since: occurredAt } };
  return {
    document: { ...document, memberships },
    transition: {
      ...common,
      segmentId: segment.id,
      segmentName: segment.name,
      occurredAt,
      since: isEntry ? occurredAt : (before?.since ?? occurredAt),
    },
  };
}
