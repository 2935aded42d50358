import { cpSync } from 'node:fs';
import { inject } from 'vitest';

/** Puts an empty database where a stand-in would make one: made ready once, it need not be for each. */
export function placeEmptyDatabase(directory: string): void {
  cpSync(inject('emptyDatabase'), directory, { recursive: true });
}
