import { type Inspection, inspectFile } from '../table/inspect.ts';
import { UnreadableFileError } from '../table/unreadable-file.ts';
import type { ImportChange, ImportJob } from './import-job.ts';
import type { ImporterPorts } from './importer-ports.ts';
import { type Suggestion, suggestMapping } from './suggest-mapping.ts';

/** A file whose rows are read this often, from its beginning, is not much longer than Lambda has time for. */
const maximumFileBytes = 1_000_000_000;

/** What is kept of an inspection. */
export interface StoredInspection {
  readonly inspection: Inspection;
  readonly suggestion: Suggestion;
}

/** Looks at the file that was uploaded, and keeps what it found. Repeating it is harmless. */
export async function inspectImport({ jobs, files }: ImporterPorts, job: ImportJob): Promise<void> {
  await jobs.change(job, await found(files, job));
}

async function found(files: ImporterPorts['files'], { importId, known, version }: ImportJob): Promise<ImportChange> {
  const file = await files.uploaded(importId);
  if (!file) return { state: 'awaiting_upload', reason: 'There is no file yet: upload it, and ask again.' };
  try {
    if (file.bytes > maximumFileBytes) throw new UnreadableFileError('A file may have at most 1 GB: part it.');
    const inspection = await inspectFile(files.reader(importId, file), known);
    const stored: StoredInspection = { inspection, suggestion: suggestMapping(inspection.columns) };
    const name = String(version);
    await files.put(importId, 'inspection', name, stored);
    return { state: 'ready', file, inspection: name, reason: undefined };
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    return { state: 'unreadable', reason: error.message };
  }
}

/** What was found in the file of an import; undefined when it was not inspected, or its files are gone. */
export async function inspectionOf(
  files: Pick<ImporterPorts['files'], 'get'>,
  { importId, inspection }: ImportJob,
): Promise<StoredInspection | undefined> {
  if (inspection === undefined) return undefined;
  return (await files.get(importId, 'inspection', inspection)) as StoredInspection | undefined;
}
