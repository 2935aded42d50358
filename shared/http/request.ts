import { z } from 'zod';
import { maximumNameLength } from '../catalog/segment.ts';
import { leadIdSchema } from '../lead/change.ts';
import { shardCount } from '../lead/shard.ts';
import { isDeeperThan } from '../problem/input-limits.ts';
import { fieldErrors, invalid, jsonPointer, Problem } from '../problem/problem.ts';
import { matchSchema, type Rule, ruleInputSchema, rulesInputSchema } from '../rule/rule.ts';
import { isEmpty, isWellFormed } from '../rule/value.ts';

const name = z
  .string()
  .max(maximumNameLength)
  .refine((text) => !isEmpty(text), 'must not be empty')
  .refine(isWellFormed, 'must be well-formed text');
const description = z.string().max(2_000).refine(isWellFormed, 'must be well-formed text');

/** The body of `POST /segments`. */
export const createSegmentSchema = z.strictObject({
  name,
  description: description.default(''),
  active: z.boolean().default(false),
  match: matchSchema.default('all'),
  rules: rulesInputSchema.default([]),
});

/** The body of `PATCH /segments/{segmentId}`. */
export const changeSegmentSchema = z.strictObject({
  name: name.optional(),
  description: description.optional(),
  active: z.boolean().optional(),
  match: matchSchema.optional(),
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
});

const maximumLimit = 500;

/** The body of `POST /leads/search`. */
export const searchSchema = z.strictObject({
  match: matchSchema.default('all'),
  rules: rulesInputSchema,
  limit: z.int().min(1).max(maximumLimit).default(50),
  cursor: z.string().optional(),
});

const reason = z.string().min(1).max(500).refine(isWellFormed, 'must be well-formed text');

/** The body of `POST /segments/{segmentId}/members`. */
export const addMembersSchema = z.strictObject({
  leadIds: z.array(leadIdSchema).min(1, 'must not be empty').max(1_000),
  pin: z.boolean().default(false),
  reason: reason.optional(),
});

const flag = z.enum(['true', 'false'], 'must be true or false').transform((text) => text === 'true');

/** The query of `DELETE /segments/{segmentId}/members/{leadId}`. */
export const removeMemberSchema = z.strictObject({ exclude: flag.default(false), reason: reason.optional() });

/** Rules after an edit of one of them, if they are within the limits of a segment. Throws 422. */
export function rulesOrRefuse(rules: readonly Rule[]): readonly Rule[] {
  const result = rulesInputSchema.safeParse(rules);
  if (!result.success) throw invalid(fieldErrors(result.error, ['rules']));
  return rules;
}

/** A problem with a segment's rules, told to a client who sent just the rule at `pointer`: paths point into that body. */
export function asProblemOfRule(error: unknown, pointer: string): unknown {
  if (!(error instanceof Problem) || !error.errors) return error;
  const errors = error.errors.map(({ path, message }) => ({
    path: path.startsWith(`${pointer}/`) ? path.slice(pointer.length) : '',
    message,
  }));
  return error.status === 422 ? invalid(errors) : new Problem(error.status, error.code, error.message, errors);
}

/** The longest body (bytes): several times the largest that can be valid. */
export const maximumBodyBytes = 1_000_000;
const maximumDepth = 40;

/**
 * The JSON of a body, a text or its UTF-8 bytes; `whenMissing` where there is none. Throws 413 when it is longer than any
 * body can need to be, 400 when it is not JSON, nested too deep, or missing where it must not be, 422 when its lists are
 * longer than those of any valid body.
 */
export function parseBody(body: string | Uint8Array | undefined, whenMissing?: unknown): unknown {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  if (bytes && bytes.length > maximumBodyBytes) {
    const detail = `The body has ${bytes.length} bytes; at most ${maximumBodyBytes} are possible`;
    throw new Problem(413, 'body_too_large', detail);
  }
  return parseText(typeof body === 'string' ? body : bytes && textOf(bytes), whenMissing);
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Problem(400, 'body_not_json', 'The body is not JSON: it is not UTF-8');
  }
}

