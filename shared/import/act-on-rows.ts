import { chunk } from '../batch/batch.ts';
import type { LeadWork } from '../membership/evaluate-leads.ts';
import { manualVerdict } from '../membership/manual-verdict.ts';
import { readRows } from '../table/table-file.ts';
import { createRowPlaces } from '../table/table-layout.ts';
import { UnreadableFileError } from '../table/unreadable-file.ts';
import { type Acted, type ImportAct, type ImportJob, nobodyActedOn } from './import-job.ts';
import { importPlanOf } from './import-plan.ts';
import type { ImporterPorts } from './importer-ports.ts';
import { createRowPlanner } from './plan-rows.ts';
import { createRepeatCounter } from './repeats.ts';

const leadsAtOnce = 100;
const membersAtOnce = 200;

/**
 * Makes the leads of an import that is sent manual members of a segment, once workers have taken in all of its rows; where the
 * file replaces the manual members, the others are lifted. Each act has the id of the import, so that it is done once however
 * often this is repeated. Answers the record when all is done; `later`: rows are not taken in yet; `more`: time was up;
 * `ended`: somebody else is ahead.
 */
export async function actOnRows(
  ports: ImporterPorts,
  before: ImportJob,
  isTimeUp: () => boolean,
): Promise<ImportJob | 'later' | 'more' | 'ended'> {
  const { startedAt, sentAt, act } = before;
  const plan = await importPlanOf(ports.files, before);
  if (!plan || !act || startedAt === undefined || sentAt === undefined) return before;
  if (Date.parse(await ports.freshAsOf()) <= sentAt) return 'later';
  const planner = createRowPlanner(plan.layout.header, plan.mapping, { startedAt });
  const placeOf = createRowPlaces(plan.layout);
  const timesInFile = createRepeatCounter();
  let job = before;
  let acted: Acted = before.acted ?? nobodyActedOn;
  let rows = 0;
  let waiting: string[] = [];

  /** Moves the record; false when somebody else is ahead. */
  const move = async (): Promise<boolean> => {
    const moved = await ports.jobs.change(job, { acted });
    if (moved) job = moved;
    return moved !== undefined;
  };
  const add = async (): Promise<boolean> => {
    const counts = await evaluate(ports, before, act.segmentId, act.kind, waiting);
    waiting = [];
    acted = {
      ...{ rows, lifted: acted.lifted, done: acted.done + counts.done },
      ...{ unchanged: acted.unchanged + counts.unchanged, failed: acted.failed + counts.failed },
    };
    return move();
  };

  try {
    for await (const row of readRows(plan.read, plan.format)) {
      if (placeOf(row) !== 'row') continue;
      if (rows === (before.place?.rows ?? 0)) break;
      rows++;
      const leadId = planner.pass(row);
      const isNew = leadId !== undefined && timesInFile(leadId) === 0;
      if (isNew && rows > (before.acted?.rows ?? 0)) waiting.push(leadId);
      if (waiting.length < leadsAtOnce) continue;
      if (!(await add())) return 'ended';
      if (isTimeUp()) return 'more';
    }
  } catch (error) {
    // The rows before it were sent.
    if (!(error instanceof UnreadableFileError)) throw error;
  }
  if (waiting.length > 0 && !(await add())) return 'ended';
  // A file that was read in part does not say who is not in it.
  if (!act.replaces || before.reason !== undefined) return job;
  for await (const page of ports.manualMembers(act.segmentId)) {
    const others = page.filter((leadId) => timesInFile(leadId) === 0);
    for (const group of chunk(others, membersAtOnce)) {
      const { done } = await evaluate(ports, before, act.segmentId, 'lifted', group);
      acted = { ...acted, lifted: acted.lifted + done };
      if (!(await move())) return 'ended';
    }
    if (isTimeUp()) return 'more';
  }
  return job;
}

async function evaluate(
  ports: ImporterPorts,
  { importId, author, fileName }: ImportJob,
  segmentId: string,
  kind: ImportAct['kind'] | 'lifted',
  leadIds: readonly string[],
) {
  const command = { id: `act_${importId}`, segmentId, kind, author, reason: `Import of ${fileName}` };
  const work = leadIds.map((leadId): LeadWork => ({ leadId, command }));
  const { outcomes, failed } = await ports.evaluate(work);
  const [first] = failed.values();
  if (first !== undefined) throw new Error(`${failed.size} leads could not be evaluated: ${first}`);
  const counts = { done: 0, unchanged: 0, failed: 0 };
  for (const outcome of outcomes.values()) {
    const verdict = manualVerdict(outcome);
    counts[verdict === 'done' || verdict === 'unchanged' ? verdict : 'failed']++;
  }
  return counts;
}
