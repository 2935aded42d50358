import { z } from 'zod';
import { leadIdSchema } from '../lead/change.ts';
import { shardCount } from '../lead/shard.ts';

/** The most entries of one page. */
export const maximumLimit = 500;

/** A whole number from 1 to `most`, as text. */
export function countUpTo(most: number, whenMissing: number) {
  return z
    .string()
    .default(String(whenMissing))
    .transform((text, context) => {
      const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
      if (count < 1 || count > most) context.addIssue(`must be a whole number from 1 to ${most}`);
      return count;
    });
}

/** A cursor: read as the place in a list that it stands for. */
export function cursorTo<Position>(positionSchema: z.ZodType<Position>) {
  return z.string().transform((cursor, context): Position => {
    const position = positionSchema.safeParse(jsonIn(cursor));
    if (position.success) return position.data;
    context.addIssue('is not a cursor of this list');
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
    .max(shardCount - 1),
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
