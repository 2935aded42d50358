import { type CompiledSegment, segmentsNamed } from '../catalog/catalog.ts';
import type { LeadChange } from '../lead/change.ts';
import type { Cause, LeadDocument } from '../lead/lead-document.ts';
import type { ManualChange } from '../lead/manual-change.ts';
import { causeOf, mergeChanges } from '../lead/merge-changes.ts';
import type { Slot } from '../lead/slot.ts';
import { segmentsThatMayFlip } from '../matcher/matcher.ts';
import type { DecisionBasis } from './decision-input.ts';
import { flipSegments } from './flip-segments.ts';
import { eventsAmong, KnownEvents } from './known-events.ts';
import type { LeadState } from './lead-state.ts';
import { unsettledSegments } from './manual-changes.ts';

/**
 * A decision's second step: merges the changes into the document, and evaluates on the document as it becomes what they,
 * or the time that passed, may have flipped.
 */
export function followChanges(state: LeadState, basis: DecisionBasis): LeadState {
  const { catalog, changes, now, isDue, isKnown } = basis;
  const before = state.document;
  const merged = mergeChanges(before, changes, basis.accounts);
  const document = notingFuture(merged.document, changes, now);
  const known = new KnownEvents(document, basis);
  const added = known.add(eventsAmong(changes));
  const touched = added.touched.size > 0 ? new Map([...merged.touched, ...added.touched]) : merged.touched;
  const informed: LeadState = {
    ...state,
    document: known.keptIn(document),
    missing: [...state.missing, ...known.missing],
    hasUnkeptEvents: added.areSomeUnkept,
  };
  const wasReadAnew = readAnew(merged.touched, changes);
  const mayFlip = (): CompiledSegment[] => {
    const slots = added.matched.size > 0 ? new Set([...touched.keys(), ...added.matched]) : touched.keys();
    const flips = segmentsThatMayFlip(catalog.matcher, before, document, slots);
    return [
      ...segmentsNamed(
        catalog,
        flips.map(({ segmentId }) => segmentId),
      ),
      ...segmentsNamed(catalog, unsettledSegments(document)).filter((compiled) => wasReadAnew(compiled)),
      ...(isDue ? catalog.clockReaders : []),
      ...state.evaluatedEarlier,
    ];
  };
  const candidates = isKnown ? mayFlip() : [...catalog.active.values()];
  // Most changes may flip nothing.
  if (candidates.length === 0) return informed;
  const originOf = (compiled: CompiledSegment) => {
    const causes = [...touched].flatMap(([slot, cause]) => (compiled.reads.includes(slot) ? [cause] : []));
    const cause = newestCause(causes);
    if (cause) return { reason: 'rules', cause } as const;
    const passing: Cause = { kind: 'time_passed', occurredAt: new Date(now).toISOString() };
    const isOfTime = isDue || state.evaluatedEarlier.includes(compiled);
    if (isOfTime) return { reason: 'time_passed', cause: passing } as const;
    return { reason: 'rules', cause: newestCause(changes.map(causeOf)) ?? passing } as const;
  };
  return flipSegments(informed, candidates, { moment: now, originOf, endsManualChange: wasReadAnew }, basis);
}

/**
 * Whether something that a segment's rules read came in that differs from what was there; of events, one that was received
 * for the first time after the manual change.
 */
function readAnew(touched: ReadonlyMap<Slot, Cause>, changes: readonly LeadChange[]) {
  const events = eventsAmong(changes);
  return ({ reads, conditions }: CompiledSegment, manual?: ManualChange): boolean =>
    reads.some((slot) => touched.has(slot)) ||
    conditions.some(({ eventType }) =>
      events.some(
        ({ eventType: type, receivedAt = Number.POSITIVE_INFINITY }) =>
          type === eventType && (!manual || receivedAt > manual.at),
      ),
    );
}

/** Notes the latest moment that the changes claim to come from, if that is still to come: a deletion must know of it. */
function notingFuture(document: LeadDocument, changes: readonly LeadChange[], now: number): LeadDocument {
  const latest = changes.reduce((newest, { occurredAt }) => Math.max(newest, occurredAt), 0);
  return latest > Math.max(now, document.aheadUntil ?? 0) ? { ...document, aheadUntil: latest } : document;
}

function newestCause(causes: readonly Cause[]): Cause | undefined {
  return causes.reduce<Cause | undefined>(
    (newest, cause) => (newest && newest.occurredAt > cause.occurredAt ? newest : cause),
    undefined,
  );
}
