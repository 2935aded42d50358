import type { HandAct } from '../lead/hand-act.ts';
import { isMember, type LeadDocument, own } from '../lead/lead-document.ts';

/** An act to be done about one lead. */
export interface HandCommand extends Omit<HandAct, 'at' | 'isSettled'> {
  readonly segmentId: string;
}

/** What an act found: what the lead was before it, or why it could not be done. */
export type HandResult =
  | { readonly refused: 'unknown_lead' | 'segment_inactive' }
  | { readonly refused?: undefined; readonly wasMember: boolean; readonly wasExcluded: boolean };

/** The act that still decides about the lead in that segment, if there is one. */
export function standingAct(document: LeadDocument, segmentId: string): HandAct | undefined {
  const act = document.byHand && own(document.byHand, segmentId);
  return act?.isSettled ? undefined : act;
}

/** The segments in which an addition or removal by hand is still to be followed by an evaluation. */
export function unsettledSegments(document: LeadDocument): string[] {
  return Object.keys(document.byHand ?? {}).filter((segmentId) => {
    const kind = standingAct(document, segmentId)?.kind;
    return kind === 'added' || kind === 'removed';
  });
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
  return act && !hasRules ? isMember(document, segmentId) : rulesHold;
}
