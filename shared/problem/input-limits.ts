/** Whether there can be something with that id: every id that we give out is printable ASCII, and a key for DynamoDB. */
export function isPossibleId(id: string): boolean {
  return /^[!-~]{1,128}$/.test(id);
}

/** Whether JSON is nested deeper. Level by level, not recursive: it may be nested deeper than the stack. */
export function isDeeperThan(body: unknown, depth: number): boolean {
  let level: unknown[] = [body];
  for (let current = 0; level.length > 0; current++) {
    if (current > depth) return true;
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
  return false;
}
