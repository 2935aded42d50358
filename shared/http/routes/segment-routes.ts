import { z } from 'zod';
import { changeSegmentSchema, copySegmentSchema, createSegmentSchema } from '../body-schemas.ts';
import { dryRun, notify, paged, waitFor, waitSeconds } from '../parameters.ts';
import { defineRoute } from '../route.ts';
import { isGerman, isHot } from '../rule-examples.ts';
import { dependantsSchema, dryRunSchema, orDryRun, segmentPageSchema, segmentSchema } from '../segment-answers.ts';
import { segmentListParameters, segmentPositionSchema } from '../segment-list.ts';

/** Segments themselves. */
export const segmentRoutes = {
  createSegment: defineRoute({
    method: 'POST',
    path: '/segments',
    summary: 'Creates a segment',
    who: 'writers',
    query: z.object({ notify, dryRun }),
    body: createSegmentSchema,
    example: { name: 'Hot leads in Germany', active: true, match: 'all', rules: [isGerman, isHot] },
    answers: { 201: segmentSchema, 200: dryRunSchema },
    problems: ['name_taken', 'referred_segment_inactive', 'too_many_saves'],
  }),
  listSegments: defineRoute({
    method: 'GET',
    path: '/segments',
    summary: 'Finds, sorts and counts segments, without their rules',
    who: 'readers',
    query: z.object({ ...paged(segmentPositionSchema), ...segmentListParameters }),
    answers: { 200: segmentPageSchema },
  }),
  getSegment: defineRoute({
    method: 'GET',
    path: '/segments/{segmentId}',
    summary: 'One segment, with its rules',
    who: 'readers',
    query: z.object({ waitFor, waitSeconds }),
    hasEtag: true,
    answers: { 200: segmentSchema },
    problems: ['not_found'],
  }),
  changeSegment: defineRoute({
    method: 'PATCH',
    path: '/segments/{segmentId}',
    summary: 'Changes name, description, active, match, tags or metadata',
    who: 'writers',
    query: z.object({ notify, dryRun }),
    takesIfMatch: true,
    body: changeSegmentSchema,
    example: { description: 'Whom sales calls first', tags: ['sales'] },
    answers: { 200: orDryRun(segmentSchema) },
    problems: ['not_found', 'name_taken', 'referred_segment_inactive', 'segment_referred_to', 'too_many_saves'],
  }),
  deleteSegment: defineRoute({
    method: 'DELETE',
    path: '/segments/{segmentId}',
    summary: 'Deletes a segment; leads stay',
    who: 'writers',
    query: z.object({ dryRun }),
    takesIfMatch: true,
    answers: { 204: 'nothing', 200: dryRunSchema },
    problems: ['not_found', 'segment_referred_to', 'too_many_saves'],
  }),
  copySegment: defineRoute({
    method: 'POST',
    path: '/segments/{segmentId}/copy',
    summary: 'A new, inactive segment with the same rules',
    who: 'writers',
    query: z.object({ dryRun }),
    body: copySegmentSchema,
    example: { name: 'Hot leads in Austria' },
    bodyMayBeMissing: true,
    answers: { 201: segmentSchema, 200: dryRunSchema },
    problems: ['not_found', 'name_taken', 'too_many_saves'],
  }),
  listDependants: defineRoute({
    method: 'GET',
    path: '/segments/{segmentId}/dependants',
    summary: 'The segments that refer to it, directly or through others',
    who: 'readers',
    answers: { 200: dependantsSchema },
    problems: ['not_found'],
  }),
  recalculateSegment: defineRoute({
    method: 'POST',
    path: '/segments/{segmentId}/recalculate',
    summary: 'Evaluates all leads for a segment again',
    who: 'writers',
    answers: { 202: segmentSchema },
    problems: ['not_found', 'segment_inactive'],
  }),
};
