import { z } from 'zod';
import { exportContentTypes } from '../../export/export.ts';
import {
  activitySchema,
  changedMembersSchema,
  exportBegunSchema,
  exportSchema,
  lookedUpMembershipsSchema,
  memberSchema,
  overlapOfManySchema,
  overlapSchema,
} from '../answer.ts';
import { pageOf } from '../answer-parts.ts';
import { changeMembersSchema, lookUpMembershipsSchema } from '../body-schemas.ts';
import { exportParameters } from '../export-parameters.ts';
import {
  memberListParameters,
  memberPositionSchema,
  transitionPositionSchema,
  transitionSpan,
} from '../member-list.ts';
import { comparedSegments, days, exclude, fields, otherSegment, paged, reason, source } from '../parameters.ts';
import { defineRoute } from '../route.ts';

const { order, since, until, prefix, q, display } = memberListParameters;

/** Who is in a segment, who came and went, and what people decide about it. */
export const memberRoutes = {
  getActivity: defineRoute({
    method: 'GET',
    path: '/segments/{segmentId}/activity',
    summary: 'Entered and exited per day, and the newest transitions',
    who: 'readers',
    query: z.object({ ...paged(transitionPositionSchema), days, ...transitionSpan, display }),
    answers: { 200: activitySchema },
    problems: ['not_found'],
  }),
  listMembers: defineRoute({
    method: 'GET',
    path: '/segments/{segmentId}/members',
    summary: 'The members of a segment, or the leads that are kept out',
    who: 'readers',
    query: z.object({ ...paged(memberPositionSchema), source, order, since, until, prefix, q, fields, display }),
    answers: { 200: pageOf('members', memberSchema) },
    problems: ['not_found'],
  }),
  changeMembers: defineRoute({
    method: 'POST',
    path: '/segments/{segmentId}/members',
    summary: 'Adds, pins, excludes, lifts or removes up to 1,000 leads',
    who: 'writers',
    body: changeMembersSchema,
    example: { leadIds: ['lead-42'], action: 'add', reason: 'Met at the fair' },
    answers: { 200: changedMembersSchema },
    problems: ['not_found', 'segment_inactive', 'leads_busy'],
  }),
  removeMember: defineRoute({
    method: 'DELETE',
    path: '/segments/{segmentId}/members/{leadId}',
    summary: 'Takes a lead out until its rules are evaluated again, or keeps it out',
    who: 'writers',
    query: z.object({ exclude, reason }),
    answers: { 204: 'nothing' },
    problems: ['not_found', 'segment_inactive', 'lead_too_large', 'leads_busy'],
  }),
  lookUpMemberships: defineRoute({
    method: 'POST',
    path: '/memberships/lookup',
    summary: 'Which leads are in which segments, for up to 1,000 leads',
    who: 'readers',
    body: lookUpMembershipsSchema,
    example: { leadIds: ['lead-42', 'lead-43'] },
    answers: { 200: lookedUpMembershipsSchema },
  }),
  compareSegments: defineRoute({
    method: 'GET',
    path: '/segments/{segmentId}/overlap',
    summary: 'How many leads are in one of two segments, and in both',
    who: 'readers',
    query: z.object({ with: otherSegment }),
    answers: { 200: overlapSchema },
    problems: ['not_found'],
  }),
  compareManySegments: defineRoute({
    method: 'GET',
    path: '/overlap',
    summary: 'How many leads are in each combination of two to four segments',
    who: 'readers',
    query: z.object({ segmentIds: comparedSegments }),
    answers: { 200: overlapOfManySchema },
    problems: ['not_found'],
  }),
  exportSegment: defineRoute({
    method: 'GET',
    path: '/segments/{segmentId}/export',
    summary: 'The members as CSV, JSON lines or Parquet, or an export to a file when they are many',
    who: 'readers',
    query: z.object({ ...exportParameters, fields }),
    tellsPlace: true,
    answers: { 200: { fileTypes: Object.values(exportContentTypes) }, 202: exportBegunSchema },
    problems: ['not_found'],
  }),
  getExport: defineRoute({
    method: 'GET',
    path: '/exports/{exportId}',
    summary: 'How far an export is, and where its file is',
    who: 'readers',
    answers: { 200: exportSchema },
    problems: ['not_found'],
  }),
};
