import type { Surroundings } from '../aws/surroundings.ts';
import { type LeadDocument, own } from '../lead/lead-document.ts';
import type { ShardReader } from '../lead/lead-reads.ts';
import { shards } from '../lead/shard.ts';
import type { evaluateLeads, LeadWork } from '../membership/evaluate-leads.ts';
import type { ManualCommand } from '../membership/manual-changes.ts';
import { type ManualVerdict, manualVerdict } from '../membership/manual-verdict.ts';
import { type LeadMatcher, leadMatcher } from '../preview/lead-matcher.ts';
import type { SubjectPorts } from '../preview/page-subjects.ts';
import { inTime } from '../preview/shard-reads.ts';
import { unlessTimeUp } from '../read-budget/time-up.ts';
import { endedAs, hasEnded, type MemberJob, type MemberJobChange, type MemberJobMessage } from './member-job.ts';
import type { MemberJobStore } from './member-job-store.ts';

/** What a job needs from outside. */
export interface MemberJobPorts extends Pick<Surroundings, 'now' | 'note'>, SubjectPorts {
  readonly jobs: Pick<MemberJobStore, 'get' | 'change'>;
  readonly pages: ShardReader;
  /** Evaluates leads by the protocol of all writers. */
  readonly evaluate: (work: readonly LeadWork[]) => ReturnType<typeof evaluateLeads>;
}

const maximumAttempts = 3;
/** Refused leads that are named. */
const maximumRefusals = 10;

/**
 * Goes through all leads, shard by shard and page by page, and makes the manual change to those that match when their page
 * is read. After each page it is stored where to go on. Repeating it is harmless: the changes have the id of the job, so each
 * is made and counted once. What goes wrong is tried again by a message of its own; the third time leads that could not be
 * evaluated count as refused, and anything else is the end of the job. Answers the message to send, if there is more to do.
 */
export function createMemberJobRunner(ports: MemberJobPorts) {
  return async (message: MemberJobMessage, isTimeUp: () => boolean): Promise<MemberJobMessage | undefined> => {
    const { segmentId, jobId } = message;
    let { attempt } = message;
    const queued = await ports.jobs.get(segmentId, jobId);
    if (!queued || hasEnded(queued)) return undefined;
    try {
      const matcher = leadMatcher(inTime(ports, isTimeUp), queued.question, await ports.catalog.current());
      let job = await asStarted(ports, queued);
      while (job && !hasEnded(job)) {
        if (isTimeUp()) return { ...message, attempt };
        const page = await pageOf(ports, job, matcher, isTimeUp);
        // Whoever is not through one page in a whole invocation would begin with it again for ever.
        if (page === 'cut' && job.pages === queued.pages) throw new Error('A page takes longer than there is time');
        if (page === 'cut' || page === 'unread') return { ...message, attempt };
        job = await settle(ports, job, await changeAfter(ports, job, page, attempt + 1 === maximumAttempts));
        attempt = 0;
      }
      // Without a job, another delivery of the message is ahead: it carries on.
      return undefined;
    } catch (error) {
      ports.note(`Job ${jobId} went wrong`, error);
      attempt++;
      if (attempt < maximumAttempts) return { ...message, attempt };
      await fail(ports, message);
      return undefined;
    }
  };
}

/** Ends the job as it is stored now, whoever wrote it last. */
async function fail({ jobs, now }: MemberJobPorts, { segmentId, jobId }: MemberJobMessage): Promise<void> {
  const failed = endedAs('failed', now(), 'It went wrong three times; the log tells how');
  for (let job = await jobs.get(segmentId, jobId); job && !hasEnded(job); job = await jobs.get(segmentId, jobId)) {
    if (await jobs.change(job, failed)) return;
  }
}

/** A page of leads. */
interface Page {
  /** How many there are. */
  readonly leads: number;
  /** Those to change: they match, or this job has changed them before it was stored that it did. */
  readonly documents: readonly LeadDocument[];
  readonly next: MemberJob['place'];
}

async function asStarted(ports: MemberJobPorts, job: MemberJob): Promise<MemberJob | undefined> {
  if (job.state !== 'queued') return job;
  const startedAt = new Date(ports.now()).toISOString();
  return settle(ports, job, (stored) => (stored.state === 'queued' ? { state: 'running', startedAt } : {}));
}

