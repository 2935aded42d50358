import type { TableRow } from '../table/csv-rows.ts';
import { createSurroundings } from '../table/inspect.ts';
import { readRows } from '../table/table-file.ts';
import { createRowPlaces } from '../table/table-layout.ts';
import { UnreadableFileError } from '../table/unreadable-file.ts';
import type { ImportChange, ImportJob } from './import-job.ts';
import { importPlanOf } from './import-plan.ts';
import type { ImporterPorts } from './importer-ports.ts';
import type { Pace } from './pace.ts';
import { byQueue, createRowPlanner, type PlannedRow } from './plan-rows.ts';
import { refusedHeading, refusedRow } from './refused-rows.ts';
import { createTally, type Tally } from './tally.ts';

/** So many rows are sent at once, and again when it stops among them: their changes merge to nothing then. */
const rowsAtOnce = 200;

/** A checkpoint is made after so many rows: those since the last one are planned again if the worker dies. */
const rowsOfCheckpoint = 20_000;
/** S3 takes no smaller part of a file but the last. */
const minimumPartBytes = 5 * 1024 * 1024;

/** What came of an import, beside what its record says. */
export interface ImportResult extends Tally {
  readonly notices: readonly string[];
}

/** All that is told of the rows so far, but for the parts of the file of refused rows. */
interface Checkpoint {
  readonly tally: Tally;
  /** Refused rows, and those that lost something, as CSV: too few for a part yet. */
  readonly refused: string;
}

/**
 * Sends the rows of an import from where its record stands, and moves it after each batch, on condition that nobody else did:
 * of two who work on it at once, one stops. Rows before that place are read again, but not sent, for what a row says depends
 * on earlier ones of the same lead. So a row is the same messages however often it is sent. `more`: time was up before all
 * were sent; `later`: all are, and the leads become members of a segment once they are taken in.
 */
export async function sendRows(
  ports: ImporterPorts,
  before: ImportJob,
  isTimeUp: () => boolean,
): Promise<'more' | 'later' | 'ended'> {
  const opened = await open(ports, before);
  if (!opened) return endImport(ports, before, 'The file is gone: files are kept for seven days.');
  const { rows, planner, layout, startedAt, batch } = opened;
  const placeOf = createRowPlaces(layout);
  const around = createSurroundings();
  let [number, reason]: [number, string | undefined] = [0, undefined];
  try {
    for await (const row of rows) {
      const place = placeOf(row);
      around.add(row, place, layout);
      if (place !== 'row') continue;
      number++;
      if (number <= (before.checkpoint?.rows ?? 0)) planner.pass(row);
      else if (number <= (before.place?.rows ?? 0)) batch.repeat(row, planner.plan(row, startedAt));
      else if (before.state === 'cancelling') break;
      else if (batch.add(row, planner.plan(row, startedAt)) === rowsAtOnce) {
        const outcome = await batch.send(isTimeUp);
        if (outcome !== 'sent') return outcome;
      }
    }
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    // The rows before it are sent all the same.
    reason = error.message;
  }
  const outcome = await batch.send(isTimeUp);
  if (outcome !== 'sent') return outcome;
  const result: ImportResult = { ...batch.tally(), notices: [...planner.notices, ...around.notices()] };
  await ports.files.put(before.importId, 'result', 'end', result);
  const whole = await batch.completeRefused();
  if (!whole?.act || whole.state === 'cancelling') return endImport(ports, whole, reason);
  const told = reason !== undefined && { reason };
  return (await ports.jobs.change(whole, { state: 'adding', sentAt: ports.now(), ...told })) ? 'later' : 'ended';
}

/** Ends an import, unless somebody is ahead: cancels it, or ends it himself. */
export async function endImport(
  { jobs, files, now }: ImporterPorts,
  job: ImportJob | undefined,
  reason?: string,
): Promise<'ended'> {
  if (!job) return 'ended';
  const wasCancelled = job.state === 'cancelling';
  const state = wasCancelled ? 'cancelled' : reason === undefined ? 'done' : 'failed';
  const finishedAt = new Date(now()).toISOString();
  const ended = await jobs.change(job, { state, finishedAt, ...(reason !== undefined && !wasCancelled && { reason }) });
  if (!ended) return 'ended';
  await files.removeFile(job.importId);
  if (job.checkpoint) await files.remove(job.importId, 'checkpoint', job.checkpoint.name);
  return 'ended';
}

