/** What a person may do about one lead in one segment. */
export type HandActKind = 'added' | 'removed' | 'pinned' | 'excluded';

/**
 * What a person last did about a lead in a segment. Pins and exclusions hold until another act; an addition or a removal
 * until the segment's rules have been evaluated again.
 */
export interface HandAct {
  /** Names the act: one that is there already is not applied again. */
  readonly id: string;
  readonly kind: HandActKind;
  /** Epoch ms. */
  readonly at: number;
  readonly author: string;
  readonly reason?: string;
  /** An addition or removal whose segment's rules have been evaluated since: the rules decide again. */
  readonly isSettled?: boolean;
}
