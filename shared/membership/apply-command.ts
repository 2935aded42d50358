import type { CompiledSegment } from '../catalog/catalog.ts';
import { type Cause, isMember, type LeadDocument, type MembershipState, own } from '../lead/lead-document.ts';
import type { DecisionBasis } from './decision-input.ts';
import { flipSegments } from './flip-segments.ts';
import type { LeadState } from './lead-state.ts';
import { type ManualCommand, manualChangeInForce } from './manual-changes.ts';
import { nextTransition } from './transition.ts';

const effects = {
  added: { makesMember: true, source: 'manual', reason: 'added_by_hand' },
  pinned: { makesMember: true, source: 'pinned', reason: 'pinned' },
  removed: { makesMember: false, source: 'manual', reason: 'removed_by_hand' },
  excluded: { makesMember: false, source: 'manual', reason: 'excluded' },
} as const;

/**
 * A decision's last step: does once what a person asked about the lead in one segment; told again, it only answers.
 * Adding a member and removing who is none change nothing, except that adding lifts a pin.
 */
export function applyCommand(state: LeadState, basis: DecisionBasis): LeadState {
  const { command, catalog } = basis;
  if (!command) return state;
  const compiled = catalog.active.get(command.segmentId);
  if (!compiled) return { ...state, manualResult: { refused: 'segment_inactive' } };
  const { document } = state;
  const isIn = isMember(document, command.segmentId);
  const last = document.manualChanges && own(document.manualChanges, command.segmentId);
  if (last?.id === command.id) {
    // It is done already: a transition of that very moment is its doing.
    const isItsDoing = own(document.memberships, command.segmentId)?.since === last.at;
    return { ...state, manualResult: { wasMember: isItsDoing ? !isIn : isIn, wasExcluded: false } };
  }
  const inForce = manualChangeInForce(document, command.segmentId)?.kind;
  const answered: LeadState = { ...state, manualResult: { wasMember: isIn, wasExcluded: inForce === 'excluded' } };
  const changesNothing =
    inForce === command.kind ||
    (command.kind === 'added' && isIn && inForce !== 'pinned') ||
    (command.kind === 'removed' && !isIn);
  return changesNothing ? answered : applyManualChange(answered, compiled, command, basis);
}

/** Lets a person decide: the lead is a member or not from now on, and segments that refer to this one follow. */
function applyManualChange(
  state: LeadState,
  compiled: CompiledSegment,
  { segmentId, ...command }: ManualCommand,
  basis: DecisionBasis,
): LeadState {
  const { now, catalog } = basis;
  const { makesMember, source, reason } = effects[command.kind];
  const manualChanges = { ...state.document.manualChanges, [segmentId]: { ...command, at: now } };
  const document: LeadDocument = { ...state.document, manualChanges };
  const noted: LeadState = {
    ...state,
    document,
    timed: compiled.readsClock ? [...state.timed, compiled] : state.timed,
    changedRows: [...state.changedRows, segmentId],
  };
  const before = own(document.memberships, segmentId);
  if (isMember(document, segmentId) !== makesMember) {
    const cause: Cause = { kind: 'by_hand', changeId: command.id, occurredAt: new Date(now).toISOString() };
    const { membership, transition } = nextTransition(before, compiled.segment, now, { reason, source, cause });
    return flipSegments(
      { ...withMembership(noted, segmentId, membership), transitions: [...noted.transitions, transition] },
      catalog.referrers.get(segmentId) ?? [],
      { moment: now, originOf: () => ({ reason: 'rules', cause }), endsManualChange: () => false },
      basis,
    );
  }
  return before && makesMember ? withMembership(noted, segmentId, { ...before, source }) : noted;
}

function withMembership(state: LeadState, segmentId: string, membership: MembershipState): LeadState {
  const memberships = { ...state.document.memberships, [segmentId]: membership };
  return { ...state, document: { ...state.document, memberships } };
}
