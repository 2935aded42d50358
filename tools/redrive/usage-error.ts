/** A mistake in the options of a command, for the person who typed them. */
export class UsageError extends Error {
  override name = 'UsageError';
}
