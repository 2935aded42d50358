import type { Catalog, CompiledSegment } from '../catalog/catalog.ts';
import type { LeadChange } from '../lead/change.ts';
import type { HandAct } from '../lead/hand-act.ts';
import type { Cause, LeadDocument, Named } from '../lead/lead-document.ts';
import { causeOf, mergeChanges } from '../lead/merge-changes.ts';
import type { Slot } from '../lead/slot.ts';
import { segmentsThatMayFlip } from '../matcher/matcher.ts';
import { applyCommand } from './apply-command.ts';
import { unsettledSegments } from './by-hand.ts';
import { type Decision, type DecisionInput, type EvaluationRun, LeadEvaluation } from './decision.ts';
import { deletionOf } from './deletion.ts';

/**
 * Decides which segments one lead enters and exits: first the segments saved since the document was last evaluated, on
 * the document as it was; then those that the changes, the clock or another segment's flip may have flipped, on the
 * document as it becomes; then what a person asks. Pure: the same input gives the same decision, and a decision repeated
 * on its own result changes nothing.
 */
export function decide(given: DecisionInput): Decision {
  const input = { ...given, changes: existing(given) };
  const { catalog, changes, document } = input;
  const now = Math.max(input.now, document.evaluatedAt);
  const isKnown = document.version > 0 && !document.isDeleted;
  if (!isKnown && changes.length === 0) return nobody(input);
  const evaluation = new LeadEvaluation(input, dropDeletedSegments(document, catalog), now);
  if (input.deletes) return deletes(evaluation.document, input, now);

  const isBehind = document.catalogVersion < catalog.version;
  const isCatchingUp = isKnown && (isBehind || input.recalculate !== undefined);
  const saved = isCatchingUp ? catchUp(evaluation, input, now) : { segments: [], isEarlier: false };
  evaluation.moment = now;
  evaluation.hidesChanges = false;
  const before = evaluation.document;
  const { document: merged, touched, accepted } = mergeChanges(before, changes, input.accounts);
  evaluation.document = notingFuture(merged, changes, now);
  const matched = evaluation.addEvents(changes, touched);

  const isPastDue = document.isOverdue || (document.dueAt !== undefined && document.dueAt <= now);
  const isDue = input.isDue === true || isPastDue;
  const wasReadAnew = readAnew(accepted, changes);
  const slots = matched.size > 0 ? new Set([...touched.keys(), ...matched]) : touched.keys();
  const candidates = isKnown
    ? [
        ...named(
          segmentsThatMayFlip(catalog.matcher, before, merged, slots).map(({ segmentId }) => segmentId),
          catalog,
        ),
        ...named(unsettledSegments(merged), catalog).filter((compiled) => wasReadAnew(compiled)),
        ...(isDue ? catalog.clockReaders : []),
        ...(saved.isEarlier ? saved.segments : []),
      ]
    : [...catalog.active.values()];
  // Most changes may flip nothing.
  if (candidates.length > 0)
    evaluation.run(candidates, {
      originOf: (compiled) => {
        const causes = [...touched].flatMap(([slot, cause]) => (compiled.reads.includes(slot) ? [cause] : []));
        const cause = newestCause(causes);
        const isOfTime = isDue || (saved.isEarlier && saved.segments.includes(compiled));
        if (!cause && isOfTime) return { reason: 'time_passed', cause: causeAt('time_passed', now) };
        return { reason: 'rules', cause: cause ?? newestCause(changes.map(causeOf)) ?? causeAt('time_passed', now) };
      },
      endsAct: (compiled, act) => wasReadAnew(compiled, act),
    });
  const handResult = input.command && applyCommand(evaluation, input.command, catalog, now);
  return evaluation.finish(isDue || !isKnown, handResult);
}

