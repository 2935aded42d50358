import { z } from 'zod';
import { matchSchema, ruleInputSchema } from '../rule/rule.ts';

const moment = z.iso.datetime();
const count = z.int().min(0);
const value = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);
const attributes = z.record(z.string(), value);
const size = z.enum(['none', 'too_broad', 'too_narrow', 'tight', 'healthy', 'broad']);
const share = z.number().min(0).max(1);
const cursor = z.string().optional();

/** What every refusal answers: RFC 9457, with a stable `code`. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

const recalculation = z.object({
  state: z.enum(['queued', 'running', 'done', 'failed']),
  done: count,
  of: count,
  startedAt: moment,
  finishedAt: moment.optional(),
});

/** A segment as lists show it. */
export const segmentSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  active: z.boolean(),
  match: matchSchema,
  revision: z.int().min(1),
  memberCount: count,
  share,
  size,
  createdAt: moment,
  updatedAt: moment,
  recalculation: recalculation.optional(),
  freshAsOf: moment,
});

/** A segment with its rules. */
export const segmentSchema = segmentSummarySchema.extend({ rules: z.array(ruleInputSchema), sentence: z.string() });

/** A lead. */
export const leadSchema = z.object({
  leadId: z.string(),
  attributes,
  engagementLevel: z.string().optional(),
  profileLevel: z.string().optional(),
  account: z.object({ accountId: z.string(), attributes, accountLevel: z.string().optional() }).optional(),
  updatedAt: moment,
});

const previewLead = leadSchema.omit({ updatedAt: true });
const moves = z.object({
  total: count,
  low: z.number().optional(),
  high: z.number().optional(),
  sample: z.array(previewLead),
});
const warning = z.object({ code: z.string(), path: z.string(), message: z.string() });

/** Who would match pending rules. */
export const previewAnswerSchema = z.object({
  total: count,
  exact: z.boolean(),
  low: z.number().optional(),
  high: z.number().optional(),
  leads: count,
  share,
  size,
  sample: z.array(previewLead),
  entering: moves.optional(),
  leaving: moves.optional(),
  warnings: z.array(warning),
  previewId: z.string().optional(),
  progress: z.object({ done: count, of: count }).optional(),
});

/** A segment's rules. */
export const rulesAnswerSchema = z.object({
  match: matchSchema,
  rules: z.array(ruleInputSchema),
  sentence: z.string(),
  sentences: z.record(z.string(), z.string()),
  warnings: z.array(warning),
});

/** A member of a segment. */
export const memberSchema = z.object({
  leadId: z.string(),
  since: moment,
  source: z.enum(['rules', 'manual', 'pinned', 'excluded']),
  author: z.string().optional(),
  reason: z.string().optional(),
});

/** What became of each lead that was to be added. */
export const addedMembersSchema = z.object({
  results: z.array(
    z.object({
      leadId: z.string(),
      result: z.enum(['added', 'already_member', 'unknown_lead', 'refused']),
      wasExcluded: z.literal(true).optional(),
      detail: z.string().optional(),
    }),
  ),
});

const cause = z.object({ kind: z.string(), changeId: z.string().optional(), occurredAt: moment });
const transition = z.object({
  type: z.enum(['entered', 'exited']),
  sequence: z.int().min(1),
  occurredAt: moment,
  reason: z.string(),
  cause,
  revision: z.int().min(1),
});

/** An entry or exit of a lead. */
export const timelineTransitionSchema = transition.extend({
  segment: z.object({ id: z.string(), name: z.string() }),
  silent: z.literal(true).optional(),
});

/** One rule about one lead. */
export const ruleExplanationSchema = z.object({
  ruleId: z.string().optional(),
  type: z.string(),
  sentence: z.string(),
  holds: z.boolean(),
  value: z.json().optional(),
  match: z.enum(['all', 'any', 'none']).optional(),
  get rules() {
    return z.array(ruleExplanationSchema).optional();
  },
});

