/** What of the list of segments stands in its address, so that Back and a shared link show the same. */
export interface SegmentsSearch {
  readonly q?: string;
}

/** Reads an address; what it does not know it leaves out. */
export function readSegmentsSearch({ q }: Record<string, unknown>): SegmentsSearch {
  return typeof q === 'string' && q !== '' ? { q } : {};
}
