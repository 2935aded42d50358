import { manualActions } from '../../shared/http/body-schemas.ts';
import { cursorOf } from '../../shared/http/pages.ts';
import { jobIdPattern, type memberJobRoutes } from '../../shared/http/routes/member-job-routes.ts';
import type { ManualChangeKind } from '../../shared/lead/manual-change.ts';
import { endedAs, hasEnded, type MemberJob, queuedJob } from '../../shared/member-job/member-job.ts';
import { isPossibleId } from '../../shared/problem/input-limits.ts';
import { notFound, Problem } from '../../shared/problem/problem.ts';
import { describeRules } from '../../shared/rule/describe.ts';
import type { ApiWorld } from './api-world.ts';
import { inactive } from './change-memberships.ts';
import type { HandlersOf } from './handler-of-route.ts';
import { refuseUnknownSegments } from './refuse-unknown-segments.ts';
import { segmentNames } from './segment-answer.ts';
import { segmentOr404 } from './stored-or-404.ts';

/** What answers the routes of manual changes by rules. */
export function memberJobHandlers(world: ApiWorld): HandlersOf<typeof memberJobRoutes> {
  const { memberJobs, queueMemberJob, catalog, leadTotal, newId, now } = world;

  const jobOr404 = async (segmentId: string, jobId: string): Promise<MemberJob> => {
    const isPossible = isPossibleId(segmentId) && jobIdPattern.test(jobId);
    const job = isPossible ? await memberJobs.get(segmentId, jobId) : undefined;
    if (!job) throw notFound('job', jobId);
    return job;
  };

  /** A job with its rules, also as a sentence. */
  const whole = async (job: MemberJob) => {
    const { match, rules } = job.question;
    return {
      ...listed(job),
      match,
      rules,
      sentence: describeRules(match, rules, segmentNames(await catalog.current())),
    };
  };

  return {
    createMemberJob: async ({ part, body, author }) => {
      const { match, rules, action: kind, reason } = body();
      const segment = await segmentOr404(world, part('segmentId'));
      if (!segment.active) throw inactive(segment);
      const [{ known, context }, of] = await Promise.all([catalog.current(), leadTotal.read()]);
      refuseUnknownSegments(rules, known);
      const question = { match, rules, now: now(), context };
      const asked = { jobId: newId('job'), segmentId: segment.id, kind, author, reason, question, of };
      const job = queuedJob(asked, question.now);
      const { jobId, segmentId } = job;
      await memberJobs.create(job);
      try {
        await queueMemberJob({ kind: 'member_job', segmentId, jobId, attempt: 0 });
      } catch (error) {
        await memberJobs.change(job, endedAs('failed', now(), 'It could not be queued; ask for it again'));
        throw error;
      }
      const headers = { location: `/segments/${segmentId}/member-jobs/${jobId}` };
      return { status: 202, headers, body: await whole(job) };
    },

    listMemberJobs: async ({ part, query }) => {
      const { limit, cursor } = query();
      const { id } = await segmentOr404(world, part('segmentId'));
      const { jobs, next } = await memberJobs.page(id, limit, cursor?.after);
      const more = next !== undefined && { cursor: cursorOf({ after: next }) };
      return { status: 200, body: { jobs: jobs.map(listed), ...more } };
    },

    // A job outlives its segment: it tells that it failed by its deletion.
    getMemberJob: async ({ part }) => ({
      status: 200,
      body: await whole(await jobOr404(part('segmentId'), part('jobId'))),
    }),

    cancelMemberJob: async ({ part }) => {
      for (;;) {
        const job = await jobOr404(part('segmentId'), part('jobId'));
        if (hasEnded(job)) throw new Problem(409, 'job_ended', `Job ${job.jobId} is ${job.state}`);
        const cancelled = await memberJobs.change(job, endedAs('cancelled', now()));
        if (cancelled) return { status: 200, body: await whole(cancelled) };
      }
    },
  };
}

type Action = keyof typeof manualActions;
const actionOf = Object.fromEntries(Object.entries(manualActions).map(([action, kind]) => [kind, action])) as Record<
  ManualChangeKind,
  Action
>;

function listed({ question: _question, version: _version, pages: _pages, place: _place, kind, of, ...job }: MemberJob) {
  // The total that was known may be behind; at the end of all leads it is what was seen.
  return { ...job, action: actionOf[kind], of: job.state === 'done' ? job.leads : Math.max(of, job.leads) };
}
