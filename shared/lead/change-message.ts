import type { z } from 'zod';
import type { ErrorCode } from '../problem/error-codes.ts';
import { isDeeperThan } from '../problem/input-limits.ts';
import type { FieldError } from '../problem/problem.ts';
import { readAs } from '../problem/read-as.ts';
import { maximumClockSkewMs } from './change.ts';

/** Deeper metadata than this is no metadata. */
const maximumDepth = 60;

/** A message as its schema reads it, or why it can never be understood. */
type ParsedMessage<T> = { readonly change: T } | { readonly refused: string };

/**
 * Reads a message of one of the change queues: one JSON object, bare or inside an EventBridge or SNS envelope.
 * `receivedAt`: epoch ms at which the queue took it, which `occurredAt` may not be far ahead of.
 */
export function parseChangeMessage<T extends { occurredAt: number }>(
  body: string,
  schema: z.ZodType<T>,
  receivedAt: number,
): ParsedMessage<T> {
  let content: unknown;
  try {
    content = unwrap(body);
  } catch (error) {
    if (error instanceof SyntaxError) return { refused: `is not JSON: ${error.message}` };
    throw error;
  }
  const { change, errors = [] } = checkChange(content, schema, receivedAt);
  if (change) return { change };
  return { refused: errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ') };
}

/** A change as its schema reads it, or why it can never be understood: paths are JSON Pointers into it. */
export type CheckedChange<T> =
  | { readonly change: T; readonly errors?: never }
  | { readonly errors: readonly FieldError[]; readonly change?: never };

/** More mistakes of one change are not told. */
const maximumErrors = 5;

/** Checks a change, however it came: `receivedAt`, epoch ms, is the moment that `occurredAt` may not be far ahead of. */
export function checkChange<T extends { occurredAt: number }>(
  content: unknown,
  schema: z.ZodType<T>,
  receivedAt: number,
): CheckedChange<T> {
  const refused = (code: ErrorCode, message: string, path = '') => ({ errors: [{ path, code, message }] });
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    return refused('wrong_type', 'must be a JSON object');
  }
  if (isDeeperThan(content, maximumDepth)) return refused('too_deep', `is nested more than ${maximumDepth} deep`);
  const result = readAs(schema, content);
  if (!result.success) return { errors: result.errors.slice(0, maximumErrors) };
  if (result.data.occurredAt > receivedAt + maximumClockSkewMs) {
    return refused('too_large', 'is more than 24 hours ahead of the moment the message was received', '/occurredAt');
  }
  return { change: result.data };
}

const maximumEnvelopes = 4;

/** The change inside an EventBridge or SNS envelope, or one inside another. */
function unwrap(body: string): unknown {
  let content: unknown = JSON.parse(body);
  for (let envelope = 0; envelope < maximumEnvelopes; envelope++) {
    if (typeof content !== 'object' || content === null || 'leadId' in content || 'accountId' in content) break;
    if ('Message' in content && typeof content.Message === 'string') content = JSON.parse(content.Message);
    else if ('detail' in content) content = content.detail;
    else break;
  }
  return content;
}
