import type { z } from 'zod';
import type { ProblemCode } from './problem-codes.ts';

/** One thing wrong in a body: `path` is a JSON Pointer into it. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

const titles = {
  400: 'Bad Request',
  404: 'Not Found',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
} as const;

/** An answer that says what went wrong, as RFC 9457 `application/problem+json` with a stable `code`. */
export class Problem extends Error {
  readonly status: keyof typeof titles;
  readonly code: ProblemCode;
  readonly errors: readonly FieldError[] | undefined;

  constructor(status: keyof typeof titles, code: ProblemCode, detail: string, errors?: readonly FieldError[]) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.errors = errors;
  }

  /** The body of the answer. */
  toJSON() {
    const { status, code, message, errors } = this;
    return { type: 'about:blank', title: titles[status], status, code, detail: message, ...(errors && { errors }) };
  }
}

/** 404 for a thing that does not exist. */
export function notFound(what: string, id: string): Problem {
  return new Problem(404, 'not_found', `There is no ${what} ${id}`);
}

/** More are counted, not listed: an answer has no room for half a million. */
const maximumErrors = 100;

/** 422 with every field that is wrong, a hundred at most. */
export function invalid(errors: readonly FieldError[]): Problem {
  const [first] = errors;
  const place = first?.path ? `${first.path}: ` : '';
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return new Problem(422, 'invalid', `${place}${first?.message ?? 'invalid'}${more}`, errors.slice(0, maximumErrors));
}

/** A path as a JSON Pointer (RFC 6901): "" is the whole body. Half a character in a name becomes U+FFFD. */
export function jsonPointer(path: readonly PropertyKey[]): string {
  const pointer = path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  return pointer.replaceAll(/\p{Surrogate}/gu, '\ufffd');
}

/** A longer one is not repeated in an answer. */
const maximumNameLength = 200;

/** A name that is not known where it is, told by its own path; one that is very long by the path of what it is in. */
export function unknownName(path: readonly PropertyKey[], name: string, what: 'key' | 'parameter'): FieldError {
  if (name.length <= maximumNameLength)
    return { path: jsonPointer([...path, name]), message: `is not a known ${what}` };
  const message = `has a ${what} of ${name.length} characters, which is not a known one`;
  return { path: jsonPointer(path), message };
}

/** What a schema found wrong, each at its path; an unknown key is reported at its own path. */
export function fieldErrors(error: z.core.$ZodError, base: readonly PropertyKey[] = []): FieldError[] {
  return error.issues.flatMap((issue): FieldError[] => {
    const path = [...base, ...issue.path];
    if (issue.code !== 'unrecognized_keys') return [{ path: jsonPointer(path), message: issue.message }];
    return issue.keys.map((key) => unknownName(path, key, 'key'));
  });
}

/** The value as the schema reads it. Throws 422 with every field that is wrong. */
export function parseOrRefuse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (!result.success) throw invalid(fieldErrors(result.error));
  return result.data;
}
