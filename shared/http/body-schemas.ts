import { z } from 'zod';
import { maximumNameLength } from '../catalog/segment.ts';
import { sentChangeSchema } from '../intake/sent-change.ts';
import { leadIdSchema } from '../lead/change.ts';
import type { ManualChangeKind } from '../lead/manual-change.ts';
import type { ErrorCode } from '../problem/error-codes.ts';
import { invalid } from '../problem/problem.ts';
import { readAs } from '../problem/read-as.ts';
import { matchSchema, type Rule, ruleInputSchema, rulesInputSchema } from '../rule/rule.ts';
import { textOf } from '../rule/text-schema.ts';
import { metadataChangeSchema, metadataSchema, tagsSchema } from './label-schemas.ts';
import { cursorTo, maximumLimit, shardPositionSchema } from './pages.ts';

const name = textOf(maximumNameLength);
const description = textOf(2_000, { mayBeEmpty: true });

/** The body of `POST /segments`. */
export const createSegmentSchema = z.strictObject({
  name,
  description: description.default(''),
  active: z.boolean().default(false),
  match: matchSchema.default('all'),
  rules: rulesInputSchema.default([]),
  tags: tagsSchema.default([]),
  metadata: metadataSchema.default({}),
});

/** The body of `PATCH /segments/{segmentId}`. */
export const changeSegmentSchema = z.strictObject({
  name: name.optional(),
  description: description.optional(),
  active: z.boolean().optional(),
  match: matchSchema.optional(),
  tags: tagsSchema.optional(),
  metadata: metadataChangeSchema.optional(),
});

/** The body of `POST /segments/{segmentId}/copy`; it may be left out. */
export const copySegmentSchema = z.strictObject({ name: name.optional() });

/** The body of `PUT /segments/{segmentId}/rules`. */
export const saveRulesSchema = z.strictObject({ match: matchSchema.optional(), rules: rulesInputSchema });

/** The body of `POST /segments/{segmentId}/rules` and of `PUT …/rules/{ruleId}`. */
export const ruleSchema = ruleInputSchema;

/** The body of `POST /preview`. */
export const previewSchema = z.strictObject({
  match: matchSchema.default('all'),
  rules: rulesInputSchema,
  segmentId: z.string().optional(),
  sampleSize: z.int().min(0).max(100).default(10),
  timeBudgetMs: z.int().min(100).max(20_000).default(3_000),
  fresh: z.boolean().default(false),
});

const { $schema: _dialect, ...changeTold } = z.toJSONSchema(sentChangeSchema, { io: 'input', unrepresentable: 'any' });

/** One of the changes of a body, not read yet: one that is wrong refuses no other. */
export const unreadChangeSchema = z.unknown().meta(changeTold);

/** The body of `POST /changes`. */
export const sendChangesSchema = z.strictObject({
  changes: z.array(unreadChangeSchema).min(1, 'must not be empty').max(500),
});

/** The body of `POST /leads/search`. */
export const searchSchema = z.strictObject({
  match: matchSchema.default('all'),
  rules: rulesInputSchema,
  q: textOf(200).optional(),
  limit: z.int().min(1).max(maximumLimit).default(50),
  cursor: cursorTo(shardPositionSchema).optional(),
});

/** Why a person does something. */
export const reasonSchema = textOf(500);

/** What a person can do about leads in a segment, as the kind of manual change that it is. */
export const manualActions = {
  add: 'added',
  pin: 'pinned',
  exclude: 'excluded',
  lift: 'lifted',
  remove: 'removed',
} as const satisfies Record<string, ManualChangeKind>;

const action = z
  .enum(Object.keys(manualActions) as (keyof typeof manualActions)[])
  .default('add')
  .transform((name) => manualActions[name]);

/** The body of `POST /segments/{segmentId}/members`. */
export const changeMembersSchema = z.strictObject({
  leadIds: z.array(leadIdSchema).min(1).max(1_000),
  action,
  reason: reasonSchema.optional(),
});

/** The body of `POST /segments/{segmentId}/member-jobs`. */
export const createMemberJobSchema = z.strictObject({
  match: matchSchema.default('all'),
  rules: rulesInputSchema.refine((rules) => rules.length > 0, {
    error: 'must not be empty',
    params: { code: 'empty' satisfies ErrorCode },
  }),
  action,
  reason: reasonSchema.optional(),
});

/** The body of `POST /memberships/lookup`. */
export const lookUpMembershipsSchema = z.strictObject({
  leadIds: z.array(leadIdSchema).min(1, 'must not be empty').max(1_000),
  segmentIds: z.array(z.string()).min(1, 'must not be empty').max(100).optional(),
  cursor: cursorTo(z.object({ from: z.int().min(1).max(999) })).optional(),
});

/** Rules after an edit of one of them, if they are within the limits of a segment. Throws 422. */
export function rulesOrRefuse(rules: readonly Rule[]): readonly Rule[] {
  const reading = readAs(rulesInputSchema, rules, ['rules']);
  if (!reading.success) throw invalid(reading.errors);
  return rules;
}
