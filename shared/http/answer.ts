import { z } from 'zod';
import { exportFormats } from '../export/export.ts';
import { shardCounts } from '../lead/shard.ts';
import { errorCodeNames } from '../problem/error-codes.ts';
import { matchSchema } from '../rule/rule.ts';
import {
  attributes,
  count,
  cursor,
  dayActivity,
  listOf,
  moment,
  segmentSizes,
  share,
  text,
  warning,
} from './answer-parts.ts';
import { memberSources } from './parameters.ts';

const errors = listOf(
  z.strictObject({
    path: text,
    code: z.enum(errorCodeNames),
    message: text,
    segmentPath: text.optional(),
    segmentIds: listOf(text).optional(),
  }),
);

/** What every refusal answers: RFC 9457, with a stable `code`. */
export const problemSchema = z.strictObject({
  type: text,
  title: text,
  status: z.int(),
  code: text,
  detail: text,
  requestId: text,
  errors: errors.optional(),
});

/** What people know a lead by. */
const shownBy = { displayName: text.optional(), email: text.optional() };

/** A lead. */
export const leadSchema = z.strictObject({
  leadId: text,
  ...shownBy,
  attributes,
  engagementLevel: text.optional(),
  engagementLevelAsOf: moment.optional(),
  profileLevel: text.optional(),
  profileLevelAsOf: moment.optional(),
  account: z.strictObject({ accountId: text, attributes, accountLevel: text.optional() }).optional(),
  updatedAt: moment,
});

const previewLead = leadSchema.omit({ engagementLevelAsOf: true, profileLevelAsOf: true, updatedAt: true });

const moves = z.strictObject({
  total: count,
  low: z.number().optional(),
  high: z.number().optional(),
  sample: listOf(previewLead),
});

/** Who would match pending rules. */
export const previewAnswerSchema = z.strictObject({
  total: count,
  exact: z.boolean(),
  low: z.number().optional(),
  high: z.number().optional(),
  leads: count,
  share,
  size: segmentSizes,
  sample: listOf(previewLead),
  entering: moves.optional(),
  leaving: moves.optional(),
  funnel: listOf(z.strictObject({ path: text, total: count })).optional(),
  warnings: listOf(warning),
  previewId: text.optional(),
  progress: z.strictObject({ done: count, of: count }).optional(),
  wasPaused: z.literal(true).optional(),
});

/** A member of a segment. */
export const memberSchema = z.strictObject({
  leadId: text,
  since: moment,
  source: z.enum(memberSources),
  author: text.optional(),
  reason: text.optional(),
  ...shownBy,
  attributes: attributes.optional(),
});

const sourceOfMember = memberSchema.shape.source.exclude(['excluded']);

/** What became of each lead that a person did something about. */
export const changedMembersSchema = z.strictObject({
  results: listOf(
    z.strictObject({
      leadId: text,
      result: z.enum(['done', 'unchanged', 'repeated', 'unknown_lead', 'refused']),
      member: z.boolean().optional(),
      wasMember: z.boolean().optional(),
      wasExcluded: z.literal(true).optional(),
      detail: text.optional(),
    }),
  ),
});

/** What became of each change that was sent. */
export const sentChangesAnswerSchema = z.strictObject({
  results: listOf(z.strictObject({ result: z.enum(['queued', 'refused', 'failed']), errors: errors.optional() })),
});

const cause = z.strictObject({ kind: text, changeId: text.optional(), occurredAt: moment });

const transition = z.strictObject({
  type: z.enum(['entered', 'exited']),
  sequence: z.int().min(1),
  occurredAt: moment,
  reason: text,
  cause,
  revision: z.int().min(1),
});

/** Something that a lead did. */
export const leadEventSchema = z.strictObject({
  eventId: text,
  eventType: text,
  occurredAt: moment,
  metadata: z.record(text, z.unknown()),
});

/** An entry or exit of a lead. */
export const timelineTransitionSchema = transition.extend({
  segment: z.strictObject({ id: text, name: text }),
  silent: z.literal(true).optional(),
});

/** What happened in a segment: per day, and the newest transitions. */
export const activitySchema = z.strictObject({
  days: dayActivity,
  transitions: listOf(
    transition.omit({ revision: true }).extend({ leadId: text, ...shownBy, silent: z.literal(true).optional() }),
  ),
  cursor,
});

/** One rule about one lead. */
export interface RuleExplained {
  readonly ruleId?: string | undefined;
  readonly type: string;
  readonly sentence: string;
  readonly holds: boolean;
  /** What the rule reads of the lead: JSON of any form. */
  readonly value?: unknown;
  readonly match?: 'all' | 'any' | 'none' | undefined;
  readonly rules?: readonly RuleExplained[] | undefined;
}

