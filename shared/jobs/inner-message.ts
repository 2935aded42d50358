import type { z } from 'zod';
import { readAs } from '../problem/read-as.ts';

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
  const result = readAs(schema, content);
  if (result.success) return { message: result.data };
  const problems = result.errors.map(({ path, message }) => `${path || 'message'}: ${message}`);
  return { refused: problems.slice(0, 5).join('; ') };
}
