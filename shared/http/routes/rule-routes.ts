import { z } from 'zod';
import { pageOf } from '../answer-parts.ts';
import { ruleSchema, saveRulesSchema } from '../body-schemas.ts';
import { dryRun, notify, paged } from '../parameters.ts';
import { defineRoute } from '../route.ts';
import { isGerman, readPricing } from '../rule-examples.ts';
import { dryRunSchema, orDryRun, revisionSchema, rulesAnswerSchema, segmentSchema } from '../segment-answers.ts';

const query = z.object({ notify, dryRun });
const ofSaves = ['not_found', 'referred_segment_inactive', 'too_many_saves'] as const;

/** The rules of a segment, and what they were before. */
export const ruleRoutes = {
  getRules: defineRoute({
    method: 'GET',
    path: '/segments/{segmentId}/rules',
    summary: 'The rules of a segment',
    who: 'readers',
    hasEtag: true,
    mayBeStored: true,
    answers: { 200: rulesAnswerSchema },
    problems: ['not_found'],
  }),
  saveRules: defineRoute({
    method: 'PUT',
    path: '/segments/{segmentId}/rules',
    summary: 'Saves all rules',
    who: 'writers',
    query,
    takesIfMatch: true,
    body: saveRulesSchema,
    example: { match: 'all', rules: [isGerman, readPricing] },
    answers: { 200: orDryRun(segmentSchema) },
    problems: ofSaves,
  }),
  addRule: defineRoute({
    method: 'POST',
    path: '/segments/{segmentId}/rules',
    summary: 'Adds a rule at the top level',
    who: 'writers',
    query,
    takesIfMatch: true,
    body: ruleSchema,
    example: readPricing,
    answers: { 201: ruleSchema, 200: dryRunSchema },
    problems: ofSaves,
  }),
  getRule: defineRoute({
    method: 'GET',
    path: '/segments/{segmentId}/rules/{ruleId}',
    summary: 'One rule, wherever it is nested',
    who: 'readers',
    hasEtag: true,
    mayBeStored: true,
    answers: { 200: ruleSchema },
    problems: ['not_found'],
  }),
  replaceRule: defineRoute({
    method: 'PUT',
    path: '/segments/{segmentId}/rules/{ruleId}',
    summary: 'Replaces a rule',
    who: 'writers',
    query,
    takesIfMatch: true,
    body: ruleSchema,
    example: readPricing,
    answers: { 200: orDryRun(ruleSchema) },
    problems: ofSaves,
  }),
  deleteRule: defineRoute({
    method: 'DELETE',
    path: '/segments/{segmentId}/rules/{ruleId}',
    summary: 'Removes a rule',
    who: 'writers',
    query,
    takesIfMatch: true,
    answers: { 204: 'nothing', 200: dryRunSchema },
    problems: ofSaves,
  }),
  listRevisions: defineRoute({
    method: 'GET',
    path: '/segments/{segmentId}/revisions',
    summary: 'Who changed what, newest first',
    who: 'readers',
    query: z.object(paged(z.int().min(1).max(999_999_999_999))),
    answers: { 200: pageOf('revisions', revisionSchema) },
    problems: ['not_found'],
  }),
  getRevision: defineRoute({
    method: 'GET',
    path: '/segments/{segmentId}/revisions/{revision}',
    summary: 'One revision, with what it changed',
    who: 'readers',
    hasEtag: true,
    mayBeStored: true,
    answers: { 200: revisionSchema },
    problems: ['not_found'],
  }),
  restoreRevision: defineRoute({
    method: 'POST',
    path: '/segments/{segmentId}/revisions/{revision}/restore',
    summary: 'Goes back to an earlier revision',
    who: 'writers',
    query,
    takesIfMatch: true,
    answers: { 200: orDryRun(segmentSchema) },
    problems: [...ofSaves, 'name_taken'],
  }),
};
