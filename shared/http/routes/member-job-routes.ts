import { z } from 'zod';
import { pageOf } from '../answer-parts.ts';
import { createMemberJobSchema } from '../body-schemas.ts';
import { listedMemberJobSchema, memberJobSchema } from '../member-job-answers.ts';
import { paged } from '../parameters.ts';
import { defineRoute } from '../route.ts';
import { isGerman } from '../rule-examples.ts';

/** How the ids of jobs look. */
export const jobIdPattern = /^job_[0-9A-Z]{26}$/;

/** A place in a list of jobs: after this one. */
const jobPositionSchema = z.object({ after: z.string().regex(jobIdPattern) });

/** What people decide about all leads that match rules, in one segment. */
export const memberJobRoutes = {
  createMemberJob: defineRoute({
    method: 'POST',
    path: '/segments/{segmentId}/member-jobs',
    summary: 'Adds, pins, excludes, lifts or removes all leads that match rules',
    who: 'writers',
    body: createMemberJobSchema,
    example: { rules: [isGerman], action: 'add', reason: 'Invited to the fair' },
    tellsPlace: true,
    answers: { 202: memberJobSchema },
    problems: ['not_found', 'segment_inactive'],
  }),
  listMemberJobs: defineRoute({
    method: 'GET',
    path: '/segments/{segmentId}/member-jobs',
    summary: 'The jobs of the last 30 days, newest first',
    who: 'readers',
    query: z.object(paged(jobPositionSchema)),
    answers: { 200: pageOf('jobs', listedMemberJobSchema) },
    problems: ['not_found'],
  }),
  getMemberJob: defineRoute({
    method: 'GET',
    path: '/segments/{segmentId}/member-jobs/{jobId}',
    summary: 'How far a job is',
    who: 'readers',
    answers: { 200: memberJobSchema },
    problems: ['not_found'],
  }),
  cancelMemberJob: defineRoute({
    method: 'POST',
    path: '/segments/{segmentId}/member-jobs/{jobId}/cancel',
    summary: 'Stops a job; what is done stays done',
    who: 'writers',
    answers: { 200: memberJobSchema },
    problems: ['not_found', 'job_ended'],
  }),
};
