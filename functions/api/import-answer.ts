import type { z } from 'zod';
import type { Catalog } from '../../shared/catalog/catalog.ts';
import type { importSchema, listedImportSchema } from '../../shared/http/import-answers.ts';
import type { DryRun } from '../../shared/import/dry-run.ts';
import { type Acted, type ImportAct, type ImportJob, nobodyActedOn } from '../../shared/import/import-job.ts';
import { inspectionOf, type StoredInspection } from '../../shared/import/inspect-import.ts';
import type { ImportMapping } from '../../shared/import/mapping.ts';
import type { ImportResult } from '../../shared/import/send-rows.ts';
import type { ApiWorld } from './api-world.ts';

/** How long (s) a file may be put at the address that is answered. */
const uploadSeconds = 3_600;

/** An import as lists show it. */
export function listedImport(job: ImportJob): z.output<typeof listedImportSchema> {
  const { importId, fileName, author, state, createdAt, startedAt, finishedAt, reason } = job;
  const progress = progressOf(job);
  return {
    ...{ importId, fileName, author, state, createdAt },
    ...(startedAt !== undefined && { startedAt }),
    ...(finishedAt !== undefined && { finishedAt }),
    ...(reason !== undefined && { reason }),
    ...(progress && { progress }),
  };
}

/** An import with all that is known of it. */
export async function showImport(world: ApiWorld, job: ImportJob): Promise<z.output<typeof importSchema>> {
  const { importFiles, now } = world;
  const { importId, state, mapping: name, dryRun: dryRunName, finishedAt, startedAt } = job;
  const hasResult = finishedAt !== undefined && startedAt !== undefined;
  const [stored, mapping, dryRun, result] = await Promise.all([
    inspectionOf(importFiles, job),
    name === undefined ? undefined : (importFiles.get(importId, 'mapping', name) as Promise<ImportMapping | undefined>),
    dryRunName === undefined
      ? undefined
      : (importFiles.get(importId, 'dry-run', dryRunName) as Promise<DryRun | undefined>),
    hasResult ? (importFiles.get(importId, 'result', 'end') as Promise<ImportResult | undefined>) : undefined,
  ]);
  const isAwaited = state === 'awaiting_upload' || state === 'unreadable';
  const expiresAt = new Date(now() + uploadSeconds * 1_000).toISOString();
  const url = isAwaited && (await importFiles.uploadUrl(importId, uploadSeconds));
  return {
    ...listedImport(job),
    ...(url && { upload: { method: 'PUT' as const, url, expiresAt } }),
    ...(stored && { inspection: shownInspection(stored) }),
    ...(mapping && { mapping }),
    ...(dryRun && { dryRun: shownDryRun(dryRun, await world.catalog.current()) }),
    ...(job.act && { segment: shownAct(job.act, job.acted) }),
    ...(result && { result: shownResult(result) }),
  };
}

function shownInspection({ inspection, suggestion }: StoredInspection) {
  const { format, layout, columns, rows, isWhole, notices } = inspection;
  return {
    format:
      format.kind === 'csv'
        ? { kind: format.kind, encoding: format.encoding, separator: format.separator }
        : { kind: format.kind, sheet: format.sheet },
    headerLine: layout.headerLine,
    rows,
    complete: isWhole,
    columns: columns.map(({ name, kind, orElse, filled, misfits, isUnique, addresses, samples }) => ({
      ...{ name, kind, orElse: [...orElse], filled, misfits },
      ...{ unique: isUnique, addresses, samples },
    })),
    notices: [...notices, ...suggestion.notices],
    ...(suggestion.mapping && { suggestedMapping: suggestion.mapping }),
  };
}

function shownDryRun(dryRun: DryRun, { known }: Catalog) {
  const { rows, refusedRows, isWhole, sent, reason, leads } = dryRun;
  const segments = leads?.segments.flatMap(({ segmentId, entering, leaving }) => {
    const segment = known.get(segmentId);
    return segment?.active ? [{ segmentId, name: segment.name, entering, leaving }] : [];
  });
  return {
    ...shownResult(dryRun),
    ...{ rows, refusedRows, complete: isWhole, sent },
    ...(reason !== undefined && { reason }),
    ...(leads && segments && { leads: { ...leads, segments } }),
  };
}

function shownAct({ segmentId, kind, replaces }: ImportAct, acted: Acted | undefined) {
  const action = kind === 'added' ? ('add' as const) : ('pin' as const);
  return { segmentId, action, replace: replaces, ...(acted ?? nobodyActedOn) };
}

function shownResult({ refused, leftOut, repeatedRows, foldedIds, notices }: ImportResult) {
  return { refused, leftOut, repeatedRows, foldedIds, notices };
}

/** How far the rows are sent, how fast, and how long (s) the rest takes if it goes on so. */
function progressOf({ place, file, startedAt, updatedAt, state }: ImportJob) {
  if (startedAt === undefined || !file) return undefined;
  const { rows, refusedRows, sent, bytes } = place ?? { rows: 0, refusedRows: 0, sent: {}, bytes: 0 };
  const seconds = (Date.parse(updatedAt) - Date.parse(startedAt)) / 1000;
  const isMoving = state === 'running' && rows > 0 && seconds > 0;
  const speed = isMoving && {
    rowsPerSecond: Math.round(rows / seconds),
    secondsLeft: Math.ceil(((file.bytes - bytes) * seconds) / bytes),
  };
  return { rows, refusedRows, sent, bytes, ofBytes: file.bytes, ...speed };
}
