import { z } from 'zod';
import { leadIdSchema } from '../lead/change.ts';
import { shards } from '../lead/shard.ts';
import type { ErrorCode } from '../problem/error-codes.ts';
import type { FieldError } from '../problem/problem.ts';

/** The most entries of one page. */
export const maximumLimit = 500;

/** A whole number from 1 to `most`, as text. */
export function countUpTo(most: number) {
  return z.string().transform((text, context) => {
    const count = /^\d+$/.test(text) ? Number(text) : undefined;
    if (count !== undefined && count >= 1 && count <= most) return count;
    const code: ErrorCode = count === undefined ? 'invalid_format' : count < 1 ? 'too_small' : 'too_large';
    context.addIssue({ code: 'custom', message: `must be a whole number from 1 to ${most}`, params: { code } });
    return z.NEVER;
  });
}

/** What is told of a cursor that stands for no place in the list. */
export const foreignCursor: FieldError = {
  path: '/cursor',
  code: 'invalid_format',
  message: 'is not a cursor of this list',
};

/** A cursor: read as the place in a list that it stands for. */
export function cursorTo<Position>(positionSchema: z.ZodType<Position>) {
  return z.string().transform((cursor, context): Position => {
    const position = positionSchema.safeParse(jsonIn(cursor));
    if (position.success) return position.data;
    const { code, message } = foreignCursor;
    context.addIssue({ code: 'custom', message, params: { code } });
    return z.NEVER;
  });
}

/** What is written in a cursor; undefined when it is none of ours. */
function jsonIn(cursor: string): unknown {
  try {
    return JSON.parse(atob(cursor.replaceAll('-', '+').replaceAll('_', '/')));
  } catch (error) {
    // What is not base64 throws a DOMException, what is not JSON a SyntaxError: both are just not a cursor of ours.
    if (!(error instanceof SyntaxError || (error instanceof Error && error.name === 'InvalidCharacterError')))
      throw error;
    return undefined;
  }
}

/** A place in a list of leads or members: in which shard, after which of its leads. */
export const shardPositionSchema = z.object({
  shard: z
    .int()
    .min(0)
    .max(shards.length - 1),
  after: leadIdSchema.optional(),
});

/** Where a list of leads or members goes on; its start without a cursor. */
export function fromPosition(position: z.output<typeof shardPositionSchema> | undefined) {
  const { shard = 0, after } = position ?? {};
  return { shard, ...(after !== undefined && { after }) };
}

/** A place in a list as an opaque cursor. */
export function cursorOf(position: unknown): string {
  // Base64 is made of ASCII: JSON can write every other character so.
  const ascii = JSON.stringify(position).replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return btoa(ascii).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
