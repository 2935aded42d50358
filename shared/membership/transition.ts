import type { Segment } from '../catalog/segment.ts';
import type { Cause, MembershipSource, MembershipState, TransitionReason } from '../lead/lead-document.ts';
import type { Transition } from '../lead/outbox.ts';

/** Why and how a transition happens. */
export interface TransitionOrigin {
  readonly reason: TransitionReason;
  readonly cause: Cause;
  readonly source: MembershipSource;
  readonly silent?: boolean;
}

/** The next transition of a lead that is `before` in a segment, in if it is out, out if it is in; and what it is then. */
export function nextTransition(
  before: MembershipState | undefined,
  segment: Segment,
  occurredAt: number,
  origin: TransitionOrigin,
): { membership: MembershipState; transition: Transition } {
  const sequence = (before?.sequence ?? 0) + 1;
  const isEntry = sequence % 2 === 1;
  const { reason, cause, silent } = origin;
  const source = isEntry ? origin.source : (before?.source ?? origin.source);
  const { revision } = segment;
  const common = { sequence, source, reason, cause, revision, ...(silent && { silent }) };
  return {
    membership: { ...common, since: occurredAt },
    transition: {
      ...common,
      segmentId: segment.id,
      segmentName: segment.name,
      occurredAt,
      since: isEntry ? occurredAt : (before?.since ?? occurredAt),
    },
  };
}
