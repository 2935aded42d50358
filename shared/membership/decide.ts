import type { Cause, LeadDocument } from '../lead/lead-document.ts';
import { causeOf, mergeChanges } from '../lead/merge-changes.ts';
import type { Catalog, CompiledSegment } from '../matcher/catalog.ts';
import { segmentsThatMayFlip } from '../matcher/matcher.ts';
import { type Decision, type DecisionInput, LeadEvaluation } from './decision.ts';

/**
 * Decides which segments one lead enters and exits: first the segments saved since the document was last evaluated, on
 * the document as it was; then those that the changes, the clock or another segment's flip may have flipped, on the
 * document as it becomes. Pure: the same input gives the same decision, and a decision repeated on its own result
 * changes nothing.
 */
export function decide(input: DecisionInput): Decision {
  const { catalog, changes } = input;
  const now = Math.max(input.now, input.document.evaluatedAt);
  const evaluation = new LeadEvaluation(input, dropDeletedSegments(input.document, catalog), now);

  const isNew = input.document.version === 0;
  const recalculate = new Set(input.recalculate);
  const isBehind = !isNew && input.document.catalogVersion < catalog.version;
  const saved = [...(isBehind ? catalog.active.values() : named([...recalculate], catalog))].filter(
    ({ segment, lastSave }) => recalculate.has(segment.id) || lastSave.savedInCatalog > input.document.catalogVersion,
  );
  // As of the save: what time has flipped since then is for the second pass to find, as passing time.
  const saves = saved.filter(({ lastSave }) => lastSave.savedInCatalog > input.document.catalogVersion);
  const savedAt = Math.max(...saves.map(({ lastSave }) => Date.parse(lastSave.savedAt)));
  if (saves.length > 0) evaluation.moment = Math.max(input.document.evaluatedAt, Math.min(now, savedAt));
  const isEarlier = evaluation.moment < now;
  evaluation.run(saved, (compiled) => ({
    reason: 'recalculated',
    cause: { kind: 'segment_saved', occurredAt: compiled.lastSave.savedAt },
    // Silence belongs to that save, not to a recalculation somebody asks for later.
    ...(compiled.isSilentSince(input.document.catalogVersion) && { silent: true }),
  }));

  evaluation.moment = now;
  evaluation.hidesChanges = false;
  const { document: merged, touched: touchedByMerge } = mergeChanges(evaluation.document, changes, input.accounts);
  const touched = new Map(touchedByMerge);
  const before = evaluation.document;
  evaluation.document = merged;
  evaluation.addEvents(changes, touched);

  const isDue = input.isDue === true || (input.document.dueAt !== undefined && input.document.dueAt <= now);
  const mayFlip = isNew ? [] : segmentsThatMayFlip(catalog.matcher, before, merged, touched.keys());
  const candidates = isNew
    ? catalog.active.values()
    : [
        ...named(
          mayFlip.map(({ segmentId }) => segmentId),
          catalog,
        ),
        ...(isDue ? catalog.clockReaders : []),
        ...(isEarlier ? saved : []),
      ];
  const fallback = newestCause(changes.map(causeOf)) ?? {
    kind: 'time_passed',
    occurredAt: new Date(now).toISOString(),
  };
  evaluation.run(candidates, (compiled) => {
    const { reads } = compiled;
    const causes = [...touched].flatMap(([slot, cause]) => (reads.includes(slot) ? [cause] : []));
    const cause = newestCause(causes);
    if (!cause && (isDue || (isEarlier && saved.includes(compiled)))) {
      return { reason: 'time_passed', cause: { kind: 'time_passed', occurredAt: new Date(now).toISOString() } };
    }
    return { reason: 'rules', cause: cause ?? fallback };
  });
  return evaluation.finish(isDue || isNew);
}

function named(segmentIds: Iterable<string>, { active }: Catalog): CompiledSegment[] {
  return [...segmentIds].flatMap((segmentId) => active.get(segmentId) ?? []);
}

function newestCause(causes: readonly Cause[]): Cause | undefined {
  return causes.reduce<Cause | undefined>(
    (newest, cause) => (newest && newest.occurredAt > cause.occurredAt ? newest : cause),
    undefined,
  );
}

function dropDeletedSegments(document: LeadDocument, catalog: Catalog): LeadDocument {
  const ids = Object.keys(document.memberships);
  if (ids.every((id) => catalog.known.has(id))) return document;
  const kept = ids.filter((id) => catalog.known.has(id)).map((id) => [id, document.memberships[id]!] as const);
  return { ...document, memberships: Object.fromEntries(kept) };
}
