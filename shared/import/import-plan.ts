import type { ImportJob } from './import-job.ts';
import type { ImporterPorts } from './importer-ports.ts';
import { inspectionOf } from './inspect-import.ts';
import type { ImportMapping } from './mapping.ts';

/** How the rows of an import are read, and what becomes of them; undefined when its files are gone, or it has no mapping. */
export async function importPlanOf(files: Pick<ImporterPorts['files'], 'get' | 'reader'>, job: ImportJob) {
  const { importId, file, mapping: name } = job;
  const stored = await inspectionOf(files, job);
  const mapping = name && ((await files.get(importId, 'mapping', name)) as ImportMapping | undefined);
  if (!file || !stored || !mapping) return undefined;
  const { format, layout } = stored.inspection;
  return { read: files.reader(importId, file), format, layout, mapping };
}
