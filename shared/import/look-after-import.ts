import { actOnRows } from './act-on-rows.ts';
import { dryRun } from './dry-run.ts';
import type { ImportChange, ImportJob, ImportMessage } from './import-job.ts';
import type { ImporterPorts } from './importer-ports.ts';
import { inspectImport } from './inspect-import.ts';
import { endImport, sendRows } from './send-rows.ts';

/** What is left to do of an import: the message to send, and after how long. */
interface Rest {
  readonly message: ImportMessage;
  readonly delaySeconds: number;
}

const maximumAttempts = 3;
const retryDelaySeconds = 20;
const tooOften = 'It went wrong three times; the log tells how.';

/**
 * Does what is next for an import: looks at its file, tries it, or sends its rows. Repeating it is harmless. What goes wrong is tried
 * again by a message of its own; the third time in a row is the end. Answers the message to send, if there is more to do.
 */
export function createImporter(ports: ImporterPorts) {
  return async (message: ImportMessage, isTimeUp: () => boolean): Promise<Rest | undefined> => {
    const job = await ports.jobs.get(message.importId);
    if (!job) return undefined;
    try {
      const outcome = await work(ports, job, isTimeUp);
      if (outcome === 'ended') return undefined;
      return { message: { ...message, attempt: 0 }, delaySeconds: outcome === 'later' ? laterSeconds(ports, job) : 0 };
    } catch (error) {
      ports.note(`Import ${job.importId} went wrong`, error);
      const attempt = message.attempt + 1;
      if (attempt < maximumAttempts) return { message: { ...message, attempt }, delaySeconds: retryDelaySeconds };
      const finishedAt = new Date(ports.now()).toISOString();
      await settle(ports, job.importId, ({ state }) => {
        if (state === 'inspecting') return { state: 'unreadable', reason: tooOften };
        if (state === 'trying') return { state: 'ready', reason: tooOften };
        return { state: 'failed', reason: tooOften, finishedAt };
      });
      return undefined;
    }
  };
}

/**
 * Seconds until it is looked again whether the rows are taken in: half of the time since they were sent, from 2 to 60. So a
 * short import ends soon, and one that waits behind a long queue goes on in few messages.
 */
function laterSeconds({ now }: ImporterPorts, { sentAt }: ImportJob): number {
  const waitedSeconds = sentAt === undefined ? 0 : (now() - sentAt) / 1_000;
  return Math.min(60, Math.max(2, Math.ceil(waitedSeconds / 2)));
}

async function work(
  ports: ImporterPorts,
  job: ImportJob,
  isTimeUp: () => boolean,
): Promise<'more' | 'later' | 'ended'> {
  switch (job.state) {
    case 'inspecting':
      await inspectImport(ports, job);
      return 'ended';
    case 'trying':
      await dryRun(ports, job, isTimeUp);
      return 'ended';
    case 'adding': {
      const acted = await actOnRows(ports, job, isTimeUp);
      return typeof acted === 'string' ? acted : endImport(ports, acted, acted.reason);
    }
    case 'queued':
    case 'running':
    case 'cancelling':
      return sendRows(ports, job, isTimeUp);
    default:
      return 'ended';
  }
}

/** Changes an import that is being worked on as it is stored now, whoever wrote it last. */
async function settle(
  { jobs }: ImporterPorts,
  importId: string,
  changeOf: (stored: ImportJob) => ImportChange,
): Promise<void> {
  const isWorkedOn = (job: ImportJob | undefined): job is ImportJob =>
    job !== undefined && ['inspecting', 'trying', 'queued', 'running', 'adding', 'cancelling'].includes(job.state);
  for (let stored = await jobs.get(importId); isWorkedOn(stored); stored = await jobs.get(importId)) {
    if (await jobs.change(stored, changeOf(stored))) return;
  }
}
