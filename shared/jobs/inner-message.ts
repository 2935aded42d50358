import type { z } from 'zod';
import { readAs } from '../problem/read-as.ts';
import { NewerFormatError, refuseNewerFormat } from '../problem/readable-format.ts';

/**
 * Reads a message that one function sent to another; or tells why it is none. One that a newer release sent has `failed`: it
 * is to come again, for a function of that release to take.
 */
export function readInnerMessage<T>(
  body: string,
  schema: z.ZodType<T>,
): { readonly message: T } | { readonly refused: string } | { readonly failed: string } {
  let content: unknown;
  try {
    content = JSON.parse(body);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { refused: `is not JSON: ${error.message}` };
  }
  const { formatVersion, ...message } = Object(content) as { formatVersion?: unknown };
  try {
    refuseNewerFormat('message', 'The message', formatVersion);
  } catch (error) {
    if (!(error instanceof NewerFormatError)) throw error;
    return { failed: error.message };
  }
  const result = readAs(schema, formatVersion === undefined ? content : message);
  if (result.success) return { message: result.data };
  const problems = result.errors.map(({ path, message }) => `${path || 'message'}: ${message}`);
  return { refused: problems.slice(0, 5).join('; ') };
}
