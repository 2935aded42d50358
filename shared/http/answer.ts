import { z } from 'zod';
import { errorCodeNames } from '../problem/error-codes.ts';
import { matchSchema, ruleInputSchema } from '../rule/rule.ts';
import { memberSources } from './parameters.ts';

/** A list; entries are read, never written. */
export const listOf = <Entry extends z.ZodType>(entry: Entry): z.ZodType<readonly z.output<Entry>[]> => z.array(entry);

const moment = z.iso.datetime();
const count = z.int().min(0);
const text = z.string();
const value = z.union([text, z.number(), z.boolean(), listOf(text)]);
const attributes = z.record(text, value);

/** What size a segment can have as a target. */
export const segmentSizes = z.enum(['none', 'too_broad', 'too_narrow', 'tight', 'healthy', 'broad']);

const size = segmentSizes;
const share = z.number().min(0).max(1);
const rules = listOf(ruleInputSchema);

/** Where the next page begins; none where there is no more. */
export const cursor = text.optional();

/** A page of a list, under the name of what is in it. */
export const pageOf = <Name extends string, Entry extends z.ZodType>(name: Name, entry: Entry) => {
  const list = { [name]: listOf(entry) } as Readonly<Record<Name, z.ZodType<readonly z.output<Entry>[]>>>;
  return z.strictObject({ cursor, ...list });
};

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

const labels = { tags: listOf(text), metadata: z.record(text, text) };

/** A segment as lists show it. */
export const segmentSummarySchema = z.strictObject({
  id: text,
  name: text,
  description: text,
  active: z.boolean(),
  match: matchSchema,
  ...labels,
  revision: z.int().min(1),
  memberCount: count,
  share,
  size,
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
export const segmentSchema = segmentSummarySchema.extend({ rules, sentence: text });

/** A lead. */
export const leadSchema = z.strictObject({
  leadId: text,
  attributes,
  engagementLevel: text.optional(),
  profileLevel: text.optional(),
  account: z.strictObject({ accountId: text, attributes, accountLevel: text.optional() }).optional(),
  updatedAt: moment,
});

const previewLead = leadSchema.omit({ updatedAt: true });
const moves = z.strictObject({
  total: count,
  low: z.number().optional(),
  high: z.number().optional(),
  sample: listOf(previewLead),
});
const warning = z.strictObject({ code: text, path: text, message: text });

/** Who would match pending rules. */
export const previewAnswerSchema = z.strictObject({
  total: count,
  exact: z.boolean(),
  low: z.number().optional(),
  high: z.number().optional(),
  leads: count,
  share,
  size,
  sample: listOf(previewLead),
  entering: moves.optional(),
  leaving: moves.optional(),
  warnings: listOf(warning),
  previewId: text.optional(),
  progress: z.strictObject({ done: count, of: count }).optional(),
});

/** A segment's rules. */
export const rulesAnswerSchema = z.strictObject({
  match: matchSchema,
  rules,
  sentence: text,
  sentences: z.record(text, text),
  warnings: listOf(warning),
});

/** A member of a segment. */
export const memberSchema = z.strictObject({
  leadId: text,
  since: moment,
  source: z.enum(memberSources),
  author: text.optional(),
  reason: text.optional(),
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

/** An entry or exit of a lead. */
export const timelineTransitionSchema = transition.extend({
  segment: z.strictObject({ id: text, name: text }),
  silent: z.literal(true).optional(),
});

/** What happened in a segment: per day, and the newest transitions. */
export const activitySchema = z.strictObject({
  days: listOf(z.strictObject({ day: text, entered: count, exited: count })),
  transitions: listOf(transition.omit({ revision: true }).extend({ leadId: text, silent: z.literal(true).optional() })),
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

/** An export that was begun. */
export const exportBegunSchema = z.strictObject({ exportId: text, state: z.literal('queued') });

/** How far an export is. */
export const exportSchema = z.strictObject({
  exportId: text,
  segmentId: text,
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

const kinds = listOf(z.enum(['text', 'number', 'boolean', 'date', 'list']));
const fields = listOf(z.strictObject({ name: text, kinds, values: listOf(text) }));
const levels = z.strictObject({ engagement: listOf(text), profile: listOf(text), account: listOf(text) });

/** What rules can use. */
export const vocabularySchema = z.strictObject({
  lead: z.strictObject({ fields }),
  account: z.strictObject({ fields }),
  events: listOf(z.strictObject({ eventType: text, fields })),
  levels,
  hidden: listOf(text),
});

/** What rules can use, but is not offered. */
export const hiddenAnswerSchema = z.strictObject({ hidden: listOf(text) });

/** Level names, lowest first. */
export const levelsAnswerSchema = z.strictObject({ levels });

/** Common segments. */
export const templatesSchema = z.strictObject({
  templates: listOf(z.strictObject({ name: text, description: text, match: matchSchema, rules })),
});

const innerQueue = z.strictObject({ waiting: count, deadLetters: count });

/** How fresh everything is. */
export const healthSchema = z.strictObject({
  status: z.enum(['ok', 'degraded', 'late']),
  freshAsOf: moment,
  queues: z.record(text, innerQueue.extend({ oldestUnprocessedSeconds: z.number().min(0) })),
  innerQueues: z.record(text, innerQueue),
  parkedEvents: count,
  reconciliation: z
    .strictObject({
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

const json = z.record(text, z.unknown());

/** An OpenAPI document. */
export const contractSchema = z.strictObject({ openapi: text, info: json, paths: json, components: json });
