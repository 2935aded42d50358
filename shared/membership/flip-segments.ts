import type { CompiledSegment } from '../catalog/catalog.ts';
import type { LeadChange } from '../lead/change.ts';
import { isMember, type LeadDraft, type MembershipState, own, put } from '../lead/lead-document.ts';
import type { ManualChange } from '../lead/manual-change.ts';
import type { Transition } from '../lead/outbox.ts';
import type { DecisionBasis } from './decision-input.ts';
import { KnownEvents } from './known-events.ts';
import type { LeadState } from './lead-state.ts';
import { manualChangeInForce } from './manual-changes.ts';
import { nextTransition, type TransitionOrigin } from './transition.ts';

/** How segments are evaluated together. */
export interface EvaluationRun {
  /** Epoch ms at which rules are asked. */
  readonly moment: number;
  /** Changes whose events, which are stored already, are not to be seen yet. */
  readonly hidden?: readonly LeadChange[];
  /** Why a segment flips, if it does and none does that it refers to. */
  readonly originOf: (segment: CompiledSegment) => Origin;
  /** Whether the segment is evaluated for something that ends a manual addition or removal. */
  readonly endsManualChange: (segment: CompiledSegment, manual: ManualChange) => boolean;
}

type Origin = Omit<TransitionOrigin, 'source'>;

/**
 * Evaluates segments in the order of their references, each once, with those that refer to one that flips; and flips
 * those whose answer is another than the lead's membership.
 */
export function flipSegments(
  state: LeadState,
  segments: Iterable<CompiledSegment>,
  { moment, hidden, originOf, endsManualChange }: EvaluationRun,
  basis: DecisionBasis,
): LeadState {
  const { catalog, now } = basis;
  const draft: LeadDraft = { ...state.document };
  const known = new KnownEvents(draft, basis, hidden);
  const subject = known.subject(draft, moment);
  let memberships: Record<string, MembershipState> | undefined;
  const transitions: Transition[] = [];
  const timed: CompiledSegment[] = [];

  /** Whether the lead is to be a member: by what a person did, as long as that stands, else by the rules. */
  const evaluate = (compiled: CompiledSegment): boolean => {
    const { id, rules } = compiled.segment;
    const manual = manualChangeInForce(draft, id);
    if (manual?.kind === 'pinned' || manual?.kind === 'excluded') return manual.kind === 'pinned';
    if (compiled.readsClock) timed.push(compiled);
    const holds = compiled.holds(subject);
    if (!manual) return holds;
    const ends = rules.length > 0 && (holds !== state.heldBefore.get(id) || endsManualChange(compiled, manual));
    if (!ends) return isMember(draft, id);
    draft.manualChanges = { ...draft.manualChanges, [id]: { ...manual, isSettled: true } };
    return holds;
  };
  const flip = ({ segment }: CompiledSegment, origin: Origin): void => {
    const before = own(draft.memberships, segment.id);
    const { membership, transition } = nextTransition(before, segment, now, { ...origin, source: 'rules' });
    if (!memberships) {
      // Once, not with every flip: a lead may be in hundreds of segments.
      memberships = { ...draft.memberships };
      draft.memberships = memberships;
    }
    put(memberships, segment.id, membership);
    transitions.push(transition);
  };

  const queued = new Map<CompiledSegment, Origin | undefined>();
  const byDepth: CompiledSegment[][] = [];
  const queue = (compiled: CompiledSegment, origin?: Origin) => {
    if (queued.has(compiled)) return;
    queued.set(compiled, origin);
    const depth = catalog.depths.get(compiled.segment.id) ?? 0;
    byDepth[depth] ??= [];
    byDepth[depth].push(compiled);
  };
  for (const compiled of segments) queue(compiled);
  // Referrers are deeper than what they refer to, so they join a list that is still to come.
  for (let depth = 0; depth < byDepth.length; depth++) {
    for (const compiled of byDepth[depth] ?? []) {
      if (evaluate(compiled) === isMember(draft, compiled.segment.id)) continue;
      const origin = queued.get(compiled) ?? originOf(compiled);
      flip(compiled, origin);
      for (const referrer of catalog.referrers.get(compiled.segment.id) ?? []) queue(referrer, origin);
    }
  }

  const isSame = transitions.length === 0 && draft.manualChanges === state.document.manualChanges;
  return {
    ...state,
    document: known.keptIn(isSame ? state.document : draft),
    transitions: joined(state.transitions, transitions),
    missing: joined(state.missing, known.missing),
    timed: joined(state.timed, timed),
  };
}

function joined<T>(some: readonly T[], more: readonly T[]): readonly T[] {
  if (more.length === 0) return some;
  return some.length === 0 ? more : [...some, ...more];
}
