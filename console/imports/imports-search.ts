/** What stands in the addresses of imports. */
export interface ImportsSearch {
  /** The segment that the leads of the file are meant for: its id. */
  readonly addTo?: string;
}

/** Reads an address; what it does not know it leaves out. */
export function readImportsSearch({ addTo }: Record<string, unknown>): ImportsSearch {
  return typeof addTo === 'string' && addTo !== '' ? { addTo } : {};
}
