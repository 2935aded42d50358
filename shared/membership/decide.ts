import type { Catalog, CatalogCondition } from '../catalog/catalog.ts';
import type { LeadDocument, LeadDraft, Named } from '../lead/lead-document.ts';
import type { Outbox } from '../lead/outbox.ts';
import { applyCommand } from './apply-command.ts';
import { catchUp } from './catch-up.ts';
import { basisOf, type DecisionBasis, type DecisionInput } from './decision-input.ts';
import { deletionOf, remainsOf } from './deletion.ts';
import { followChanges } from './follow-changes.ts';
import { KnownEvents } from './known-events.ts';
import { asStored, type LeadState } from './lead-state.ts';
import type { ManualResult } from './manual-changes.ts';

/** A decision; or, where the document's event state does not suffice, the conditions whose raw events it needs. */
export type Decision =
  | { readonly missing: readonly CatalogCondition[] }
  | {
      readonly missing?: undefined;
      readonly document: LeadDocument;
      readonly outbox: Outbox;
      /** Whether there is anything to write. */
      readonly changed: boolean;
      /** What came of the command. */
      readonly manualResult?: ManualResult;
    };

/**
 * Decides which segments one lead enters and exits, in three steps: first the segments saved since the document was last
 * evaluated, on the document as it was; then those that the changes, the clock or another segment's flip may have
 * flipped, on the document as it becomes; then what a person asks. Pure: the same input gives the same decision, and a
 * decision repeated on its own result changes nothing.
 */
export function decide(input: DecisionInput): Decision {
  const basis = basisOf(input);
  const start = dropDeletedSegments(basis.document, basis.catalog);
  if (basis.deletes && !basis.isKnown) return keepsOut(start, basis);
  if (!basis.isKnown && basis.changes.length === 0) return nobody(basis);
  if (basis.deletes) return deletes(start, basis);
  const caughtUp = catchUp(asStored(start, basis), basis);
  const changed = followChanges(caughtUp, basis);
  return conclude(applyCommand(changed, basis), start, basis);
}

/** The decision that the steps came to, from `start` on. */
function conclude(state: LeadState, start: LeadDocument, basis: DecisionBasis): Decision {
  const { document: stored, now, isKnown, isDue } = basis;
  const known = new KnownEvents(state.document, basis);
  const flips = nextFlips(state, known, now);
  const missing = new Set([...state.missing, ...known.missing]);
  if (missing.size > 0) return { missing: [...missing] };
  const document = known.keptIn(state.document);
  // Where everything that reads the clock was evaluated, the due moment is computed anew.
  const earlier = isDue || !isKnown ? undefined : stored.dueAt;
  const dueAt = Math.min(earlier ?? Number.POSITIVE_INFINITY, ...flips);
  const hasChanges = basis.changes.length > 0;
  const decided: LeadDraft = {
    ...document,
    version: stored.version + 1,
    catalogVersion: basis.catalog.version,
    evaluatedAt: now,
    updatedAt: hasChanges ? now : stored.updatedAt,
    events: liveEvents(document, basis.catalog),
  };
  if (Number.isFinite(dueAt)) decided.dueAt = dueAt;
  else if (decided.dueAt !== undefined) delete decided.dueAt;
  if (decided.isOverdue) delete decided.isOverdue;
  const isOtherwiseDue = decided.dueAt !== stored.dueAt || document.isOverdue === true;
  const isDifferent = document !== start || isOtherwiseDue || state.hasUnkeptEvents;
  const { transitions, changedRows, manualResult } = state;
  return {
    outbox: { transitions, ...(changedRows.length > 0 && { changedRows }) },
    changed: stored.version === 0 ? hasChanges : isDifferent,
    ...(manualResult && { manualResult }),
    document: decided,
  };
}

/** When (epoch ms) each segment that was evaluated and reads the clock flips next. */
function nextFlips({ document, timed }: LeadState, known: KnownEvents, now: number): number[] {
  if (timed.length === 0) return [];
  const subject = known.subject(document, now);
  return [...new Set(timed)].map((compiled) => compiled.nextFlipAt(subject));
}

/** Event state without that of conditions no active segment has any more; their ids are never used again. */
function liveEvents({ events }: LeadDocument, { conditionIds }: Catalog): LeadDocument['events'] {
  const ids = Object.keys(events);
  const live = ids.filter((id) => conditionIds.has(id));
  return live.length === ids.length ? events : Object.fromEntries(live.map((id) => [id, events[id]!]));
}

/** A lead that is not known, or not any more, and of which nothing is heard: nothing is evaluated. */
function nobody({ document, command }: DecisionInput): Decision {
  return {
    document,
    outbox: { transitions: [] },
    changed: false,
    ...(command && { manualResult: { refused: 'unknown_lead' } }),
  };
}

/** Whether what comes of a lead that is not there is refused. */
function keepsOut(document: LeadDocument, basis: DecisionBasis): Decision {
  const remains = basis.keepsOut === undefined ? undefined : remainsOf(document, basis.now, basis.keepsOut);
  if (!remains) return nobody(basis);
  return {
    document: asWritten(remains, basis),
    outbox: { transitions: [], deleted: { eventTypes: [] } },
    changed: true,
  };
}

function asWritten(remains: LeadDocument, { document, catalog, now }: DecisionBasis): LeadDocument {
  return {
    ...remains,
    version: document.version + 1,
    catalogVersion: catalog.version,
    evaluatedAt: now,
    updatedAt: now,
  };
}

function deletes(document: LeadDocument, basis: DecisionBasis): Decision {
  const { catalog, now, keepsOut = false } = basis;
  const { document: remains, transitions, deleted } = deletionOf(document, catalog, now, keepsOut);
  // Rows and lists tell who changed what manually, and why.
  const changedRows = Object.keys(document.manualChanges ?? {});
  return {
    document: asWritten(remains, basis),
    outbox: { transitions, ...(changedRows.length > 0 && { changedRows }), deleted },
    changed: true,
  };
}

function dropDeletedSegments(document: LeadDocument, catalog: Catalog): LeadDocument {
  // Deleting a segment moves the catalog, so what was decided with this one has none that is gone.
  if (document.catalogVersion === catalog.version) return document;
  const memberships = onlyKnown(document.memberships, catalog);
  const manualChanges = document.manualChanges && onlyKnown(document.manualChanges, catalog);
  if (memberships === document.memberships && manualChanges === document.manualChanges) return document;
  return { ...document, memberships, ...(manualChanges && { manualChanges }) };
}

function onlyKnown<T>(bySegment: Named<T>, catalog: Catalog): Named<T> {
  const entries = Object.entries(bySegment);
  const known = entries.filter(([id]) => catalog.known.has(id));
  return known.length === entries.length ? bySegment : Object.fromEntries(known);
}
