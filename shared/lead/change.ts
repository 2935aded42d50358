import { z } from 'zod';
import { outsideId } from '../id/outside-id.ts';
import { beyondNumbers, type ErrorCode } from '../problem/error-codes.ts';
import { eventTypeSchema, hasAtMost } from '../rule/text-schema.ts';
import { isEmpty, periodOf, type Value } from '../rule/value.ts';

/** How far ahead of its receipt a change may claim to have happened. */
export const maximumClockSkewMs = 86_400_000;

/** The id of a lead as upstream systems know it. */
export const leadIdSchema = outsideId;

const levelName = z
  .string()
  .refine((text) => hasAtMost(text, 1_000), {
    error: 'must have at most 1000 characters',
    params: { code: 'too_long' },
  })
  .nullable();

const maximumAttributes = 200;
const maximumAttributeBytes = 4_096;
const maximumMetadataBytes = 100_000;

const byteLength = (text: string) => new TextEncoder().encode(text).length;
/** Without counting, where the text is so short that it cannot be longer: a UTF-16 unit takes three bytes at most. */
const isWithin = (text: string, bytes: number) => text.length * 3 <= bytes || byteLength(text) <= bytes;

interface Mistake {
  readonly code: ErrorCode;
  readonly message: string;
}

function attributeProblem(value: unknown): Mistake | undefined {
  if (value === null || typeof value === 'boolean') return undefined;
  if (typeof value === 'number') {
    return Number.isFinite(value) ? undefined : { code: value > 0 ? 'too_large' : 'too_small', message: beyondNumbers };
  }
  const isText = typeof value === 'string';
  if (!isText && !(Array.isArray(value) && value.every((element) => typeof element === 'string'))) {
    return { code: 'wrong_type', message: 'must be text, a number, a boolean, a list of text, or null' };
  }
  const text = isText ? value : JSON.stringify(value);
  if (isWithin(text, maximumAttributeBytes)) return undefined;
  const message = `is ${byteLength(text)} bytes; at most ${maximumAttributeBytes} are possible`;
  return { code: 'too_large', message };
}

// Not z.record: it drops the name "__proto__" in silence.
const checkedAttributes = z.custom<Readonly<Record<string, Value | null>>>().check((context) => {
  const { value } = context;
  const report = (code: ErrorCode, message: string, ...path: string[]) =>
    context.issues.push({ code: 'custom', message, params: { code }, path, input: value });
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return void report('wrong_type', 'must be an object');
  }
  const names = Object.keys(value);
  if (names.length > maximumAttributes) {
    report('too_many', `has ${names.length} attributes; at most ${maximumAttributes} possible`);
  }
  for (const name of names) {
    if (isEmpty(name)) report('empty', 'attribute names must not be empty', name);
    else if (!isWithin(name, 1_000)) report('too_large', 'attribute names have at most 1,000 bytes', name.slice(0, 40));
    const problem = attributeProblem(value[name]);
    if (problem) report(problem.code, problem.message, name);
  }
});

// As they are stored and read again: JSON has no negative zero.
const attributes = checkedAttributes.transform((record) => {
  const entries = Object.entries(record);
  if (!entries.some(([, value]) => Object.is(value, -0))) return record;
  return Object.fromEntries(entries.map(([name, value]) => [name, Object.is(value, -0) ? 0 : value]));
});

const occurredAt = z.string().transform((text, context) => {
  const period = periodOf(text);
  if (period && !period.isWholeDay) return period.start;
  const message = 'must be an ISO 8601 date-time';
  context.issues.push({ code: 'custom', message, params: { code: 'invalid_format' }, input: text });
  return z.NEVER;
});

const changeId = outsideId.optional();

/** A message of the queue `profile-changes`. Unknown keys are ignored: upstream may grow. */
export const profileChangeSchema = z.object({
  changeId,
  leadId: leadIdSchema,
  occurredAt,
  accountId: outsideId.nullable().optional(),
  attributes: attributes.optional(),
});

/** A message of the queue `level-changes`. */
export const levelChangeSchema = z.object({
  changeId,
  leadId: leadIdSchema,
  occurredAt,
  engagementLevel: levelName.optional(),
  profileLevel: levelName.optional(),
});

const metadata = z.custom<Readonly<Record<string, unknown>>>().check((context) => {
  const { value } = context;
  const report = (code: ErrorCode, message: string) =>
    context.issues.push({ code: 'custom', message, params: { code }, path: [], input: value });
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return void report('wrong_type', 'must be an object');
  }
  const bytes = byteLength(JSON.stringify(value));
  if (bytes > maximumMetadataBytes)
    report('too_large', `is ${bytes} bytes; at most ${maximumMetadataBytes} are possible`);
});

/** A message of the queue `lead-events`. */
export const leadEventSchema = z.object({
  eventId: outsideId,
  leadId: leadIdSchema,
  eventType: eventTypeSchema,
  occurredAt,
  // As it is stored and read again, so that live evaluation and recalculation see the same.
  metadata: metadata.transform((value) => JSON.parse(JSON.stringify(value)) as typeof value).optional(),
});

/** A message of the queue `account-changes`. */
export const accountChangeSchema = z.object({
  changeId,
  accountId: outsideId,
  occurredAt,
  attributes: attributes.optional(),
  accountLevel: levelName.optional(),
});

/** A profile change; `occurredAt` is epoch ms once parsed. */
export type ProfileChange = z.infer<typeof profileChangeSchema> & { readonly kind: 'profile_change' };
/** A level change; `occurredAt` is epoch ms once parsed. */
export type LevelChange = z.infer<typeof levelChangeSchema> & { readonly kind: 'level_change' };
/** An event of a lead; `occurredAt` is epoch ms once parsed. */
export type LeadEvent = z.infer<typeof leadEventSchema> & {
  readonly kind: 'lead_event';
  /** Epoch ms at which its first delivery was sent to us. */
  readonly receivedAt?: number;
};
/** A change of an account; `occurredAt` is epoch ms once parsed. */
export type AccountChange = z.infer<typeof accountChangeSchema>;
/** One thing upstream says about one lead. */
export type LeadChange = ProfileChange | LevelChange | LeadEvent;