/** The explanation of one rule. */
export const ruleExplanationSchema: z.ZodType<RuleExplained> = z.strictObject({
  ruleId: text.optional(),
  type: text,
  sentence: text,
  holds: z.boolean(),
  value: z.unknown().optional(),
  match: z.enum(['all', 'any', 'none']).optional(),
  get rules() {
    return z.array(ruleExplanationSchema).optional();
  },
});

const manualChangeKind = z.enum(['added', 'removed', 'pinned', 'excluded']);

/** Why a lead is, or is not, in a segment. */
export const explanationSchema = z.strictObject({
  leadId: text,
  segmentId: text,
  active: z.boolean(),
  member: z.boolean(),
  source: sourceOfMember.optional(),
  since: moment.optional(),
  match: matchSchema,
  sentence: text,
  holds: z.boolean(),
  rules: listOf(ruleExplanationSchema),
  lastTransition: transition.optional(),
  byHand: z.strictObject({ kind: manualChangeKind, author: text, at: moment, reason: text.optional() }).optional(),
});

/** How many leads are in one of two segments, and in both. */
export const overlapSchema = z.strictObject({
  segmentId: text,
  with: text,
  onlyHere: count,
  onlyThere: count,
  both: count,
  of: count,
});

/** How many leads are in which of several segments: a region for each combination, also for those without leads. */
export const overlapOfManySchema = z.strictObject({
  segmentIds: listOf(text),
  regions: listOf(z.strictObject({ segmentIds: listOf(text), leads: count })),
  of: count,
});

/** An export that was begun. */
export const exportBegunSchema = z.strictObject({ exportId: text, state: z.literal('queued') });

/** How far an export is. */
export const exportSchema = z.strictObject({
  exportId: text,
  segmentId: text,
  format: z.enum(exportFormats),
  state: z.enum(['queued', 'running', 'done', 'failed']),
  rows: count,
  createdAt: moment,
  finishedAt: moment.optional(),
  reason: text.optional(),
  url: z.url().optional(),
  urlExpiresAt: moment.optional(),
});

/** The segments a lead is in. */
export const leadSegmentsSchema = z.strictObject({
  segments: listOf(z.strictObject({ id: text, name: text, since: moment, source: sourceOfMember })),
});

/** Which of the leads asked for are in which segments. */
export const lookedUpMembershipsSchema = z.strictObject({
  results: listOf(
    z.strictObject({
      leadId: text,
      segments: listOf(z.strictObject({ id: text, since: moment, source: sourceOfMember })),
      unknown: z.literal(true).optional(),
    }),
  ),
  cursor,
});

const kinds = listOf(z.enum(['text', 'number', 'boolean', 'date', 'list']));

const fields = listOf(z.strictObject({ name: text, kinds, values: listOf(text) }));

const levels = z.strictObject({ engagement: listOf(text), profile: listOf(text), account: listOf(text) });

const display = z.strictObject({ name: listOf(text), email: text.optional(), isGuess: z.literal(true).optional() });

/** What rules can use. */
export const vocabularySchema = z.strictObject({
  lead: z.strictObject({ fields }),
  account: z.strictObject({ fields }),
  events: listOf(z.strictObject({ eventType: text, fields })),
  levels,
  hidden: listOf(text),
  display,
});

/** Who has which value of a field. */
export const valueCountsSchema = z.strictObject({
  values: listOf(z.strictObject({ value: text, leads: count })),
  leads: count,
  exact: z.boolean(),
});

/** By which attributes people know a lead. */
export const displayAnswerSchema = z.strictObject({ display });

/** What rules can use, but is not offered. */
export const hiddenAnswerSchema = z.strictObject({ hidden: listOf(text) });

/** Level names, lowest first. */
export const levelsAnswerSchema = z.strictObject({ levels });

const innerQueue = z.strictObject({ waiting: count, deadLetters: count });

/** How fresh everything is. */
export const healthSchema = z.strictObject({
  status: z.enum(['ok', 'degraded', 'late']),
  freshAsOf: moment,
  queues: z.record(text, innerQueue.extend({ oldestUnprocessedSeconds: z.number().min(0) })),
  innerQueues: z.record(text, innerQueue),
  parkedEvents: count,
  keptOutMessages: count,
  failedBatches: count,
  reconciliation: z
    .strictObject({
      rotationStartedAt: moment,
      shards: z
        .int()
        .min(1)
        .max(Math.max(...shardCounts)),
      compared: count,
      agreed: count,
      agreementRate: z.number().min(0).max(1),
      repaired: count,
      lastDriftAt: moment.optional(),
    })
    .optional(),
});

/** Messages that were given up, by queue and reason. */
export const deadLettersSchema = z.strictObject({
  queues: listOf(
    z.strictObject({
      queue: text,
      deadLetters: count,
      looked: count,
      oldestSentAt: moment,
      reasons: listOf(z.strictObject({ reason: text.optional(), messages: count })),
    }),
  ),
});

const json = z.record(text, z.unknown());

/** An OpenAPI document. */
export const contractSchema = z.strictObject({ openapi: text, info: json, paths: json, components: json });
