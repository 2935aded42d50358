/** The entries in groups of at most `size`. */
export function chunk<T>(entries: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < entries.length; start += size) chunks.push(entries.slice(start, start + size));
  return chunks;
}

/** Applies `run` to every entry, at most `concurrency` at a time; results in the order of the entries. */
export async function mapConcurrently<T, R>(
  entries: readonly T[],
  concurrency: number,
  run: (entry: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(entries.length);
  let next = 0;
  const lane = async () => {
    while (next < entries.length) {
      const index = next++;
      results[index] = await run(entries[index]!, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, entries.length) }, lane));
  return results;
}
