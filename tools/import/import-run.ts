import type { SQSClient } from '@aws-sdk/client-sqs';
import { sendMessages } from '../../shared/aws/send-messages.ts';
import {
  createRowMapper,
  type ImportMessage,
  type ImportQueue,
  MappingError,
  type RowMapper,
} from './import-mapping.ts';
import type { ImportOptions } from './import-options.ts';
import type { ImportProgress } from './import-progress.ts';
import { type CsvRow, readCsvRows, UnreadableCsvError } from './import-rows.ts';

/** How an import ended. */
export interface ImportResult {
  /** Messages sent, by queue. */
  readonly sent: Readonly<Partial<Record<ImportQueue, number>>>;
  readonly rows: number;
  readonly refusedRows: number;
  /** Rows whose id is a mail address that was folded, and one of them. */
  readonly foldedIds: { readonly rows: number; readonly example?: string };
  /** Everything up to this line is sent, but for the rows that were refused; 0: nothing is. */
  readonly sentThroughLine: number;
  /** Why it stopped before the end of the file. */
  readonly stopped?: { readonly reason: 'interrupted' | 'failed'; readonly message: string };
}

// So many rows are sent at once, and again when it stops among them: their changes merge to nothing then.
const rowsAtOnce = 200;

/** Sends the rows of a file. Refused rows are said and left out; whatever stops it early is in the result. */
export async function runImport(
  { file, mapping, target, fromLine }: ImportOptions,
  { sqs, progress, signal, now }: { sqs: SQSClient; progress: ImportProgress; signal: AbortSignal; now: () => number },
): Promise<ImportResult> {
  const sent: Partial<Record<ImportQueue, number>> = {};
  let mapper: RowMapper | undefined;
  let rows = 0;
  let refusedRows = 0;
  let foldedIds: ImportResult['foldedIds'] = { rows: 0 };
  let sentThroughLine = fromLine - 1;
  let waiting: CsvRow[] = [];

  const sendWaiting = async () => {
    const messages: ImportMessage[] = [];
    let refused = 0;
    let folded = foldedIds;
    for (const { line, cells } of waiting) {
      const mapped = mapper!.mapRow(cells, now());
      if ('problem' in mapped) {
        refused++;
        progress.say(`line ${line}: ${mapped.problem}`);
        continue;
      }
      messages.push(...mapped.messages);
      const { foldedId } = mapped;
      if (foldedId !== undefined) folded = { rows: folded.rows + 1, example: folded.example ?? foldedId };
    }
    const byQueue = groupByQueue(messages);
    try {
      await Promise.all([...byQueue].map(([queue, own]) => sendMessages(sqs, target.queues[queue]!, own)));
    } catch (error) {
      throw new SendingError(error);
    }
    for (const [queue, own] of byQueue) sent[queue] = (sent[queue] ?? 0) + own.length;
    const last = waiting.at(-1);
    if (!last) return;
    rows += waiting.length;
    refusedRows += refused;
    foldedIds = folded;
    sentThroughLine = last.lastLine;
    progress.at(last.bytesRead, rows);
    waiting = [];
  };

  let stopped: ImportResult['stopped'];
  try {
    for await (const row of readCsvRows(file)) {
      if (signal.aborted) {
        stopped = { reason: 'interrupted', message: 'Interrupted.' };
        break;
      }
      if (!mapper) {
        mapper = createRowMapper(row.cells, mapping);
        for (const notice of mapper.notices) progress.say(notice);
        const missing = mapper.queues.find((queue) => target.queues[queue] === undefined);
        if (missing) throw new MappingError(`--queue ${missing}=URL is missing: these rows have ${missing} changes.`);
      } else if (row.line >= fromLine) {
        waiting.push(row);
        if (waiting.length === rowsAtOnce) await sendWaiting();
      }
    }
    if (!mapper && !stopped) throw new MappingError(`${file} has no header line.`);
    if (!stopped) await sendWaiting();
  } catch (error) {
    stopped = { reason: 'failed', message: await failure(error, sendWaiting) };
  }
  return { sent, rows, refusedRows, foldedIds, sentThroughLine, ...(stopped && { stopped }) };
}

class SendingError extends Error {
  constructor(cause: unknown) {
    const { message, name, code } = cause as Error & { code?: string };
    super(`Sending failed: ${message || code || name}`, { cause });
  }
}

/** Why it stopped. The rows before an unreadable one are sent all the same. Rethrows what is no reason to continue. */
async function failure(error: unknown, sendWaiting: () => Promise<void>): Promise<string> {
  if (error instanceof SendingError) return error.message;
  if (!(error instanceof UnreadableCsvError)) throw error;
  try {
    await sendWaiting();
    return error.message;
  } catch (sendingError) {
    if (sendingError instanceof SendingError) return sendingError.message;
    throw sendingError;
  }
}

function groupByQueue(messages: readonly ImportMessage[]): Map<ImportQueue, ImportMessage[]> {
  const groups = new Map<ImportQueue, ImportMessage[]>();
  for (const message of messages) {
    const group = groups.get(message.queue);
    if (group) group.push(message);
    else groups.set(message.queue, [message]);
  }
  return groups;
}
