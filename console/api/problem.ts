import type { FieldError } from '../../shared/problem/problem.ts';

/** What the API refused, or (status 0) that it could not be asked. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: readonly FieldError[];

  constructor(status: number, code: string, detail: string, errors: readonly FieldError[] = []) {
    super(detail);
    this.name = 'ApiProblem';
    this.status = status;
    this.code = code;
    this.errors = errors;
  }
}

/** Whether somebody else changed what was to be changed. */
export function isRevisionMoved(error: unknown): boolean {
  return error instanceof ApiProblem && error.status === 412;
}

/** Whether it may go well the next time: nobody answered, or who answered was not able to. */
export function isOutage(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 0 || error.status >= 500);
}

/** The JSON of an answer; where it has none, somebody on the way has answered in place of the API. */
export async function jsonOf(answer: Response): Promise<unknown> {
  const text = await answer.text();
  try {
    return JSON.parse(text);
  } catch {
    const who = 'Something else than the API answered, such as a proxy or a sign-in page.';
    throw new ApiProblem(answer.status, 'not_json', who);
  }
}

/** Problem JSON as it says itself; anything else (a gateway's own answer) by its status. */
export async function problemOf(answer: Response): Promise<ApiProblem> {
  const text = await answer.text();
  try {
    const { code = 'unknown', detail, message, errors } = JSON.parse(text) as Record<string, never>;
    return new ApiProblem(answer.status, code, detail ?? message ?? `The API answers ${answer.status}.`, errors);
  } catch {
    return new ApiProblem(answer.status, 'unknown', `The API answers ${answer.status} ${answer.statusText}.`);
  }
}
