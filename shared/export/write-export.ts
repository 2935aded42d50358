import type { Surroundings } from '../aws/surroundings.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { MemberPosition } from '../projection/member-list-store.ts';
import { unlessTimeUp } from '../read-budget/time-up.ts';
import type { ExportForm, ExportJob, ExportMessage } from './export.ts';
import type { ExportFileStore } from './export-file-store.ts';
import type { ExportChange, ExportStore } from './export-store.ts';
import { type CsvPage, csvHeading } from './member-csv.ts';

/** What the writing of an export needs. */
export interface ExporterPorts extends Pick<Surroundings, 'now' | 'note'> {
  readonly jobs: Omit<ExportStore, 'all'>;
  readonly files: Omit<ExportFileStore, 'remove'>;
  readonly catalog: { readonly current: () => Promise<Catalog> };
  /** A page of members. Throws `TimeUp` when time is up before it may be read. */
  readonly readPage: (
    segmentId: string,
    form: ExportForm,
    from: MemberPosition,
    isTimeUp: () => boolean,
  ) => Promise<CsvPage>;
}

const maximumAttempts = 3;
/** S3 takes no smaller part but the last. */
const minimumPartBytes = 5 * 1024 * 1024;

/** What begins an export, or begins it anew. */
const nothingWritten = {
  parts: [],
  rows: 0,
  isRead: false,
  uploadId: undefined,
  rest: undefined,
  from: undefined,
} as const;

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
async function end({ jobs, files, now }: ExporterPorts, exportId: string, ending: ExportChange): Promise<void> {
  await files.removeRest(exportId);
  for (let stored = await jobs.get(exportId); stored && !stored.finishedAt; stored = await jobs.get(exportId)) {
    const change = { ...ending, rest: undefined, finishedAt: new Date(now()).toISOString() };
    if (await jobs.change(stored, change)) return;
  }
}

/** Keeps what was read for the next message; not of an export that somebody ended meanwhile. */
async function keepRest({ jobs, files }: ExporterPorts, job: ExportJob, text: string, change: ExportChange) {
  const rest = await files.putRest(job.exportId, text);
  if (await jobs.change(job, { ...change, rest })) return;
  if ((await jobs.get(job.exportId))?.finishedAt !== undefined) await files.removeRest(job.exportId);
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
    const part = await readPart(ports, job, isTimeUp);
    if (!part) {
      await jobs.change(job, nothingWritten);
      throw new Error('Two deliveries kept a rest over each other');
    }
    const { text, next } = part;
    const rows = job.rows + part.rows;
    if (part.isCut) {
      if (rows > job.rows) await keepRest(ports, job, text, { rows, from: next });
      return 'more';
    }
    const name = await files.putPart(job.exportId, job.uploadId, job.parts.length + 1, text);
    const parts = [...job.parts, name];
    job = await jobs.change(job, { parts, rest: undefined, rows, from: next, isRead: next === undefined });
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

/**
 * Members from where the job stands: as many as S3 wants in a part, all that are left, or `isCut`: as many as there was time
 * for. Undefined when the text is gone that was kept before.
 */
async function readPart(
  { files, readPage }: ExporterPorts,
  job: ExportJob,
  isTimeUp: () => boolean,
): Promise<(CsvPage & { readonly isCut: boolean }) | undefined> {
  const { exportId, segmentId, parts, rest, from } = job;
  const kept = rest === undefined ? '' : await files.rest(exportId, rest);
  if (kept === undefined) return undefined;
  const texts = parts.length === 0 && rest === undefined ? [csvHeading(job)] : [kept];
  let rows = 0;
  let bytes = Buffer.byteLength(kept);
  let next: MemberPosition | undefined = from ?? { shard: 0 };
  let isCut = false;
  while (next && bytes < minimumPartBytes) {
    const page: CsvPage | undefined = await unlessTimeUp(readPage(segmentId, job, next, isTimeUp));
    if (!page) {
      isCut = true;
      break;
    }
    texts.push(page.text);
    bytes += Buffer.byteLength(page.text);
    rows += page.rows;
    next = page.next;
  }
  return { text: texts.join(''), rows, ...(next && { next }), isCut };
}
