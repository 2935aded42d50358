import type { z } from 'zod';
import { beyondNumbers, type ErrorCode, errorCodes } from './error-codes.ts';
import { type FieldError, invalid, jsonPointer, unknownName } from './problem.ts';

/** What a schema makes of a value, or everything that is wrong with it. */
type Reading<Value> =
  | { readonly success: true; readonly data: Value }
  | { readonly success: false; readonly errors: readonly FieldError[] };

/**
 * Reads a value as a schema does. Mistakes are told at their paths below `base`, an unknown key at its own, in our words
 * where the schema has none of its own.
 */
export function readAs<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  base: readonly PropertyKey[] = [],
): Reading<z.output<Schema>> {
  // The input tells what is missing from what is of another type.
  const result = schema.safeParse(value, { error: wordsFor, reportInput: true });
  if (result.success) return { success: true, data: result.data };
  return { success: false, errors: result.error.issues.flatMap((issue) => errorsOf(issue, base)) };
}

/** The value as the schema reads it. Throws 422 with every field that is wrong. */
export function parseOrRefuse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const reading = readAs(schema, value);
  if (!reading.success) throw invalid(reading.errors);
  return reading.data;
}

function errorsOf(issue: z.core.$ZodIssue, base: readonly PropertyKey[]): FieldError[] {
  const path = [...base, ...issue.path];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownName(path, key, 'key'));
  return [{ path: jsonPointer(path), code: codeOf(issue as z.core.$ZodRawIssue), message: issue.message }];
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorCodes, code);
}

function codeOf(issue: z.core.$ZodRawIssue): ErrorCode {
  if (isMissing(issue)) return 'required';
  switch (issue.code) {
    case 'custom':
      return isErrorCode(issue.params?.code) ? issue.params.code : 'not_allowed';
    case 'too_big':
      return issue.origin === 'string' ? 'too_long' : issue.origin === 'array' ? 'too_many' : 'too_large';
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array' ? 'empty' : 'too_small';
    case 'invalid_value':
      return 'unknown_value';
    case 'invalid_union':
      return issue.discriminator === undefined ? 'wrong_type' : 'unknown_value';
    case 'invalid_type':
      if (!isBeyondNumbers(issue.input)) return 'wrong_type';
      return issue.input > 0 ? 'too_large' : 'too_small';
    default:
      return 'invalid_format';
  }
}

function isBeyondNumbers(input: unknown): input is number {
  return input === Number.POSITIVE_INFINITY || input === Number.NEGATIVE_INFINITY;
}

/** Whether there is nothing at its path: JSON has no `undefined`. */
function isMissing(issue: z.core.$ZodRawIssue): boolean {
  const { input } = issue;
  if (issue.code !== 'invalid_union' || typeof issue.discriminator !== 'string') return input === undefined;
  // It is the whole object that is refused for its discriminator.
  return !(typeof input === 'object' && input !== null && Object.hasOwn(input, issue.discriminator));
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** What is told of an issue that its schema has no words for. */
function wordsFor(issue: z.core.$ZodRawIssue): string | undefined {
  if (isMissing(issue)) return 'is required';
  switch (issue.code) {
    case 'invalid_type':
      if (isBeyondNumbers(issue.input)) return beyondNumbers;
      return `must be ${typeNames[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${oneOf(issue.values)}`;
    case 'invalid_union':
      return issue.discriminator === undefined ? undefined : `must be ${oneOf(issue.options as unknown[])}`;
    case 'too_big':
      return issue.origin === 'array'
        ? `must have at most ${issue.maximum} entries`
        : `must be at most ${issue.maximum}`;
    case 'too_small':
      return issue.origin === 'array' || issue.origin === 'string'
        ? 'must not be empty'
        : `must be at least ${issue.minimum}`;
    default:
      return undefined;
  }
}

function oneOf(values: readonly unknown[] = []): string {
  const shown = values.map(String);
  const last = shown.pop();
  return shown.length === 0 ? String(last) : `${shown.join(', ')} or ${last}`;
}
