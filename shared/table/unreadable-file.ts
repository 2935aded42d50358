/** A file, or the rest of it, that cannot be read; the message says what it is and what to do. */
export class UnreadableFileError extends Error {
  override name = 'UnreadableFileError';
  /** The line in which the row starts that cannot be read, where there is one. */
  readonly line?: number;

  constructor(message: string, line?: number) {
    super(message);
    if (line !== undefined) this.line = line;
  }
}
