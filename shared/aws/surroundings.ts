import { newId, newRunId } from './ids.ts';
import { pauseWithJitter } from './retries.ts';

/** What the same call answers differently tomorrow: pure code is handed it, and tests hand it theirs. */
export interface Surroundings {
  /** Epoch ms. */
  readonly now: () => number;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  readonly newId: typeof newId;
  readonly newRunId: typeof newRunId;
  /** Waits before attempt number `attempt` (1 is the first repetition), with jitter. */
  readonly pause: (attempt: number) => Promise<void>;
  /** Tells people, in the log, what went wrong without stopping anything. */
  readonly note: (what: string, error: unknown) => void;
}

/** The process's own. */
export const surroundings: Surroundings = {
  now: () => Date.now(),
  random: () => Math.random(),
  newId,
  newRunId,
  pause: pauseWithJitter,
  note: (what, error) => console.error(what, error),
};
