let last: Promise<unknown> = Promise.resolve();

/** Counts leads once all earlier counts are done: each reads all leads, and together they would wait for each other. */
export function inTurn<Answer>(signal: AbortSignal, count: () => Promise<Answer>): Promise<Answer> {
  const next = () => {
    signal.throwIfAborted();
    return count();
  };
  const answer = last.then(next, next);
  last = answer;
  return answer;
}
