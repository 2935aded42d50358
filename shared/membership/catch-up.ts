import { type CompiledSegment, segmentsNamed } from '../catalog/catalog.ts';
import type { DecisionBasis } from './decision-input.ts';
import { type EvaluationRun, flipSegments } from './flip-segments.ts';
import type { LeadState } from './lead-state.ts';

const none: ReadonlyMap<string, number> = new Map();

/**
 * A decision's first step: evaluates the segments saved since the document was last evaluated, and those to be evaluated
 * whatever changed, on the document as it was.
 */
export function catchUp(state: LeadState, basis: DecisionBasis): LeadState {
  const { catalog, document: stored, recalculate, now } = basis;
  const isBehind = stored.catalogVersion < catalog.version;
  if (!basis.isKnown || (!isBehind && !recalculate)) return state;
  const wanted = recalculate?.requestedAt ?? none;
  const isMissed = ({ lastSave }: CompiledSegment) => lastSave.savedInCatalog > stored.catalogVersion;
  const segments = [...(isBehind ? catalog.active.values() : segmentsNamed(catalog, wanted.keys()))].filter(
    (compiled) => wanted.has(compiled.segment.id) || isMissed(compiled),
  );
  // As of the save: what time has flipped since then is for the next step to find, as passing time.
  const asOf = (savedAt: number) => Math.max(stored.evaluatedAt, Math.min(now, savedAt));
  const savedAtOf = ({ lastSave }: CompiledSegment) => Date.parse(lastSave.savedAt);
  const lastSavedAt = Math.max(...segments.filter(isMissed).map(savedAtOf));
  const lastMoment = lastSavedAt > 0 ? asOf(lastSavedAt) : now;
  const momentOf = (compiled: CompiledSegment) =>
    // Silence is for what its own save does: not for what time, or a later save, flips up to the last one.
    isMissed(compiled) && compiled.isSilentSince(stored.catalogVersion) ? asOf(savedAtOf(compiled)) : lastMoment;
  const run: Omit<EvaluationRun, 'moment'> = {
    hidden: basis.changes,
    originOf: (compiled) => ({
      reason: 'recalculated',
      cause:
        recalculate?.isReconciliation && wanted.has(compiled.segment.id)
          ? { kind: 'reconciled', occurredAt: new Date(now).toISOString() }
          : { kind: 'segment_saved', occurredAt: compiled.lastSave.savedAt },
      // Silence belongs to that save, not to a recalculation somebody asks for later.
      ...(compiled.isSilentSince(stored.catalogVersion) && { silent: true }),
    }),
    endsManualChange: (compiled, manual) => isMissed(compiled) || (wanted.get(compiled.segment.id) ?? 0) > manual.at,
  };
  const moments = [...new Set(segments.map(momentOf))].sort((a, b) => a - b);
  const caughtUp = moments.reduce(
    (before, moment) =>
      flipSegments(
        before,
        segments.filter((compiled) => momentOf(compiled) === moment),
        { ...run, moment },
        basis,
      ),
    state,
  );
  const isEarlier = moments.some((moment) => moment < now);
  return isEarlier ? { ...caughtUp, evaluatedEarlier: segments } : caughtUp;
}
