/** Which items of a batch a handler reported as failed; an answer that makes no sense fails them all, as on AWS. */
export function failedItems(response: unknown, knownIds: ReadonlySet<string>): 'all' | Set<string> {
  if (response === null || response === undefined) return new Set();
  const failures = (response as { batchItemFailures?: unknown }).batchItemFailures;
  if (failures === null || failures === undefined) return new Set();
  if (!Array.isArray(failures)) return 'all';
  const failed = new Set<string>();
  for (const failure of failures) {
    const id = (failure as { itemIdentifier?: unknown } | null)?.itemIdentifier;
    if (typeof id !== 'string' || !knownIds.has(id)) return 'all';
    failed.add(id);
  }
  return failed;
}
