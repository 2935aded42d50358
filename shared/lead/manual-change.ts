/** What a person may do about one lead in one segment, against its rules. */
export type ManualChangeKind = 'added' | 'removed' | 'pinned' | 'excluded';

/**
 * What a person last did about a lead in a segment. Pins and exclusions hold until another manual change; an addition or a removal
 * until the segment's rules have been evaluated again.
 */
export interface ManualChange {
  /** Names the change: one that is there already is not applied again. */
  readonly id: string;
  readonly kind: ManualChangeKind;
  /** Epoch ms. */
  readonly at: number;
  readonly author: string;
  readonly reason?: string;
  /** An addition or removal whose segment's rules have been evaluated since: the rules decide again. */
  readonly isSettled?: boolean;
}
