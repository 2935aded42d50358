import { isMember, type LeadDocument, own } from '../lead/lead-document.ts';

/** What a person may do about one lead in one segment. */
export type HandActKind = 'added' | 'removed' | 'pinned' | 'excluded';

/**
 * What a person last did about a lead in a segment. Pins and exclusions hold until another act; an addition or a removal
 * until the rules have been evaluated again.
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

/** The act that still decides about the lead in that segment, if there is one. */
export function standingAct(document: LeadDocument, segmentId: string): HandAct | undefined {
  const act = document.byHand && own(document.byHand, segmentId);
  return act?.isSettled ? undefined : act;
}

/**
 * Whether the lead is a member once its segment's rules have been evaluated, with the answer `rulesHold`; pins and
 * exclusions win. A segment without rules evaluates nothing: who was added to it by hand stays.
 */
export function memberAfterEvaluation(
  document: LeadDocument,
  segmentId: string,
  rulesHold: boolean,
  hasRules: boolean,
): boolean {
  const act = standingAct(document, segmentId);
  if (act?.kind === 'pinned') return true;
  if (act?.kind === 'excluded') return false;
  if (act && !hasRules) return isMember(document, segmentId);
  return rulesHold;
}