/** All that is needed to send an import; undefined when its files are gone. */
async function open(ports: ImporterPorts, job: ImportJob) {
  const { importId, checkpoint: at, startedAt } = job;
  const { files } = ports;
  const plan = await importPlanOf(files, job);
  const checkpoint = at && ((await files.get(importId, 'checkpoint', at.name)) as Checkpoint | undefined);
  if (!plan || startedAt === undefined || (at && !checkpoint)) return undefined;
  const { read, format, layout, mapping } = plan;
  const planner = createRowPlanner(layout.header, mapping, { startedAt });
  const batch = createBatch(ports, job, layout.header, { pace: ports.paceOf(planner.queues), checkpoint });
  return { layout, planner, startedAt: Date.parse(startedAt), rows: readRows(read, format), batch };
}

/** Collects rows, and sends them and moves the record together. */
function createBatch(
  { jobs, send, files }: ImporterPorts,
  before: ImportJob,
  header: readonly string[],
  { pace, checkpoint }: { readonly pace: Pace; readonly checkpoint: Checkpoint | undefined },
) {
  const { importId } = before;
  const tally = createTally(checkpoint?.tally);
  let refused = checkpoint?.refused ?? '';
  let job = before;
  let waiting: { readonly row: TableRow; readonly planned: PlannedRow }[] = [];

  const count = (row: TableRow, planned: PlannedRow) => {
    tally.add(row, planned);
    if (planned.problems.length > 0) refused += refusedRow(header, row.cells, planned.problems);
  };
  /** Uploads the refused rows so far as a part of their file; answers what the record then says. */
  const putRefused = async () => {
    const uploadId = job.uploadId ?? (await files.beginRefused(importId, refusedFileName(job.fileName)));
    const text = job.parts.length === 0 ? refusedHeading(header) + refused : refused;
    const part = await files.putRefused(importId, uploadId, job.parts.length + 1, text);
    refused = '';
    return { uploadId, parts: [...job.parts, part] };
  };
  /** Keeps all that is told of the rows that were sent; answers what the record then says. */
  const keep = async (): Promise<ImportChange> => {
    const parts = refused.length < minimumPartBytes ? {} : await putRefused();
    const name = String(job.version);
    const content: Checkpoint = { tally: tally.result(), refused };
    await files.put(importId, 'checkpoint', name, content);
    return { ...parts, checkpoint: { name, rows: content.tally.rows } };
  };
  /** Moves the record; undefined when somebody else is ahead. */
  const move = async (change: ImportChange): Promise<ImportJob | undefined> => {
    const moved = await jobs.change(job, change);
    if (!moved) return undefined;
    if (change.checkpoint && job.checkpoint) await files.remove(importId, 'checkpoint', job.checkpoint.name);
    job = moved;
    return moved;
  };
  return {
    /** Takes note of a row that was sent already. */
    repeat: count,
    /** Answers how many rows wait. */
    add: (row: TableRow, planned: PlannedRow): number => waiting.push({ row, planned }),
    tally: tally.result,
    /** Sends what waits. `ended`: somebody else is ahead, and carries on. */
    send: async (isTimeUp: () => boolean): Promise<'sent' | 'more' | 'ended'> => {
      const last = waiting.at(-1);
      if (!last) return 'sent';
      const messages = waiting.flatMap(({ planned }) => planned.messages);
      if (!(await pace(messages.length, isTimeUp))) return 'more';
      await Promise.all([...byQueue(messages)].map(([queue, own]) => send(queue, own)));
      for (const { row, planned } of waiting) count(row, planned);
      waiting = [];
      const { rows, refusedRows, sent } = tally.result();
      const isLast = isTimeUp();
      const isDue =
        isLast || rows - (job.checkpoint?.rows ?? 0) >= rowsOfCheckpoint || refused.length >= minimumPartBytes;
      const place = { rows, refusedRows, sent, bytes: last.row.endsAt };
      if (!(await move({ state: 'running', place, ...(isDue && (await keep())) }))) return 'ended';
      return isLast ? 'more' : 'sent';
    },
    /** The record once the file of refused rows is whole; undefined when somebody else is ahead. */
    completeRefused: async (): Promise<ImportJob | undefined> => {
      if (refused !== '' && !(await move({ ...(await putRefused()), ...(await keep()) }))) return undefined;
      if (job.uploadId === undefined) return job;
      if (await files.completeRefused(importId, job.uploadId, job.parts)) return move({ hasRefused: true });
      await move({ uploadId: undefined, parts: [], checkpoint: undefined });
      throw new Error('Two deliveries wrote parts of the refused rows over each other');
    },
  };
}

/** A file name of plain characters for the refused rows of a file. */
function refusedFileName(fileName: string): string {
  const plain = fileName
    .replace(/\.[A-Za-z0-9]{1,5}$/, '')
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 80);
  return `${plain || 'import'}-refused.csv`;
}
