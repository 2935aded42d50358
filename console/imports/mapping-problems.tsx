import { Text } from '@mantine/core';
import { createContext, use } from 'react';
import type { FieldError } from '../../shared/problem/problem.ts';

/** What is wrong with the mapping on the page, by JSON pointers into it such as `/constants/0`. */
export const MappingProblems = createContext<readonly FieldError[]>([]);

function useProblemsBelow(pointer: string): readonly string[] {
  const found = use(MappingProblems).filter(({ path }) => path === pointer || path.startsWith(`${pointer}/`));
  return [...new Set(found.map(({ message }) => message))];
}

/** Whether something is wrong at that place or below it. */
export function useIsWrong(pointer: string): boolean {
  return useProblemsBelow(pointer).length > 0;
}

/** What is wrong at a place and below it, if anything. */
export function ProblemsAt({ pointer }: { pointer: string }) {
  const messages = useProblemsBelow(pointer);
  if (messages.length === 0) return null;
  return (
    <div aria-live="polite">
      {messages.map((message) => (
        <Text key={message} size="sm" c="var(--mantine-color-error)">
          {message}
        </Text>
      ))}
    </div>
  );
}
