import { useDebouncedCallback } from '@mantine/hooks';
import { useMatch, useRouter } from '@tanstack/react-router';

/**
 * Writes the page's address when somebody pauses while typing, `pauseMs` milliseconds after the last key stroke. Who is on the
 * way to another page by then, whose code is still loading, is not taken back.
 */
export function useDebouncedAddress<Args extends unknown[]>(
  write: (...args: Args) => void,
  pauseMs: number,
): (...args: Args) => void {
  const router = useRouter();
  const here = useMatch({ strict: false, select: ({ pathname }) => pathname });
  return useDebouncedCallback((...args: Args) => {
    if (router.latestLocation.pathname === here) write(...args);
  }, pauseMs);
}
