import { type LeadChange, leadEventSchema, levelChangeSchema, profileChangeSchema } from '../lead/change.ts';
import { createSurroundings } from '../table/inspect.ts';
import { readRows } from '../table/table-file.ts';
import { createRowPlaces } from '../table/table-layout.ts';
import { UnreadableFileError } from '../table/unreadable-file.ts';
import type { ImportJob } from './import-job.ts';
import { importPlanOf } from './import-plan.ts';
import type { ImporterPorts } from './importer-ports.ts';
import { createRowPlanner, type ImportMessage } from './plan-rows.ts';
import { createTally, type Tally } from './tally.ts';
import { type LeadsTried, tryLeads } from './try-leads.ts';

/** Leads are tried for so many rows. */
const triedRows = 10_000;

/** What an import would do; what would be sent counts as sent. */
export interface DryRun extends Tally {
  readonly notices: readonly string[];
  /** Whether all rows were looked at; else time was up. */
  readonly isWhole: boolean;
  /** Why the rest of the file cannot be read. */
  readonly reason?: string;
  /** What would become of the leads of the first `rows` rows; left out for a file of accounts. */
  readonly leads?: LeadsTried & { readonly rows: number };
}

/** Tries an import, and keeps what it would do. Nothing is sent or written; repeating it is harmless. */
export async function dryRun(ports: ImporterPorts, job: ImportJob, isTimeUp: () => boolean): Promise<void> {
  const { jobs, files } = ports;
  const plan = await importPlanOf(files, job);
  if (!plan) {
    await jobs.change(job, { state: 'unreadable', reason: 'The file is gone: files are kept for seven days.' });
    return;
  }
  const name = String(job.version);
  await files.put(job.importId, 'dry-run', name, await tried(ports, plan, isTimeUp));
  await jobs.change(job, { state: 'ready', dryRun: name });
}

async function tried(
  ports: ImporterPorts,
  { read, format, layout, mapping }: NonNullable<Awaited<ReturnType<typeof importPlanOf>>>,
  isTimeUp: () => boolean,
): Promise<DryRun> {
  const now = ports.now();
  const planner = createRowPlanner(layout.header, mapping, { startedAt: new Date(now).toISOString() });
  const placeOf = createRowPlaces(layout);
  const around = createSurroundings();
  const tally = createTally();
  const changes = new Map<string, LeadChange[]>();
  let [rows, isWhole, reason]: [number, boolean, string | undefined] = [0, true, undefined];
  try {
    for await (const row of readRows(read, format)) {
      const place = placeOf(row);
      around.add(row, place, layout);
      if (place !== 'row') continue;
      if (isTimeUp()) {
        isWhole = false;
        break;
      }
      const planned = planner.plan(row, now);
      tally.add(row, planned);
      if (rows < triedRows) for (const message of planned.messages) collect(changes, message);
      rows++;
    }
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    [isWhole, reason] = [false, error.message];
  }
  const leads = mapping.kind === 'leads' && (await tryLeads(ports.leads, changes));
  return {
    ...tally.result(),
    notices: [...planner.notices, ...around.notices()],
    isWhole,
    ...(reason !== undefined && { reason }),
    ...(leads && { leads: { ...leads, rows: Math.min(rows, triedRows) } }),
  };
}

/** Adds the change of a message to those of its lead. */
function collect(changes: Map<string, LeadChange[]>, { queue, body }: ImportMessage): void {
  const change = changeOf(queue, JSON.parse(body));
  if (!change) return;
  const ofLead = changes.get(change.leadId);
  if (ofLead) ofLead.push(change);
  else changes.set(change.leadId, [change]);
}

/** The change of a lead that a message has; undefined for one of an account. */
export function changeOf(queue: ImportMessage['queue'], content: unknown): LeadChange | undefined {
  switch (queue) {
    case 'profile':
      return { kind: 'profile_change', ...profileChangeSchema.parse(content) };
    case 'level':
      return { kind: 'level_change', ...levelChangeSchema.parse(content) };
    case 'event':
      return { kind: 'lead_event', ...leadEventSchema.parse(content) };
    case 'account':
      return undefined;
  }
}
