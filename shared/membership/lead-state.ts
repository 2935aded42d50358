import { type CatalogCondition, type CompiledSegment, segmentsNamed } from '../catalog/catalog.ts';
import type { LeadDocument } from '../lead/lead-document.ts';
import type { Transition } from '../lead/outbox.ts';
import type { DecisionBasis } from './decision-input.ts';
import { KnownEvents } from './known-events.ts';
import { type ManualResult, unsettledSegments } from './manual-changes.ts';

/** One lead on its way through a decision: what every step takes, and returns anew. */
export interface LeadState {
  /** As it has become so far. */
  readonly document: LeadDocument;
  readonly transitions: readonly Transition[];
  /** Conditions whose raw events it takes to decide: with any of them, the steps only find out which others. */
  readonly missing: readonly CatalogCondition[];
  /** Segments that were evaluated and whose answer time alone may change. */
  readonly timed: readonly CompiledSegment[];
  /** Segments that were evaluated as of an earlier moment: what time has flipped since is still to be found. */
  readonly evaluatedEarlier: readonly CompiledSegment[];
  /** By segment with a manual change still in force: what its rules said of the lead as it was. */
  readonly heldBefore: ReadonlyMap<string, boolean>;
  /**
   * Whether some of the events are kept nowhere but in the raw events: then only a write, whatever it changes, makes those
   * start over who read the raw events before and are about to decide without them.
   */
  readonly hasUnkeptEvents: boolean;
  /** Segments in which the command changed otherwise than by a transition how the lead is a member. */
  readonly changedRows: readonly string[];
  /** What came of the command. */
  readonly manualResult?: ManualResult;
}

const nothingHeld: ReadonlyMap<string, boolean> = new Map();

/** The lead before the first step, at the moment of its last evaluation. */
export function asStored(document: LeadDocument, basis: DecisionBasis): LeadState {
  const state: LeadState = {
    document,
    transitions: [],
    missing: [],
    timed: [],
    evaluatedEarlier: [],
    heldBefore: nothingHeld,
    hasUnkeptEvents: false,
    changedRows: [],
  };
  const unsettled = segmentsNamed(basis.catalog, unsettledSegments(document));
  if (unsettled.length === 0) return state;
  const known = new KnownEvents(document, basis, basis.changes);
  const subject = known.subject(document, document.evaluatedAt);
  const heldBefore = new Map(unsettled.map((compiled) => [compiled.segment.id, compiled.holds(subject)]));
  return { ...state, heldBefore, document: known.keptIn(document), missing: known.missing };
}
