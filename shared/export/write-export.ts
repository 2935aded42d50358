import type { Surroundings } from '../aws/surroundings.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { MemberPosition } from '../projection/member-list-store.ts';
import { unlessTimeUp } from '../read-budget/time-up.ts';
import { createMemberEncoder } from './create-encoder.ts';
import type { ExportJob, ExportMessage } from './export.ts';
import type { ExportFileStore } from './export-file-store.ts';
import type { ExportChange, ExportStore } from './export-store.ts';
import type { MemberPage, ReadMemberPage } from './member-reader.ts';

/** What the writing of an export needs. */
export interface ExporterPorts extends Pick<Surroundings, 'now' | 'note'> {
  readonly jobs: Omit<ExportStore, 'all'>;
  readonly files: Omit<ExportFileStore, 'remove'>;
  readonly catalog: { readonly current: () => Promise<Catalog> };
  readonly readPage: ReadMemberPage;
}

const maximumAttempts = 3;
/** S3 takes no smaller part but the last. */
const minimumPartBytes = 5 * 1024 * 1024;
/** After so many pages (100,000 members) what was read is kept, also where it is small: a worker that dies loses no more. */
const pagesBetweenKeeps = 500;

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

/**
 * Stores a change and beside it what is no part yet; undefined when somebody else stored one meanwhile. Nothing is kept of
 * an export that somebody ended.
 */
async function store({ jobs, files }: ExporterPorts, job: ExportJob, change: ExportChange, kept: Uint8Array) {
  const rest = kept.length === 0 ? undefined : await files.putRest(job.exportId, job.version + 1, kept);
  const after = await jobs.change(job, { ...change, rest });
  if (!after && rest !== undefined && (await jobs.get(job.exportId))?.finishedAt !== undefined) {
    await files.removeRest(job.exportId);
  }
  return after;
}

async function write(ports: ExporterPorts, before: ExportJob, isTimeUp: () => boolean): Promise<'more' | 'ended'> {
  const { jobs, files } = ports;
  let job: ExportJob | undefined = before;
  if (job.uploadId === undefined) {
    job = await jobs.change(job, { state: 'running', uploadId: await files.begin(job) });
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
    const { bytes, kept, rows, next, isCut } = part;
    if (isCut && rows === 0) return 'more';
    const { uploadId, parts } = job;
    const named = bytes ? [await files.putPart(job, uploadId, parts.length + 1, bytes)] : [];
    const after = { parts: [...parts, ...named], rows: job.rows + rows, from: next, isRead: next === undefined };
    job = await store(ports, job, after, kept);
    if (isCut) return 'more';
  }
  if (job?.uploadId === undefined) return 'ended';
  try {
    await files.complete(job, job.uploadId, job.parts);
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    if (name !== 'NoSuchUpload' && name !== 'InvalidPart') throw error;
    if (!(await files.exists(job))) {
      // Two deliveries wrote parts over each other, or the upload is gone: from the beginning.
      await jobs.change(job, nothingWritten);
      throw error;
    }
  }
  await end(ports, job.exportId, { state: 'done' });
  return 'ended';
}

/**
 * Members from where the job stands: as many as S3 wants in a part, as are read before they are kept, all that are left, or
 * `isCut`: as many as there was time for. `bytes` make the part, if they may; `kept` is for the next one. Undefined when what
 * was kept before is gone.
 */
async function readPart({ files, readPage }: ExporterPorts, job: ExportJob, isTimeUp: () => boolean) {
  const { exportId, segmentId, parts, rest, from, version } = job;
  const nothing = parts.length === 0 ? undefined : new Uint8Array();
  const kept = rest === undefined ? nothing : await files.rest(exportId, version, rest);
  if (rest !== undefined && !kept) return undefined;
  const encoder = createMemberEncoder(job, kept);
  let rows = 0;
  let next: MemberPosition | undefined = from ?? { shard: 0 };
  let isCut = false;
  for (let pages = 0; next && pages < pagesBetweenKeeps && encoder.bytes() < minimumPartBytes; pages++) {
    const page: MemberPage | undefined = await unlessTimeUp(readPage(segmentId, job, next, isTimeUp));
    if (!page) {
      isCut = true;
      break;
    }
    encoder.add(page.members);
    rows += page.members.length;
    next = page.next;
  }
  const { content, footer } = encoder.end();
  const whole = Buffer.concat([content, footer]);
  if (!next) return { bytes: whole, kept: new Uint8Array(), rows, next, isCut };
  if (content.length >= minimumPartBytes) return { bytes: content, kept: footer, rows, next, isCut };
  return { kept: whole, rows, next, isCut };
}
