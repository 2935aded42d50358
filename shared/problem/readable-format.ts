/**
 * Formats of what is stored and sent, by kind. An item or message says in `formatVersion` which it has; without it, it has the
 * first. Whoever changes a format raises its number and has the readers take the one before, too: while a deployment goes
 * on, old and new functions read what the other writes, and after it, what was written before.
 */
const newestFormats = { lead: 1, segment: 1, levels: 1, message: 1, catalogSnapshot: 2 } as const;

/** The newest formats of these kinds, as one name: for what can be made anew and is not read in any other. */
export function formatsOf(...kinds: readonly (keyof typeof newestFormats)[]): string {
  return kinds.map((kind) => `${kind} ${newestFormats[kind]}`).join(', ');
}

/** Something of a format that this release does not know: written by a newer one. */
export class NewerFormatError extends Error {
  override name = 'NewerFormatError';
}

/**
 * Throws a {@link NewerFormatError} for what a newer release wrote: read as the format that is known, it could lose what it
 * means. `what` names it to people, `given` is its `formatVersion`.
 */
export function refuseNewerFormat(kind: keyof typeof newestFormats, what: string, given: unknown): void {
  if (given === undefined) return;
  const newest = newestFormats[kind];
  const version = Number(given);
  if (version >= 1 && version <= newest) return;
  throw new NewerFormatError(
    `${what} has format ${String(given)}, and this release reads up to ${newest}: deploy the release that wrote it`,
  );
}
