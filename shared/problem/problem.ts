import type { ErrorCode } from './error-codes.ts';
import type { ProblemCode } from './problem-codes.ts';

/** One thing wrong with a request. */
export interface FieldError {
  /** A JSON Pointer into the body, or `/NAME` of a query parameter; "" is the whole body, and what is not in it at all. */
  readonly path: string;
  readonly code: ErrorCode;
  readonly message: string;
  /** A JSON Pointer into the segment as it would be saved, where the mistake is there and not in the body. */
  readonly segmentPath?: string;
  /** The other segments that it is about. */
  readonly segmentIds?: readonly string[];
}

const titles = {
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
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
  /** After how many seconds the same request may succeed, where that differs from call to call. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    status: keyof typeof titles,
    code: ProblemCode,
    detail: string,
    errors?: readonly FieldError[],
    retryAfterSeconds?: number,
  ) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.errors = errors;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** The body of the answer. */
  toJSON() {
    const { status, code, message, errors } = this;
    return { type: 'about:blank', title: titles[status], status, code, detail: message, ...(errors && { errors }) };
  }
}

/** 405 for a path that takes other methods: these. */
export class MethodNotAllowed extends Problem {
  readonly methods: readonly string[];

  constructor(methods: readonly string[]) {
    super(405, 'method_not_allowed', `This path takes ${methods.join(', ')}`);
    this.methods = methods;
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
  const stored = first?.segmentPath === undefined ? '' : `${first.segmentPath} of the segment: `;
  const place = first?.path ? `${first.path}: ` : stored;
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
    return { path: jsonPointer([...path, name]), code: `unknown_${what}`, message: `is not a known ${what}` };
  const message = `has a ${what} of ${name.length} characters, which is not a known one`;
  return { path: jsonPointer(path), code: `unknown_${what}`, message };
}

/** A reference to a segment that does not exist. */
export function unknownSegment(path: string, segmentId: string): FieldError {
  return { path, code: 'not_found', message: `there is no segment ${segmentId}`, segmentIds: [segmentId] };
}

/**
 * A refused save as its client sees it: mistakes are told by paths into the segment, and `inBody` says where in the body
 * that place is; undefined where the body has nothing of it. Anything but a problem with errors stays as it is.
 */
export function relocated(error: unknown, inBody: (segmentPath: string) => string | undefined): unknown {
  if (!(error instanceof Problem) || !error.errors) return error;
  const errors = error.errors.map((one): FieldError => {
    const path = one.path === '' ? '' : inBody(one.path);
    return path === undefined ? { ...one, path: '', segmentPath: one.path } : { ...one, path };
  });
  return error.code === 'invalid' ? invalid(errors) : new Problem(error.status, error.code, error.message, errors);
}
