import type { ListedImport, RecalculationProgress, SegmentSummary } from './answers.ts';

/** Whether leads are still being evaluated. */
export function isRecalculating(progress: RecalculationProgress | undefined): boolean {
  return progress?.state === 'queued' || progress?.state === 'running';
}

const settlingMs = 15_000;

/** Whether members still move: while leads are evaluated, and until lists and counts have followed. */
export function isFilling({ recalculation, freshAsOf }: Pick<SegmentSummary, 'recalculation' | 'freshAsOf'>): boolean {
  if (!recalculation?.finishedAt) return isRecalculating(recalculation);
  // Both moments are the server's: the clock of this machine may be off.
  return Date.parse(freshAsOf) - Date.parse(recalculation.finishedAt) < settlingMs;
}

const moving: readonly ListedImport['state'][] = ['inspecting', 'trying', 'queued', 'running', 'adding', 'cancelling'];

/** Whether an import gets on by itself, so that it is worth asking again. */
export function isImportMoving({ state }: Pick<ListedImport, 'state'>): boolean {
  return moving.includes(state);
}