/** Why a lead is, or is not, in a segment. */
export const explanationSchema = z.object({
  leadId: z.string(),
  segmentId: z.string(),
  active: z.boolean(),
  member: z.boolean(),
  source: z.enum(['rules', 'manual', 'pinned']).optional(),
  since: moment.optional(),
  match: matchSchema,
  sentence: z.string(),
  holds: z.boolean(),
  rules: z.array(ruleExplanationSchema),
  lastTransition: transition.optional(),
  byHand: z.object({ kind: z.string(), author: z.string(), at: moment, reason: z.string().optional() }).optional(),
});

/** How many leads are in one of two segments, and in both. */
export const overlapSchema = z.object({
  segmentId: z.string(),
  with: z.string(),
  onlyHere: count,
  onlyThere: count,
  both: count,
  of: count,
});

/** An export that was begun. */
export const exportBegunSchema = z.object({ exportId: z.string(), state: z.literal('queued') });

/** How far an export is. */
export const exportSchema = z.object({
  exportId: z.string(),
  segmentId: z.string(),
  state: z.enum(['queued', 'running', 'done', 'failed']),
  rows: count,
  createdAt: moment,
  finishedAt: moment.optional(),
  reason: z.string().optional(),
  url: z.url().optional(),
  urlExpiresAt: moment.optional(),
});

/** The segments a lead is in. */
export const leadSegmentsSchema = z.object({
  segments: z.array(z.object({ id: z.string(), name: z.string(), since: moment, source: z.string() })),
});

/** A page of a list, under the name of what is in it. */
export const pageOf = <Name extends string, Entry extends z.ZodType>(name: Name, entry: Entry) =>
  z.object({ cursor }).extend({ [name]: z.array(entry) });

/** What one save of a segment left, and what it changed. */
export const revisionSchema = z.object({
  revision: z.int().min(1),
  name: z.string(),
  description: z.string(),
  active: z.boolean(),
  match: matchSchema,
  rules: z.array(ruleInputSchema),
  changes: z.json(),
});

const fields = z.array(z.object({ name: z.string(), kinds: z.array(z.string()), values: z.array(z.string()) }));
const levels = z.object({
  engagement: z.array(z.string()),
  profile: z.array(z.string()),
  account: z.array(z.string()),
});

/** What rules can use. */
export const vocabularySchema = z.object({
  lead: z.object({ fields }),
  account: z.object({ fields }),
  events: z.array(z.object({ eventType: z.string(), fields })),
  levels,
});

/** Level names, lowest first. */
export const levelsAnswerSchema = z.object({ levels: z.json() });

/** Common segments. */
export const templatesSchema = z.object({
  templates: z.array(
    z.object({ name: z.string(), description: z.string(), match: matchSchema, rules: z.array(ruleInputSchema) }),
  ),
});

/** How fresh everything is. */
export const healthSchema = z.object({
  status: z.enum(['ok', 'degraded', 'late']),
  freshAsOf: moment,
  queues: z.record(
    z.string(),
    z.object({ waiting: count, deadLetters: count, oldestUnprocessedSeconds: z.number().min(0) }),
  ),
  innerQueues: z.record(z.string(), z.object({ waiting: count, deadLetters: count })),
  parkedEvents: count,
  reconciliation: z
    .object({
      rotationStartedAt: moment,
      shards: z.int().min(1).max(32),
      compared: count,
      agreed: count,
      agreementRate: z.number().min(0).max(1),
      repaired: count,
      lastDriftAt: moment.optional(),
    })
    .optional(),
});

/** An OpenAPI document. */
export const contractSchema = z.object({ openapi: z.string(), paths: z.record(z.string(), z.json()) });

/** What happened in a segment: per day, and the newest transitions. */
export const activitySchema = z.object({
  days: z.array(z.object({ day: z.string(), entered: z.int().min(0), exited: z.int().min(0) })),
  transitions: z.array(
    transition.omit({ revision: true }).extend({ leadId: z.string(), silent: z.literal(true).optional() }),
  ),
  cursor,
});
