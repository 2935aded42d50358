import type { CompiledSegment } from '../catalog/catalog.ts';
import { type Cause, isMember, type LeadDocument, type MembershipState, own } from '../lead/lead-document.ts';
import type { ManualChange, ManualChangeKind, StandingKind } from '../lead/manual-change.ts';
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
 * Adding a member and removing who is none change nothing, except that adding lifts a pin; nor does lifting where the
 * rules decide.
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
    return { ...state, manualResult: { wasMember: isItsDoing ? !isIn : isIn, wasExcluded: false, isDone: true } };
  }
  const inForce = manualChangeInForce(document, command.segmentId)?.kind;
  const isDone = !isOvertaken(command, last) && !changesNothing(command.kind, isIn, inForce);
  const manualResult = { wasMember: isIn, wasExcluded: inForce === 'excluded', isDone };
  const answered: LeadState = { ...state, manualResult };
  if (!isDone) return answered;
  const { kind } = command;
  return kind === 'lifted'
    ? liftManualChange(answered, compiled, command, basis)
    : applyManualChange(answered, compiled, { ...command, kind }, basis);
}

/** Whether what was done last about the lead was asked for later than the command. */
function isOvertaken({ askedAt }: ManualCommand, last: ManualChange | undefined): boolean {
  return askedAt !== undefined && last !== undefined && (last.askedAt ?? last.at) > askedAt;
}

function changesNothing(kind: ManualChangeKind, isIn: boolean, inForce: StandingKind | undefined): boolean {
  if (kind === 'lifted') return inForce === undefined;
  return inForce === kind || (kind === 'added' && isIn && inForce !== 'pinned') || (kind === 'removed' && !isIn);
}

/** Has the rules decide again, at once: the lead enters or exits if they say other than what stood against them. */
function liftManualChange(
  state: LeadState,
  compiled: CompiledSegment,
  { segmentId, ...command }: ManualCommand,
  basis: DecisionBasis,
): LeadState {
  const { now } = basis;
  const manualChanges = { ...state.document.manualChanges, [segmentId]: { ...command, at: now, isSettled: true } };
  const lifted: LeadState = {
    ...state,
    document: { ...state.document, manualChanges },
    changedRows: [...state.changedRows, segmentId],
  };
  const cause = causeOf(command, now);
  const decided = flipSegments(
    lifted,
    [compiled],
    { moment: now, originOf: () => ({ reason: 'rules', cause }), endsManualChange: () => false },
    basis,
  );
  const membership = own(decided.document.memberships, segmentId);
  // Who stays is a member by the rules from now on.
  const stays = membership !== undefined && isMember(decided.document, segmentId);
  return stays ? withMembership(decided, segmentId, { ...membership, source: 'rules' }) : decided;
}

function causeOf({ id }: Pick<ManualCommand, 'id'>, now: number): Cause {
  return { kind: 'by_hand', changeId: id, occurredAt: new Date(now).toISOString() };
}

/** Lets a person decide: the lead is a member or not from now on, and segments that refer to this one follow. */
function applyManualChange(
  state: LeadState,
  compiled: CompiledSegment,
  { segmentId, ...command }: ManualCommand & { readonly kind: StandingKind },
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
    const cause = causeOf(command, now);
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
