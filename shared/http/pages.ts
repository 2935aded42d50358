import { z } from 'zod';
import { leadIdSchema } from '../lead/change.ts';
import { shardCount } from '../lead/shard.ts';
import { invalid } from '../problem/problem.ts';

/** The most entries of one page. */
export const maximumLimit = 500;

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
