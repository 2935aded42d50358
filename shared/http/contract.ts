import type { z } from 'zod';
import { saveLevelsSchema } from '../vocabulary/levels.ts';
import * as answer from './answer.ts';
import * as body from './body-schemas.ts';
import type { RouteKey } from './routes.ts';

/** What the API promises of one route, beside its path: told by `GET /openapi.json`. */
export interface RouteContract {
  readonly summary: string;
  /** All that it takes in the query: others are refused. */
  readonly query?: readonly (keyof typeof queryParameters)[];
  readonly body?: z.ZodType;
  /** By status: the schema of a JSON body, another content type, or nothing. */
  readonly answers: Readonly<Record<number, z.ZodType | 'text/csv' | 'nothing'>>;
  /** The statuses it refuses with beside 422, which any route may for a query it does not know; each a problem. */
  readonly refuses: readonly (400 | 404 | 409 | 412 | 429)[];
  readonly takesIfMatch?: boolean;
}

/** What query parameters mean, as JSON Schema. */
export const queryParameters = {
  limit: { description: 'How many at most.', schema: { type: 'integer', minimum: 1, maximum: 500, default: 50 } },
  cursor: { description: 'Where the page before ended.', schema: { type: 'string' } },
  days: { description: 'How many UTC days.', schema: { type: 'integer', minimum: 1, maximum: 400, default: 30 } },
  notify: {
    description: '`false`: entries and exits of this save are stored, not published.',
    schema: { type: 'string', enum: ['true', 'false'] },
  },
  with: { description: 'The segment to compare with.', schema: { type: 'string' }, required: true },
  source: {
    description: 'Only members of this source, or the leads that are kept out.',
    schema: { type: 'string', enum: ['rules', 'manual', 'pinned', 'excluded'] },
  },
  exclude: {
    description: '`true`: keeps the lead out whatever the rules say.',
    schema: { type: 'string', enum: ['true', 'false'] },
  },
  reason: { description: 'Why, for people.', schema: { type: 'string' } },
  fields: { description: 'Names of attributes, with commas between.', schema: { type: 'string' } },
} as const;

const paged = ['limit', 'cursor'] as const;
const writes = { query: ['notify'], takesIfMatch: true } as const;
const saves = [400, 404, 409, 412, 429] as const;