/** The page that the job is at; when time was up: `unread` before it was read, `cut` in the middle of its events. */
async function pageOf(
  ports: MemberJobPorts,
  job: MemberJob,
  { pageSize, select }: LeadMatcher,
  isTimeUp: () => boolean,
): Promise<Page | 'unread' | 'cut'> {
  const { shard: index, after } = job.place ?? { shard: 0 };
  const shard = shards[index]!;
  const read = await unlessTimeUp(ports.pages(shard, after, pageSize(shard), isTimeUp));
  if (!read) return 'unread';
  const living = read.leads.filter(({ isDeleted }) => !isDeleted);
  const selected = await unlessTimeUp(select(shard, living));
  if (!selected) return 'cut';
  const matching = new Set(selected);
  const { id } = commandOf(job);
  const isChanged = ({ manualChanges }: LeadDocument) => manualChanges && own(manualChanges, job.segmentId)?.id === id;
  const following = index + 1 < shards.length ? { shard: index + 1 } : undefined;
  return {
    leads: living.length,
    documents: living.filter((document) => matching.has(document) || isChanged(document)),
    next: read.next === undefined ? following : { shard: index, after: read.next },
  };
}

/** Makes the change to the leads of a page; answers what then becomes of the record. */
async function changeAfter(
  ports: MemberJobPorts,
  job: MemberJob,
  { leads, documents, next }: Page,
  isLastAttempt: boolean,
): Promise<(stored: MemberJob) => MemberJobChange> {
  const { done, unchanged, refusals, wasInactive } = await changeLeads(ports, job, documents, isLastAttempt);
  const segment = (await ports.catalog.current()).known.get(job.segmentId);
  const now = ports.now();
  const outcome = () => {
    const reason = `The segment was ${segment ? 'deactivated' : 'deleted'} before all leads were looked at`;
    if (wasInactive || !segment?.active) return endedAs('failed', now, reason);
    return next ? { place: next } : endedAs('done', now);
  };
  return (stored) => ({
    pages: stored.pages + 1,
    leads: stored.leads + leads,
    done: stored.done + done,
    unchanged: stored.unchanged + unchanged,
    refused: stored.refused + refusals.length,
    refusals: [...stored.refusals, ...refusals].slice(0, maximumRefusals),
    // Somebody may have cancelled it meanwhile: what was done is counted all the same.
    ...(!hasEnded(stored) && outcome()),
  });
}

function commandOf({ jobId, segmentId, kind, author, reason, createdAt }: MemberJob): ManualCommand {
  const askedAt = Date.parse(createdAt);
  return { id: `act_${jobId}`, segmentId, kind, author, askedAt, ...(reason !== undefined && { reason }) };
}

async function changeLeads(
  ports: MemberJobPorts,
  job: MemberJob,
  documents: readonly LeadDocument[],
  isLastAttempt: boolean,
) {
  if (documents.length === 0) return { done: 0, unchanged: 0, refusals: [], wasInactive: false };
  const command = commandOf(job);
  const work = documents.map((document) => ({ leadId: document.leadId, document, command }));
  const { outcomes, failed } = await ports.evaluate(work);
  // What failed after the change was made is only behind, and catches up with its next evaluation.
  const undone = [...failed].filter(([leadId]) => !outcomes.get(leadId)?.manualResult);
  const [first] = undone;
  if (first && !isLastAttempt) throw new Error(`${undone.length} leads could not be changed, ${first.join(': ')}`);
  const all = [...outcomes.values()];
  const countOf = (verdict: ManualVerdict) => all.filter((outcome) => manualVerdict(outcome) === verdict).length;
  const withoutRoom = all.flatMap(({ leadId, refused }) => (refused === undefined ? [] : [[leadId, refused] as const]));
  return {
    // Who is not known any more was deleted meanwhile: that is not told.
    done: countOf('done'),
    unchanged: countOf('unchanged'),
    refusals: [...withoutRoom, ...undone].map(([leadId, detail]) => ({ leadId, detail })),
    wasInactive: countOf('segment_inactive') > 0,
  };
}

/** Stores a change in place of what is stored now, unless another delivery is past that page: then undefined. */
async function settle(
  { jobs }: MemberJobPorts,
  before: MemberJob,
  changeOf: (stored: MemberJob) => MemberJobChange,
): Promise<MemberJob | undefined> {
  const { segmentId, jobId, pages } = before;
  for (let stored: MemberJob | undefined = before; stored?.pages === pages; stored = await jobs.get(segmentId, jobId)) {
    const after = await jobs.change(stored, changeOf(stored));
    if (after) return after;
  }
  return undefined;
}
