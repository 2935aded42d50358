/** What a person may decide about one lead in one segment, against its rules. */
export type StandingKind = 'added' | 'removed' | 'pinned' | 'excluded';

/** What a person may do about one lead in one segment: decide against its rules, or have them decide again. */
export type ManualChangeKind = StandingKind | 'lifted';

/**
 * What a person last did about a lead in a segment. Pins and exclusions hold until another manual change; an addition or a removal
 * until the segment's rules have been evaluated again. What is lifted is settled from the start.
 */
export interface ManualChange {
  /** Names the change: one that is there already is not applied again. */
  readonly id: string;
  readonly kind: ManualChangeKind;
  /** Epoch ms. */
  readonly at: number;
  /** Epoch ms at which it was asked for, if that was earlier: what was asked for later has the last word. */
  readonly askedAt?: number;
  readonly author: string;
  readonly reason?: string;
  /** An addition or removal whose segment's rules have been evaluated since: the rules decide again. */
  readonly isSettled?: boolean;
}
