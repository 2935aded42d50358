/** API Gateway stops waiting after 30 seconds; a page may be short. */
const budgetMs = 5_000;

/** A clock that says when a list has to answer with what it found. */
export function answerSoon(now: () => number): () => boolean {
  const startedAt = now();
  return () => now() - startedAt > budgetMs;
}
