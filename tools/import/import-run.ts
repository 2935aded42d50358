import type { SQSClient } from '@aws-sdk/client-sqs';
import { sendMessages } from '../../shared/aws/send-messages.ts';
import { MappingError } from '../../shared/import/bound-mapping.ts';
import type { ImportMapping, ImportQueue } from '../../shared/import/mapping.ts';
import { byQueue, createRowPlanner, type ImportMessage, type PlannedRow } from '../../shared/import/plan-rows.ts';
import { refusedHeading, refusedRow } from '../../shared/import/refused-rows.ts';
import { createTally, nothingDone, type Tally } from '../../shared/import/tally.ts';
import type { TableRow } from '../../shared/table/csv-rows.ts';
import { createSurroundings, type KnownFile, openTable } from '../../shared/table/inspect.ts';
import { type ReadBytes, readRows } from '../../shared/table/table-file.ts';
import { createRowPlaces } from '../../shared/table/table-layout.ts';
import { UnreadableFileError } from '../../shared/table/unreadable-file.ts';
import type { ImportProgress } from './import-progress.ts';

/** What to import. */
export interface ImportJob {
  readonly read: ReadBytes;
  readonly known: KnownFile;
  readonly mapping: ImportMapping;
  /** ISO moment as of which rows are that have none of their own. */
  readonly startedAt: string;
  /** Rows that start before this line are not sent. */
  readonly fromLine: number;
}

/** What an import needs of the world. */
export interface ImportWorld {
  /** Left out: nothing is sent, it is a dry run. */
  readonly target?: { readonly sqs: SQSClient; readonly queues: Readonly<Partial<Record<ImportQueue, string>>> };
  readonly progress: ImportProgress;
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** Takes the refused rows, and those of which something is left out, as CSV. */
  readonly keepRefused?: (csv: string) => void;
}

/** How an import ended. In a dry run, what would be sent counts as sent. */
export interface ImportResult extends Tally {
  /** Why it stopped before the end of the file. */
  readonly stopped?: { readonly reason: 'interrupted' | 'failed'; readonly message: string };
}

// So many rows are sent at once, and again when it stops among them: their changes merge to nothing then.
const rowsAtOnce = 200;

/** Sends the rows of a file. Refused rows are left out and told; whatever stops it early is in the result. */
export async function runImport(job: ImportJob, world: ImportWorld): Promise<ImportResult> {
  const { read, known, mapping, startedAt, fromLine } = job;
  const { target, progress, signal, now, keepRefused } = world;
  const { format, layout } = await openTable(read, known);
  const planner = createRowPlanner(layout.header, mapping, { startedAt });
  for (const notice of planner.notices) progress.say(notice);
  const missing = target && planner.queues.find((queue) => target.queues[queue] === undefined);
  if (missing) throw new MappingError(`--queue ${missing}=URL is missing: these rows have ${missing} changes.`);
  if (fromLine === 1) keepRefused?.(refusedHeading(layout.header));

  const tally = createTally({ ...nothingDone, sentThroughLine: fromLine - 1 });
  let waiting: { row: TableRow; planned: PlannedRow }[] = [];
  const sendWaiting = async () => {
    if (target) await send(target, byQueue(waiting.flatMap(({ planned }) => planned.messages)));
    for (const { row, planned } of waiting) {
      tally.add(row, planned);
      if (planned.problems.length > 0) keepRefused?.(refusedRow(layout.header, row.cells, planned.problems));
    }
    const last = waiting.at(-1);
    if (last) progress.at(last.row.endsAt, tally.result().rows);
    waiting = [];
  };

  const placeOf = createRowPlaces(layout);
  const around = createSurroundings();
  let stopped: ImportResult['stopped'];
  try {
    for await (const row of readRows(read, format)) {
      if (signal.aborted) {
        stopped = { reason: 'interrupted', message: 'Interrupted.' };
        break;
      }
      const place = placeOf(row);
      around.add(row, place, layout);
      if (place !== 'row') continue;
      // Those before the first line are planned as well: whether a row repeats an earlier one depends on them.
      const planned = planner.plan(row, now());
      if (row.line >= fromLine) waiting.push({ row, planned });
      if (waiting.length === rowsAtOnce) await sendWaiting();
    }
    if (!stopped) await sendWaiting();
  } catch (error) {
    stopped = { reason: 'failed', message: await failure(error, sendWaiting) };
  }
  for (const notice of around.notices()) progress.say(notice);
  return { ...tally.result(), ...(stopped && { stopped }) };
}

class SendingError extends Error {
  constructor(cause: unknown) {
    const { message, name, code } = cause as Error & { code?: string };
    super(`Sending failed: ${message || code || name}`, { cause });
  }
}

async function send(
  { sqs, queues }: NonNullable<ImportWorld['target']>,
  messages: ReadonlyMap<ImportQueue, readonly ImportMessage[]>,
): Promise<void> {
  try {
    await Promise.all([...messages].map(([queue, own]) => sendMessages(sqs, queues[queue]!, own)));
  } catch (error) {
    throw new SendingError(error);
  }
}

/** Why it stopped. The rows before an unreadable one are sent all the same. Rethrows what is no reason to continue. */
async function failure(error: unknown, sendWaiting: () => Promise<void>): Promise<string> {
  if (error instanceof SendingError) return error.message;
  if (!(error instanceof UnreadableFileError)) throw error;
  try {
    await sendWaiting();
    return error.message;
  } catch (sendingError) {
    if (sendingError instanceof SendingError) return sendingError.message;
    throw sendingError;
  }
}
