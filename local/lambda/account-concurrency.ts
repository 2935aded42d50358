import { setTimeout as sleep } from 'node:timers/promises';

/** An invocation that the account's concurrency has no room for. The function did not run. */
export class ThrottledError extends Error {
  constructor() {
    super('Rate Exceeded.');
    this.name = 'TooManyRequestsException';
  }
}

/** How many invocations of all functions run at once, at most. */
export class AccountConcurrency {
  private readonly limit: number;
  private running = 0;
  /** How many invocations there was no room for. */
  throttles = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Makes room for one invocation; answers how to give it back. Throws `ThrottledError`. */
  take(): () => void {
    if (this.running >= this.limit) {
      this.throttles += 1;
      throw new ThrottledError();
    }
    this.running += 1;
    return () => {
      this.running -= 1;
    };
  }
}

const longestPauseMs = 1_000;

/**
 * Invokes a function again while there is no room for it, with growing pauses, as Lambda's pollers do. After that long
 * (ms), or when called off, it throws `ThrottledError` at last.
 */
export async function untilThereIsRoom<T>(
  invoke: () => Promise<T>,
  { patienceMs, signal }: { patienceMs: number; signal?: AbortSignal },
): Promise<T> {
  const until = Date.now() + patienceMs;
  for (let pauseMs = 50; ; pauseMs = Math.min(longestPauseMs, 2 * pauseMs)) {
    try {
      return await invoke();
    } catch (error) {
      if (!(error instanceof ThrottledError) || signal?.aborted || Date.now() + pauseMs > until) throw error;
      await sleep(pauseMs * (0.5 + Math.random()), undefined, { ...(signal && { signal }) }).catch(() => undefined);
    }
  }
}
