import { z } from 'zod';
import type { ErrorCode } from '../problem/error-codes.ts';
import { isEmpty, isWellFormed } from './value.ts';

/** What is wrong with a text that may have `most` characters (code points), or undefined. */
export function textProblem(
  text: string,
  most: number,
  mayBeEmpty = false,
): { readonly code: ErrorCode; readonly message: string } | undefined {
  if (!hasAtMost(text, most)) return { code: 'too_long', message: `must have at most ${most} characters` };
  if (!mayBeEmpty && isEmpty(text)) return { code: 'empty', message: 'must not be empty' };
  return isWellFormed(text) ? undefined : { code: 'ill_formed', message: 'must be well-formed text' };
}

/** Whether a text has no more than `most` characters (code points). */
export function hasAtMost(text: string, most: number): boolean {
  // Counted only where the UTF-16 units leave it open: a character is one or two of them.
  if (text.length <= most) return true;
  return text.length <= 2 * most && [...text].length <= most;
}

/** Text of up to `most` characters (code points). Nothing, or nothing but spaces, is refused unless it `mayBeEmpty`. */
export function textOf(most: number, { mayBeEmpty = false } = {}) {
  return z
    .string()
    .check(({ value, issues }) => {
      const problem = textProblem(value, most, mayBeEmpty);
      if (problem)
        issues.push({ code: 'custom', input: value, message: problem.message, params: { code: problem.code } });
    })
    .meta({ ...(!mayBeEmpty && { minLength: 1 }), maxLength: most });
}

/** The type of an event; `#` parts it from others in keys. */
export const eventTypeSchema = textOf(100).refine((text) => !text.includes('#'), {
  error: 'must not contain #',
  params: { code: 'invalid_format' satisfies ErrorCode },
});
