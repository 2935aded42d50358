import { createContext, use } from 'react';
import type { FieldError } from '../../shared/problem/problem.ts';

/** One thing to tell at a place. */
type Told = Pick<FieldError, 'path' | 'message'>;

/** What is wrong with the rules on the page, by JSON pointers such as `/rules/0/value`. */
export interface RuleProblems {
  /** Refused. */
  readonly errors: readonly Told[];
  /** Not complete yet. */
  readonly hints: readonly Told[];
  /** Allowed, but hardly meant. */
  readonly warnings: readonly Told[];
}

/** Gives every rule what is wrong with it. */
export const RuleProblemsContext = createContext<RuleProblems>({ errors: [], hints: [], warnings: [] });

const isWithin = (path: string, pointer: string) => path === pointer || path.startsWith(`${pointer}/`);

/** Whether something is wrong at that place or below it; `refused` before `incomplete`. */
export function useProblemState(pointer: string): 'refused' | 'incomplete' | undefined {
  const { errors, hints } = use(RuleProblemsContext);
  if (errors.some(({ path }) => isWithin(path, pointer))) return 'refused';
  return hints.some(({ path }) => isWithin(path, pointer)) ? 'incomplete' : undefined;
}

/** What is wrong at a place, and below it unless `only` names the keys that count. */
export function ProblemsAt({ pointer, only }: { pointer: string; only?: readonly string[] }) {
  const { errors, hints, warnings } = use(RuleProblemsContext);
  const here = ({ path }: Told) =>
    only ? path === pointer || only.some((key) => path === `${pointer}/${key}`) : isWithin(path, pointer);
  const refused = unique(errors.filter(here));
  const others = unique([...hints, ...warnings].filter(here)).filter((message) => !refused.includes(message));
  if (refused.length + others.length === 0) return null;
  return (
    <ul className="rule-problems" aria-live="polite">
      {refused.map((message) => (
        <li key={message} className="bad">
          {message}
        </li>
      ))}
      {others.map((message) => (
        <li key={message}>{message}</li>
      ))}
    </ul>
  );
}

function unique(errors: readonly Told[]): string[] {
  return [...new Set(errors.map(({ message }) => message))];
}
