import { setTimeout as sleep } from 'node:timers/promises';

/** Waits so long (ms). */
export { sleep };

/** Full jitter: a random wait up to 50 ms x 2^attempt, at most 2 s. */
export async function pauseWithJitter(attempt: number): Promise<void> {
  await sleep(Math.random() * Math.min(2_000, 50 * 2 ** attempt));
}

/** What an error says, with its name, by which AWS tells faults apart. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** Work that AWS left undone too often: it is reported, never dropped. */
export class UnprocessedError extends Error {
  constructor(what: string, count: number) {
    super(`${count} ${what} were still unprocessed after all attempts`);
    this.name = 'UnprocessedError';
  }
}

/** Repeats a partial request with what it left undone, with growing pauses. Throws `UnprocessedError` in the end. */
export async function untilProcessed<T>(
  what: string,
  entries: readonly T[],
  attemptOnce: (entries: readonly T[]) => Promise<readonly T[]>,
  maximumAttempts = 10,
): Promise<void> {
  let pending = entries;
  for (let attempt = 0; pending.length > 0; attempt++) {
    if (attempt === maximumAttempts) throw new UnprocessedError(what, pending.length);
    if (attempt > 0) await pauseWithJitter(attempt);
    pending = await attemptOnce(pending);
  }
}