function parseText(text: string | undefined, whenMissing: unknown): unknown {
  if (text === undefined || text.trim() === '') {
    if (whenMissing !== undefined) return whenMissing;
    throw new Problem(400, 'body_missing', 'The request needs a JSON body');
  }
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Problem(400, 'body_not_json', `The body is not JSON: ${error.message}`);
  }
  if (isDeeperThan(body, maximumDepth)) {
    throw new Problem(400, 'body_too_deep', `The body is nested more than ${maximumDepth} deep`);
  }
  refuseLongLists(body);
  return body;
}

/**
 * No valid body has more entries in its lists: 250 rules with 50 comparisons each, and the groups they are in; values of
 * rules have 200 KB of JSON.
 */
const maximumEntries = { values: 100_000, others: 15_000 };
const maximumShownLength = 200;

/** Refuses lists that are longer together (422), before anything in them is checked: each mistake takes time. */
function refuseLongLists(body: unknown): void {
  const left = { ...maximumEntries };
  const visit = (part: unknown, path: readonly string[], kind: keyof typeof left): void => {
    if (typeof part !== 'object' || part === null) return;
    if (Array.isArray(part)) {
      left[kind] -= part.length;
      if (left[kind] < 0) {
        const isShown = path.every((name) => name.length <= maximumShownLength);
        const message = `has ${part.length} entries; the lists of a body may have ${maximumEntries[kind]} in all`;
        throw invalid([{ path: isShown ? jsonPointer(path) : '', message }]);
      }
    }
    for (const [name, inner] of Object.entries(part)) visit(inner, [...path, name], name === 'value' ? 'values' : kind);
  };
  visit(body, [], 'others');
}

/** The page a client asks for. */
export interface PageRequest<Position> {
  readonly limit: number;
  readonly position: Position | undefined;
}

/** The page that the query asks for. Throws 422 for a limit or a cursor that cannot be. */
export function pageRequest<Position>(query: Query, positionSchema: z.ZodType<Position>): PageRequest<Position> {
  const limit = countIn(query, 'limit', 50, maximumLimit);
  return { limit, position: positionOf(query.cursor, positionSchema) };
}

type Query = Readonly<Record<string, string | undefined>>;

/** The whole number from 1 to `most` that the query has under that name. Throws 422 for anything else. */
export function countIn(query: Query, name: string, whenMissing: number, most: number): number {
  const text = query[name];
  if (text === undefined) return whenMissing;
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= most) return count;
  throw invalid([{ path: `/${name}`, message: `must be a whole number from 1 to ${most}` }]);
}

/** The place a cursor stands for; undefined without one. Throws 422 for what is not a cursor of the list. */
export function positionOf<Position>(
  cursor: string | undefined,
  positionSchema: z.ZodType<Position>,
): Position | undefined {
  if (cursor === undefined) return undefined;
  try {
    const position = positionSchema.safeParse(JSON.parse(atob(cursor.replaceAll('-', '+').replaceAll('_', '/'))));
    if (position.success) return position.data;
  } catch (error) {
    // What is not base64 throws a DOMException, what is not JSON a SyntaxError: both are just not a cursor of ours.
    if (!(error instanceof SyntaxError || (error instanceof Error && error.name === 'InvalidCharacterError')))
      throw error;
  }
  throw invalid([{ path: '/cursor', message: 'is not a cursor of this list' }]);
}

/** A place in a list of leads or members: in which shard, after which of its leads. */
export const shardPositionSchema = z.object({
  shard: z
    .int()
    .min(0)
    .max(shardCount - 1),
  after: leadIdSchema.optional(),
});

/** A place in a list as an opaque cursor. Positions are ASCII. */
export function cursorOf(position: unknown): string {
  return btoa(JSON.stringify(position)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Refuses a write that was made for another revision (412). `*` and no header fit every one. */
export function checkIfMatch(ifMatch: string | undefined, revision: number): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  const tags = ifMatch.split(',').map((tag) => tag.trim().replace(/^W\//, '').replaceAll('"', ''));
  if (tags.includes(String(revision))) return;
  throw new Problem(412, 'revision_moved', `The segment is at revision ${revision}, not ${tags.join(' or ')}`);
}
