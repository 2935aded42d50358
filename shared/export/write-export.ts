import type { Surroundings } from '../aws/surroundings.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { MemberPosition } from '../projection/member-list-store.ts';
import type { ExportForm, ExportJob, ExportMessage } from './export.ts';
import type { ExportFileStore } from './export-file-store.ts';
import type { ExportChange, ExportStore } from './export-store.ts';
import { type CsvPage, csvHeading } from './member-csv.ts';

/** What the writing of an export needs. */
export interface ExporterPorts extends Pick<Surroundings, 'now' | 'note'> {
  readonly jobs: Omit<ExportStore, 'all'>;
  readonly files: Omit<ExportFileStore, 'remove'>;
  readonly catalog: { readonly current: () => Promise<Catalog> };
  readonly readPage: (segmentId: string, form: ExportForm, from: MemberPosition) => Promise<CsvPage>;
}

const maximumAttempts = 3;
/** S3 takes no smaller part but the last. */
const minimumPartBytes = 5 * 1024 * 1024;

/** What begins an export, or begins it anew. */
const nothingWritten = { parts: [], rows: 0, isRead: false, uploadId: undefined, from: undefined } as const;

/**
 * Writes an export to its file, part by part; after each it is stored where to go on. Repeating it is harmless. What goes
 * wrong is tried again by a message of its own, the third time it is the end of the export. Answers the message to send,
 * if there is more to do.
 */
export function createExporter(ports: ExporterPorts) {
  return async (message: ExportMessage, isTimeUp: () => boolean): Promise<ExportMessage | undefined> => {
    const job = await ports.jobs.get(message.exportId);
    if (!job || job.state === 'done' || job.state === 'failed') return undefined;
    try {
      return (await write(ports, job, isTimeUp)) === 'more' ? message : undefined;
    } catch (error) {
      ports.note(`Export ${job.exportId} went wrong`, error);
      const attempt = message.attempt + 1;
      if (attempt < maximumAttempts) return { ...message, attempt };
      await end(ports, job.exportId, { state: 'failed', reason: 'It went wrong three times; the log tells how' });
      return undefined;
    }
  };
}

/** Ends the export as it is stored now, whoever wrote it last. */
async function end({ jobs, now }: ExporterPorts, exportId: string, ending: ExportChange): Promise<void> {
  for (let stored = await jobs.get(exportId); stored && !stored.finishedAt; stored = await jobs.get(exportId)) {
    if (await jobs.change(stored, { ...ending, finishedAt: new Date(now()).toISOString() })) return;
  }
}

async function write(ports: ExporterPorts, before: ExportJob, isTimeUp: () => boolean): Promise<'more' | 'ended'> {
  const { jobs, files } = ports;
  let job: ExportJob | undefined = before;
  if (job.uploadId === undefined) {
    job = await jobs.change(job, { state: 'running', uploadId: await files.begin(job.exportId, job.fileName) });
  }
  // Without a job, another delivery of the message is ahead: it carries on.
  while (job?.uploadId !== undefined && !job.isRead) {
    if (isTimeUp()) return 'more';
    const segment = (await ports.catalog.current()).known.get(job.segmentId);
    if (!segment?.active) {
      const reason = `The segment was ${segment ? 'deactivated' : 'deleted'} before all of it was read`;
      await end(ports, job.exportId, { state: 'failed', reason });
      return 'ended';
    }
    const part = await readPart(ports, job);
    const name = await files.putPart(job.exportId, job.uploadId, job.parts.length + 1, part.text);
    job = await jobs.change(job, {
      parts: [...job.parts, name],
      rows: job.rows + part.rows,
      from: part.next,
      isRead: part.next === undefined,
    });
  }
  if (job?.uploadId === undefined) return 'ended';
  try {
    await files.complete(job.exportId, job.uploadId, job.parts);
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    if (name !== 'NoSuchUpload' && name !== 'InvalidPart') throw error;
    if (!(await files.exists(job.exportId))) {
      // Two deliveries wrote parts over each other, or the upload is gone: from the beginning.
      await jobs.change(job, nothingWritten);
      throw error;
    }
  }
  await end(ports, job.exportId, { state: 'done' });
  return 'ended';
}

/** Members from where the job stands: as many as S3 wants in a part, or all that are left. */
async function readPart({ readPage }: ExporterPorts, job: ExportJob): Promise<CsvPage> {
  const { segmentId, parts, from } = job;
  const texts = parts.length === 0 ? [csvHeading(job)] : [];
  let rows = 0;
  let bytes = 0;
  let next: MemberPosition | undefined = from ?? { shard: 0 };
  while (next && bytes < minimumPartBytes) {
    const page: CsvPage = await readPage(segmentId, job, next);
    texts.push(page.text);
    bytes += Buffer.byteLength(page.text);
    rows += page.rows;
    next = page.next;
  }
  return { text: texts.join(''), rows, ...(next && { next }) };
}
