import { z } from 'zod';
import type { ErrorCode } from '../problem/error-codes.ts';
import { checkOperand, ruleLimits } from './operand.ts';
import { operatorNamed, operatorNames } from './operator.ts';
import { eventTypeSchema, textOf } from './text-schema.ts';

const fieldName = textOf(ruleLimits.textCharacters);
const fieldOperator = z.enum(operatorNames.filter((name) => operatorNamed(name).on !== 'level'));
const levelOperator = z.enum(operatorNames.filter((name) => operatorNamed(name).on !== 'field'));

/** Rule ids as the API gives them out; a client may send one to keep it. */
const ruleIdPattern = /^rul_[A-Za-z0-9]{1,40}$/;
const id = z.string().regex(ruleIdPattern, 'must look like rul_… with letters and digits').optional();

type Check<T> = (
  rule: T,
  report: (code: ErrorCode, message: string, ...path: readonly (string | number)[]) => void,
) => void;
const checked =
  <T>(check: Check<T>) =>
  (context: z.core.ParsePayload<T>) =>
    check(context.value, (code, message, ...path) =>
      context.issues.push({ code: 'custom', message, params: { code }, path: [...path], input: context.value }),
    );

type Comparison = { operator: (typeof operatorNames)[number]; value?: unknown };
const operandFits =
  (onLevel: boolean): Check<Comparison> =>
  (rule, report) => {
    for (const { code, message, path } of checkOperand(operatorNamed(rule.operator).operand, rule.value, onLevel)) {
      report(code, message, 'value', ...path);
    }
  };

const comparison = { field: fieldName, operator: fieldOperator, value: z.unknown().optional() };

const metadataRule = <Type extends string>(type: Type) =>
  z.strictObject({ id, type: z.literal(type), ...comparison }).check(checked(operandFits(false)));

const levelRule = <Type extends string>(type: Type) =>
  z
    .strictObject({ id, type: z.literal(type), operator: levelOperator, value: z.unknown().optional() })
    .check(checked(operandFits(true)));

const eventComparison = z.strictObject(comparison).check(checked(operandFits(false)));
const count = z.int().min(0).max(ruleLimits.times);

const eventRule = z
  .strictObject({
    id,
    type: z.literal('event_metadata'),
    eventType: eventTypeSchema,
    field: fieldName.optional(),
    operator: fieldOperator,
    value: z.unknown().optional(),
    and: z.array(eventComparison).min(1).max(50).optional(),
    times: z.strictObject({ atLeast: count.optional(), atMost: count.optional() }).optional(),
    withinDays: z.int().min(0).max(ruleLimits.days).optional(),
  })
  .check(
    checked((rule, report) => {
      operandFits(false)(rule, report);
      if (rule.field === undefined) checkEventWithoutField(rule, report);
      if (rule.times) checkTimes(rule.times, report);
    }),
  );

const checkEventWithoutField: Check<{ operator: string; times?: unknown; and?: unknown }> = (rule, report) => {
  if (rule.operator !== 'exists' && rule.operator !== 'not_exists') {
    report('not_allowed', 'without a field only exists and not_exists are possible', 'operator');
  }
  if (rule.operator !== 'not_exists') return;
  if (rule.times) report('not_allowed', 'not_exists without a field means never, so it takes no times', 'times');
  if (rule.and)
    report('not_allowed', 'not_exists without a field means no such event at all, so it takes no and', 'and');
};

const checkTimes: Check<{ atLeast?: number | undefined; atMost?: number | undefined }> = (times, report) => {
  const { atLeast = 0, atMost = Number.POSITIVE_INFINITY } = times;
  if (atLeast === 0 && times.atMost === undefined) {
    report('required', 'needs atLeast of 1 or more, or atMost', 'times');
  }
  if (atLeast > atMost) report('wrong_order', 'atLeast must not be greater than atMost', 'times');
};

const segmentRule = z.strictObject({
  id,
  type: z.literal('segment'),
  segmentId: textOf(128),
  operator: z.enum(['in', 'not_in']),
});

const groupMatch = z.enum(['all', 'any', 'none']);
const groupRule = z.strictObject({
  id,
  type: z.literal('group'),
  match: groupMatch,
  get rules(): z.ZodArray<typeof ruleSchema> {
    return z.array(ruleSchema).min(1);
  },
});

const ruleSchema = z.discriminatedUnion('type', [
  metadataRule('lead_metadata'),
  metadataRule('account_metadata'),
  levelRule('engagement_level'),
  levelRule('profile_level'),
  levelRule('account_level'),
  eventRule,
  segmentRule,
  groupRule,
]);

