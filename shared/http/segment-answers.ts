import { z } from 'zod';
import { matchSchema } from '../rule/rule.ts';
import {
  count,
  dayActivity,
  listOf,
  moment,
  pageOf,
  rules,
  segmentSizes,
  share,
  text,
  warning,
} from './answer-parts.ts';

const labels = { tags: listOf(text), metadata: z.record(text, text) };

const recalculation = z.strictObject({
  state: z.enum(['queued', 'running', 'done', 'failed']),
  done: count,
  of: count,
  entering: count,
  leaving: count,
  failed: count,
  startedAt: moment,
  finishedAt: moment.optional(),
  attempt: z.int().min(2).optional(),
  retryAt: moment.optional(),
  failures: listOf(z.strictObject({ leadId: text.optional(), shard: text.optional(), reason: text })).optional(),
});

/** A segment as lists show it. */
export const segmentSummarySchema = z.strictObject({
  id: text,
  name: text,
  description: text,
  active: z.boolean(),
  match: matchSchema,
  ...labels,
  activity: dayActivity.optional(),
  revision: z.int().min(1),
  memberCount: count,
  share,
  size: segmentSizes,
  /** How many segments refer to it by their own rules. */
  usedBy: count,
  createdAt: moment,
  updatedAt: moment,
  updatedBy: text.optional(),
  recalculation: recalculation.optional(),
  freshAsOf: moment,
});

/** A page of segments, and how many the whole list has. */
export const segmentPageSchema = pageOf('segments', segmentSummarySchema).extend({ total: count });

/** The segments that refer to one, directly or through others. */
export const dependantsSchema = z.strictObject({
  dependants: listOf(z.strictObject({ id: text, name: text, active: z.boolean(), direct: z.boolean() })),
});

/** A segment with its rules. */
export const segmentSchema = segmentSummarySchema
  .omit({ activity: true, usedBy: true })
  .extend({ rules, sentence: text });

/** What a save of a segment would do. */
export const dryRunSchema = z.strictObject({
  dryRun: z.literal(true),
  /** What would be saved; none: the segment would be gone. */
  segment: segmentSchema
    .omit({
      ...{ id: true, memberCount: true, share: true, size: true, createdAt: true, updatedAt: true, updatedBy: true },
      ...{ recalculation: true, freshAsOf: true },
    })
    .extend({ id: text.optional() })
    .optional(),
  /** In sentences, as revisions tell. */
  changes: listOf(text),
  /** What the bus would hear of the segment itself. */
  events: listOf(text),
  recalculates: z.boolean(),
  /** Members that would enter and leave: of the segment first, then of those that refer to it. */
  effects: listOf(z.strictObject({ segmentId: text.optional(), name: text, entering: count, leaving: count })),
  /** Leads that were looked at, and whether these are all. */
  leads: count,
  exact: z.boolean(),
});

/** An answer to a write, or to its dry run. */
export const orDryRun = <Schema extends z.ZodType>(schema: Schema) => z.union([schema, dryRunSchema]);

/** A segment's rules. */
export const rulesAnswerSchema = z.strictObject({
  match: matchSchema,
  rules,
  sentence: text,
  sentences: z.record(text, text),
  warnings: listOf(warning),
});

/** What one save of a segment left, and what it changed. */
export const revisionSchema = z.strictObject({
  revision: z.int().min(1),
  savedAt: moment,
  author: text.optional(),
  copiedFrom: text.optional(),
  restored: z.int().min(1).optional(),
  name: text,
  description: text,
  active: z.boolean(),
  match: matchSchema,
  rules,
  ...labels,
  changes: listOf(text),
});

/** Common segments. */
export const templatesSchema = z.strictObject({
  templates: listOf(z.strictObject({ name: text, description: text, match: matchSchema, rules })),
});