/** Every route; the compiler refuses a missing or an extra one. */
export const contracts: Readonly<Record<RouteKey, RouteContract>> = {
  'POST /segments': {
    summary: 'Creates a segment',
    query: ['notify'],
    body: body.createSegmentSchema,
    answers: { 201: answer.segmentSchema },
    refuses: [400, 409, 429],
  },
  'GET /segments': {
    summary: 'Lists segments, without their rules',
    query: paged,
    answers: { 200: answer.pageOf('segments', answer.segmentSummarySchema) },
    refuses: [],
  },
  'GET /segments/{segmentId}': {
    summary: 'One segment, with its rules',
    answers: { 200: answer.segmentSchema },
    refuses: [404],
  },
  'PATCH /segments/{segmentId}': {
    summary: 'Changes name, description, active or match',
    ...writes,
    body: body.changeSegmentSchema,
    answers: { 200: answer.segmentSchema },
    refuses: saves,
  },
  'DELETE /segments/{segmentId}': {
    summary: 'Deletes a segment; leads stay',
    takesIfMatch: true,
    answers: { 204: 'nothing' },
    refuses: [404, 409, 412, 429],
  },
  'POST /segments/{segmentId}/copy': {
    summary: 'A new, inactive segment with the same rules',
    body: body.copySegmentSchema,
    answers: { 201: answer.segmentSchema },
    refuses: [400, 404, 409, 429],
  },
  'GET /segments/{segmentId}/rules': {
    summary: 'The rules of a segment',
    answers: { 200: answer.rulesAnswerSchema },
    refuses: [404],
  },
  'PUT /segments/{segmentId}/rules': {
    summary: 'Saves all rules',
    ...writes,
    body: body.saveRulesSchema,
    answers: { 200: answer.segmentSchema },
    refuses: saves,
  },
  'POST /segments/{segmentId}/rules': {
    summary: 'Adds a rule at the top level',
    ...writes,
    body: body.ruleSchema,
    answers: { 201: body.ruleSchema },
    refuses: saves,
  },
  'GET /segments/{segmentId}/rules/{ruleId}': {
    summary: 'One rule, wherever it is nested',
    answers: { 200: body.ruleSchema },
    refuses: [404],
  },
  'PUT /segments/{segmentId}/rules/{ruleId}': {
    summary: 'Replaces a rule',
    ...writes,
    body: body.ruleSchema,
    answers: { 200: body.ruleSchema },
    refuses: saves,
  },
  'DELETE /segments/{segmentId}/rules/{ruleId}': {
    summary: 'Removes a rule',
    ...writes,
    answers: { 204: 'nothing' },
    refuses: [404, 409, 412, 429],
  },
  'GET /segments/{segmentId}/revisions': {
    summary: 'Who changed what, newest first',
    query: paged,
    answers: { 200: answer.pageOf('revisions', answer.revisionSchema) },
    refuses: [404],
  },
  'POST /segments/{segmentId}/revisions/{revision}/restore': {
    summary: 'Goes back to an earlier revision',
    ...writes,
    answers: { 200: answer.segmentSchema },
    refuses: [404, 409, 412, 429],
  },
  'POST /segments/{segmentId}/recalculate': {
    summary: 'Evaluates all leads for a segment again',
    answers: { 202: answer.segmentSchema },
    refuses: [404, 409],
  },
  'GET /segments/{segmentId}/activity': {
    summary: 'Entered and exited per day, and the newest transitions',
    query: [...paged, 'days'],
    answers: { 200: answer.activitySchema },
    refuses: [404],
  },
  'GET /segments/{segmentId}/members': {
    summary: 'The members of a segment, or the leads that are kept out',
    query: [...paged, 'source'],
    answers: { 200: answer.pageOf('members', answer.memberSchema) },
    refuses: [404],
  },
  'POST /segments/{segmentId}/members': {
    summary: 'Adds leads by hand, or pins them',
    body: body.addMembersSchema,
    answers: { 200: answer.addedMembersSchema },
    refuses: [400, 404, 409, 429],
  },
  'DELETE /segments/{segmentId}/members/{leadId}': {
    summary: 'Takes a lead out until its rules are evaluated again, or keeps it out',
    query: ['exclude', 'reason'],
    answers: { 204: 'nothing' },
    refuses: [404, 409, 429],
  },
  'GET /segments/{segmentId}/overlap': {
    summary: 'How many leads are in one of two segments, and in both',
    query: ['with'],
    answers: { 200: answer.overlapSchema },
    refuses: [404],
  },
  'GET /segments/{segmentId}/export': {
    summary: 'The members as CSV, or an export to a file when they are many',
    query: ['fields'],
    answers: { 200: 'text/csv', 202: answer.exportBegunSchema },
    refuses: [404],
  },
  'GET /exports/{exportId}': {
    summary: 'How far an export is, and where its file is',
    answers: { 200: answer.exportSchema },
    refuses: [404],
  },
  'POST /preview': {
    summary: 'Who would match pending rules',
    body: body.previewSchema,
    answers: { 200: answer.previewAnswerSchema },
    refuses: [400, 404],
  },
  'GET /previews/{previewId}': {
    summary: 'A preview that is still being counted',
    answers: { 200: answer.previewAnswerSchema },
    refuses: [404],
  },
  'GET /leads': {
    summary: 'Lists leads',
    query: paged,
    answers: { 200: answer.pageOf('leads', answer.leadSchema) },
    refuses: [],
  },
  'POST /leads/search': {
    summary: 'The leads that match rules',
    body: body.searchSchema,
    answers: { 200: answer.pageOf('leads', answer.leadSchema) },
    refuses: [400],
  },
  'GET /leads/{leadId}': { summary: 'One lead', answers: { 200: answer.leadSchema }, refuses: [404] },
  'DELETE /leads/{leadId}': {
    summary: 'Deletes a lead, with what is known of it',
    answers: { 204: 'nothing' },
    refuses: [404, 409, 429],
  },
  'GET /leads/{leadId}/segments': {
    summary: 'The segments a lead is in',
    answers: { 200: answer.leadSegmentsSchema },
    refuses: [404],
  },
  'GET /leads/{leadId}/segments/{segmentId}/explanation': {
    summary: 'Why a lead is in a segment, or is not',
    answers: { 200: answer.explanationSchema },
    refuses: [404],
  },
  'GET /leads/{leadId}/timeline': {
    summary: 'The entries and exits of a lead, newest first',
    query: paged,
    answers: { 200: answer.pageOf('transitions', answer.timelineTransitionSchema) },
    refuses: [404],
  },
  'GET /vocabulary': {
    summary: 'Fields, event types and levels that rules can use',
    answers: { 200: answer.vocabularySchema },
    refuses: [],
  },
  'PUT /vocabulary/levels/{kind}': {
    summary: 'Sets level names and their order',
    body: saveLevelsSchema,
    answers: { 200: answer.levelsAnswerSchema },
    refuses: [400, 404, 409, 429],
  },
  'GET /templates': {
    summary: 'Common segments, ready to create',
    answers: { 200: answer.templatesSchema },
    refuses: [],
  },
  'GET /health': { summary: 'How fresh everything is', answers: { 200: answer.healthSchema }, refuses: [] },
  'GET /openapi.json': { summary: 'This contract', answers: { 200: answer.contractSchema }, refuses: [] },
};
