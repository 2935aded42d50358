import { isMember, type LeadDocument, own } from '../lead/lead-document.ts';
import type { ManualChange, StandingKind } from '../lead/manual-change.ts';

/** A manual change to be made to one lead. */
export interface ManualCommand extends Omit<ManualChange, 'at' | 'isSettled'> {
  readonly segmentId: string;
}

/** What a manual change found: what the lead was before it, or why it could not be done. */
export type ManualResult =
  | { readonly refused: 'unknown_lead' | 'segment_inactive' }
  | {
      readonly refused?: undefined;
      readonly wasMember: boolean;
      readonly wasExcluded: boolean;
      /** Whether it changed anything: a member is not added again, and nothing is lifted where the rules decide. */
      readonly isDone: boolean;
    };

/** A manual change that decides about the lead, whatever the rules say. */
interface StandingChange extends ManualChange {
  readonly kind: StandingKind;
}

/** The manual change that still decides about the lead in that segment, if there is one. */
export function manualChangeInForce(document: LeadDocument, segmentId: string): StandingChange | undefined {
  const manual = document.manualChanges && own(document.manualChanges, segmentId);
  return manual && isStanding(manual) ? manual : undefined;
}

function isStanding(manual: ManualChange): manual is StandingChange {
  return manual.kind !== 'lifted' && !manual.isSettled;
}

/** The segments in which a manual addition or removal is still to be followed by an evaluation. */
export function unsettledSegments(document: LeadDocument): string[] {
  return Object.keys(document.manualChanges ?? {}).filter((segmentId) => {
    const kind = manualChangeInForce(document, segmentId)?.kind;
    return kind === 'added' || kind === 'removed';
  });
}

/**
 * Whether the lead is a member once its segment's rules have been evaluated, with the answer `rulesHold`; pins and
 * exclusions win. A segment without rules evaluates nothing: who was added to it manually stays.
 */
export function memberAfterEvaluation(
  document: LeadDocument,
  segmentId: string,
  rulesHold: boolean,
  hasRules: boolean,
): boolean {
  const manual = manualChangeInForce(document, segmentId);
  if (manual?.kind === 'pinned') return true;
  if (manual?.kind === 'excluded') return false;
  return manual && !hasRules ? isMember(document, segmentId) : rulesHold;
}