/** Evaluates what was saved since the document was last evaluated, and what is to be evaluated whatever changed. */
function catchUp(evaluation: LeadEvaluation, { catalog, document, recalculate }: DecisionInput, now: number) {
  const wanted = new Set(recalculate?.segmentIds);
  const isMissed = ({ lastSave }: CompiledSegment) => lastSave.savedInCatalog > document.catalogVersion;
  const isBehind = document.catalogVersion < catalog.version;
  const segments = [...(isBehind ? catalog.active.values() : named([...wanted], catalog))].filter(
    (compiled) => wanted.has(compiled.segment.id) || isMissed(compiled),
  );
  // As of the save: what time has flipped since then is for the second pass to find, as passing time.
  const asOf = (savedAt: number) => Math.max(document.evaluatedAt, Math.min(now, savedAt));
  const savedAtOf = ({ lastSave }: CompiledSegment) => Date.parse(lastSave.savedAt);
  const lastSavedAt = Math.max(...segments.filter(isMissed).map(savedAtOf));
  const lastMoment = lastSavedAt > 0 ? asOf(lastSavedAt) : now;
  const momentOf = (compiled: CompiledSegment) =>
    // Silence is for what its own save does: not for what time, or a later save, flips up to the last one.
    isMissed(compiled) && compiled.isSilentSince(document.catalogVersion) ? asOf(savedAtOf(compiled)) : lastMoment;
  const run: EvaluationRun = {
    originOf: (compiled) => ({
      reason: 'recalculated',
      cause:
        recalculate?.isReconciliation && wanted.has(compiled.segment.id)
          ? causeAt('reconciled', now)
          : { kind: 'segment_saved', occurredAt: compiled.lastSave.savedAt },
      // Silence belongs to that save, not to a recalculation somebody asks for later.
      ...(compiled.isSilentSince(document.catalogVersion) && { silent: true }),
    }),
    endsAct: (compiled, act) => {
      return isMissed(compiled) || (wanted.has(compiled.segment.id) && (recalculate?.requestedAt ?? 0) > act.at);
    },
  };
  const moments = [...new Set(segments.map(momentOf))].sort((a, b) => a - b);
  for (const moment of moments) {
    evaluation.moment = moment;
    evaluation.run(
      segments.filter((compiled) => momentOf(compiled) === moment),
      run,
    );
  }
  const isEarlier = moments.some((moment) => moment < now);
  return { segments, isEarlier };
}

/**
 * Whether something that a segment's rules read came in, be it the same again; of events, one that was received for the
 * first time after the act.
 */
function readAnew(accepted: ReadonlySet<Slot>, changes: readonly LeadChange[]) {
  const events = changes.flatMap((change) => (change.kind === 'lead_event' ? [change] : []));
  return ({ reads, conditions }: CompiledSegment, act?: HandAct): boolean =>
    reads.some((slot) => accepted.has(slot)) ||
    conditions.some(({ eventType }) =>
      events.some(
        ({ eventType: type, receivedAt = Number.POSITIVE_INFINITY }) =>
          type === eventType && (!act || receivedAt > act.at),
      ),
    );
}

/** A lead that is not known, or not any more, and of which nothing is heard: nothing is evaluated. */
function nobody({ document, command }: DecisionInput): Decision {
  return {
    document,
    outbox: { transitions: [] },
    changed: false,
    ...(command && { handResult: { refused: 'unknown_lead' } }),
  };
}

function deletes(document: LeadDocument, { catalog }: DecisionInput, now: number): Decision {
  const { document: remains, transitions, deleted } = deletionOf(document, catalog, now);
  // Rows and lists tell who did what by hand, and why.
  const changedRows = Object.keys(document.byHand ?? {});
  return {
    document: {
      ...remains,
      version: document.version + 1,
      catalogVersion: catalog.version,
      evaluatedAt: now,
      updatedAt: now,
    },
    outbox: { transitions, ...(changedRows.length > 0 && { changedRows }), deleted },
    changed: true,
  };
}

/** The changes that happened after the lead's deletion, if it was deleted: others do not exist. */
function existing({ document: { deletedAt }, changes }: DecisionInput): readonly LeadChange[] {
  return deletedAt === undefined ? changes : changes.filter(({ occurredAt }) => occurredAt > deletedAt);
}

/** Notes the latest moment that the changes claim to come from, if that is still to come: a deletion must know of it. */
function notingFuture(document: LeadDocument, changes: readonly LeadChange[], now: number): LeadDocument {
  const latest = changes.reduce((newest, { occurredAt }) => Math.max(newest, occurredAt), 0);
  return latest > Math.max(now, document.aheadUntil ?? 0) ? { ...document, aheadUntil: latest } : document;
}

function named(segmentIds: Iterable<string>, { active }: Catalog): CompiledSegment[] {
  return [...segmentIds].flatMap((segmentId) => active.get(segmentId) ?? []);
}

function causeAt(kind: 'time_passed' | 'reconciled', now: number): Cause {
  return { kind, occurredAt: new Date(now).toISOString() };
}

function newestCause(causes: readonly Cause[]): Cause | undefined {
  return causes.reduce<Cause | undefined>(
    (newest, cause) => (newest && newest.occurredAt > cause.occurredAt ? newest : cause),
    undefined,
  );
}

function dropDeletedSegments(document: LeadDocument, catalog: Catalog): LeadDocument {
  // Deleting a segment moves the catalog, so what was decided with this one has none that is gone.
  if (document.catalogVersion === catalog.version) return document;
  const memberships = onlyKnown(document.memberships, catalog);
  const byHand = document.byHand && onlyKnown(document.byHand, catalog);
  if (memberships === document.memberships && byHand === document.byHand) return document;
  return { ...document, memberships, ...(byHand && { byHand }) };
}

function onlyKnown<T>(bySegment: Named<T>, catalog: Catalog): Named<T> {
  const entries = Object.entries(bySegment);
  const known = entries.filter(([id]) => catalog.known.has(id));
  return known.length === entries.length ? bySegment : Object.fromEntries(known);
}
