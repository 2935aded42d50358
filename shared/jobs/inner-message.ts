import type { z } from 'zod';
import { fieldErrors } from '../problem/problem.ts';

/** Reads a message that one function sent to another; or tells why it is none. */
export function readInnerMessage<T>(
  body: string,
  schema: z.ZodType<T>,
): { readonly message: T } | { readonly refused: string } {
  let content: unknown;
  try {
    content = JSON.parse(body);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { refused: `is not JSON: ${error.message}` };
  }
  const result = schema.safeParse(content);
  if (result.success) return { message: result.data };
  const problems = fieldErrors(result.error).map(({ path, message }) => `${path || 'message'}: ${message}`);
  return { refused: problems.slice(0, 5).join('; ') };
}
