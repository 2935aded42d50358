import { VisuallyHidden } from '@mantine/core';
import { useSyncExternalStore } from 'react';

let message = '';
const listeners = new Set<() => void>();

/** Has a screen reader say that something is done or found, where the page only shows it; the same text again, too. */
export function announce(text: string): void {
  // A region that keeps its text says nothing.
  message = message === text ? `${text}\u00a0` : text;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Where announcements are written; once, in the frame of the pages. */
export function Announcer() {
  return (
    <VisuallyHidden role="status" aria-live="polite">
      {useSyncExternalStore(subscribe, () => message)}
    </VisuallyHidden>
  );
}
