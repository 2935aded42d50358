import { ulid } from 'ulid';

/** The prefixes of ids that we give out: an id tells what it is of. */
type IdPrefix = 'seg' | 'rul' | 'act' | 'job' | 'pass';

/** A new id, never given out before; ids of one kind sort by age. */
export function newId(prefix: IdPrefix): string {
  return `${prefix}_${ulid()}`;
}

/** A run's id: sorts by the catalog it was started in, then by time. */
export function newRunId(catalogVersion: number): string {
  return `${String(catalogVersion).padStart(12, '0')}-${ulid()}`;
}
