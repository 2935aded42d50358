import type { Cause, MembershipSource, TransitionReason } from './lead-document.ts';

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

/** What the projector needs to remove all that is left of a deleted lead. */
export interface DeletedLead {
  readonly eventTypes: readonly string[];
  readonly accountId?: string;
}

/** What one write announces to the projector. */
export interface Outbox {
  readonly transitions: readonly Transition[];
  /** Segments in which the lead's membership changed otherwise: how it is a member, or whether it is kept out. */
  readonly changedRows?: readonly string[];
  readonly deleted?: DeletedLead;
}