/** How a list of rules combines: every rule, or at least one. */
export const matchSchema = z.enum(['all', 'any']);
/** How a segment's rules combine. */
export type Match = z.infer<typeof matchSchema>;

/** One comparison of one field with a value. */
export interface FieldComparison {
  readonly field: string;
  readonly operator: (typeof operatorNames)[number];
  readonly value?: unknown;
}

interface Identified {
  readonly id?: string | undefined;
}

/** Compares an attribute of the lead or of its account. */
export interface MetadataRule extends Identified, FieldComparison {
  readonly type: 'lead_metadata' | 'account_metadata';
}

/** Compares a level name of the lead or of its account. */
export interface LevelRule extends Identified {
  readonly type: 'engagement_level' | 'profile_level' | 'account_level';
  readonly operator: (typeof operatorNames)[number];
  readonly value?: unknown;
}

/** Counts the lead's events of one type for which every comparison holds. */
export interface EventRule extends Identified {
  readonly type: 'event_metadata';
  readonly eventType: string;
  readonly field?: string | undefined;
  readonly operator: (typeof operatorNames)[number];
  readonly value?: unknown;
  readonly and?: readonly FieldComparison[] | undefined;
  readonly times?: { readonly atLeast?: number | undefined; readonly atMost?: number | undefined } | undefined;
  readonly withinDays?: number | undefined;
}

/** Asks whether the lead is a member of another segment. */
export interface SegmentRule extends Identified {
  readonly type: 'segment';
  readonly segmentId: string;
  readonly operator: 'in' | 'not_in';
}

/** Combines rules: all, any or none of them. */
export interface GroupRule extends Identified {
  readonly type: 'group';
  readonly match: z.infer<typeof groupMatch>;
  readonly rules: readonly Rule[];
}

/** One condition on one lead. Plain data: `evaluation.ts` decides it, `describe.ts` says it in English. */
export type Rule = MetadataRule | LevelRule | EventRule | SegmentRule | GroupRule;

/** A rule that compares something by itself: all but groups. */
export type LeafRule = Exclude<Rule, GroupRule>;

/** One rule as a client sends it (unknown keys are refused). */
export const ruleInputSchema: z.ZodType<Rule, Rule> = ruleSchema;

/** A list of rules as a client sends it, with the limits on their number, depth and size. */
export const rulesInputSchema: z.ZodType<readonly Rule[], readonly Rule[]> = z.array(ruleSchema).check(
  checked((rules, report) => {
    const leaves = leafRules(rules).length;
    if (leaves > ruleLimits.leafRules)
      report('too_many', `has ${leaves} rules; at most ${ruleLimits.leafRules} are possible`);
    for (const path of groupsBelow(ruleLimits.depth, rules)) {
      report('too_deep', `groups may be nested at most ${ruleLimits.depth} deep`, ...path);
    }
    const bytes = new TextEncoder().encode(JSON.stringify(rules)).length;
    if (bytes > ruleLimits.jsonBytes)
      report('too_large', `is ${bytes} bytes of JSON; at most ${ruleLimits.jsonBytes} are possible`);
    reportRepeatedIds(rules, report);
  }),
);

function reportRepeatedIds(rules: readonly Rule[], report: Parameters<Check<unknown>>[1]): void {
  const seen = new Set<string>();
  for (const { rule, path } of walkRules(rules)) {
    if (rule.id === undefined) continue;
    if (seen.has(rule.id)) report('repeated', `rule id ${rule.id} is used twice`, ...path, 'id');
    seen.add(rule.id);
  }
}

/** Every rule with its path from the list, groups before the rules in them. */
export function* walkRules(
  rules: readonly Rule[],
  path: readonly (string | number)[] = [],
): Generator<{ rule: Rule; path: readonly (string | number)[] }> {
  for (const [index, rule] of rules.entries()) {
    const here = [...path, index];
    yield { rule, path: here };
    if (rule.type === 'group') yield* walkRules(rule.rules, [...here, 'rules']);
  }
}

/** All rules that are not groups, wherever they are nested. */
export function leafRules(rules: readonly Rule[]): readonly LeafRule[] {
  // Nearly always so, and when a function starts every segment's rules pass through here.
  if (rules.every((rule) => rule.type !== 'group')) return rules;
  return rules.flatMap((rule) => (rule.type === 'group' ? leafRules(rule.rules) : [rule]));
}

/** The paths of the outermost groups that are nested deeper. */
function groupsBelow(depth: number, rules: readonly Rule[], path: readonly (string | number)[] = []): (typeof path)[] {
  return rules.flatMap((rule, index) => {
    if (rule.type !== 'group') return [];
    const here = [...path, index];
    return depth === 0 ? [here] : groupsBelow(depth - 1, rule.rules, [...here, 'rules']);
  });
}
