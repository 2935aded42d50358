import type {
  Cause,
  LeadDocument,
  MembershipSource,
  MembershipState,
  TransitionReason,
} from '../lead/lead-document.ts';
import { own } from '../lead/lead-document.ts';
import type { Segment } from '../segment/segment.ts';

/** One entry (odd `sequence`) or exit (even) of a lead, as the outbox of its document carries it. */
export interface Transition {
  readonly segmentId: string;
  readonly segmentName: string;
  readonly revision: number;
  readonly sequence: number;
  /** Epoch ms. */
  readonly occurredAt: number;
  readonly reason: TransitionReason;
  readonly cause: Cause;
  /** The membership entered or left: since when (epoch ms) and how. */
  readonly since: number;
  readonly source: MembershipSource;
  /** Stored, but not published. */
  readonly silent?: boolean;
}

/** Why and how a transition happens. */
export interface TransitionOrigin {
  readonly reason: TransitionReason;
  readonly cause: Cause;
  readonly source: MembershipSource;
  readonly silent?: boolean;
}

/** The lead's next transition in a segment: in if it is out, out if it is in. */
export function nextTransition(
  document: LeadDocument,
  segment: Segment,
  occurredAt: number,
  origin: TransitionOrigin,
): { state: MembershipState; transition: Transition } {
  const before = own(document.memberships, segment.id);
  const sequence = (before?.sequence ?? 0) + 1;
  const isEntry = sequence % 2 === 1;
  const { reason, cause, silent } = origin;
  const source = isEntry ? origin.source : (before?.source ?? origin.source);
  const { revision } = segment;
  const common = { sequence, source, reason, cause, revision, ...(silent && { silent }) };
  return {
    state: { ...common, since: occurredAt },
    transition: {
      ...common,
      segmentId: segment.id,
      segmentName: segment.name,
      occurredAt,
      since: isEntry ? occurredAt : (before?.since ?? occurredAt),
    },
  };
}
