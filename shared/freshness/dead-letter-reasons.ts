/** Why messages were given up, and how many for that reason. */
export interface ReasonCount {
  /** Missing where a message says nothing of it: it was too large to, or SQS moved it. */
  readonly reason?: string;
  readonly messages: number;
}

/** The reasons of messages, the most frequent first; those that differ in numbers and ids only are one. */
export function reasonsOf(letters: readonly { readonly reason?: string | undefined }[]): ReasonCount[] {
  const counts = new Map<string | undefined, number>();
  for (const { reason } of letters) {
    const kind = reason?.replace(/\b[\w:-]*\d[\w:-]*\b/g, 'N');
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([reason, messages]) => ({ ...(reason !== undefined && { reason }), messages }));
}
