import { type PlainAnswer, problemsOf, type Route } from '../../shared/http/route.ts';
import { keyOf } from '../../shared/http/routes.ts';
import type { Problem } from '../../shared/problem/problem.ts';
import { problemStatuses } from '../../shared/problem/problem-codes.ts';
import { readAs } from '../../shared/problem/read-as.ts';

/** Throws for an answer that the route does not declare: another status, or a body with more, less or something else in it. */
export function checkAnswer(route: Route, { status, headers, body, file }: PlainAnswer): void {
  const form = route.answers[status];
  if (form === undefined) throw new Error(`${keyOf(route)} does not declare that it answers ${status}`);
  if (form === 'nothing' || 'fileTypes' in form) {
    const type = headers?.['content-type'] ?? '';
    const isDeclared = form === 'nothing' ? !file : file && form.fileTypes.includes(type);
    if (isDeclared && body === undefined) return;
    const declared = form === 'nothing' ? form : form.fileTypes.join(' or ');
    throw new Error(`${keyOf(route)} declares that ${status} is ${declared}`);
  }
  // As JSON writes it: without what is undefined.
  const reading = readAs(form, body === undefined ? undefined : JSON.parse(JSON.stringify(body)));
  if (reading.success) return;
  const faults = reading.errors.map(({ path, message }) => `${path}: ${message}`);
  throw new Error(`${keyOf(route)} does not declare what it answers: ${faults.join('; ')}`);
}

/** Throws for a problem that the route does not declare. */
export function checkProblem(route: Route, { code, status }: Problem): void {
  if (problemStatuses[code] !== status) throw new Error(`${code} is ${problemStatuses[code]}, not ${status}`);
  if (!problemsOf(route).includes(code))
    throw new Error(`${keyOf(route)} does not declare that it refuses with ${code}`);
}
