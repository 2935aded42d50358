import { mostCompared } from './overlap-queries.ts';

/** Which segments are compared; their ids with commas between, so that a link can be shared. */
export interface CompareSearch {
  readonly ids?: string;
}

/** Reads an address; what it does not know it leaves out. */
export function readCompareSearch({ ids }: Record<string, unknown>): CompareSearch {
  return typeof ids === 'string' && ids !== '' ? { ids } : {};
}

/** The ids of an address, each once, as many as can be compared. */
export function comparedIds({ ids = '' }: CompareSearch, most = mostCompared): string[] {
  return [...new Set(ids.split(',').filter(Boolean))].slice(0, most);
}

/** The address's part for these ids. */
export function searchOfIds(ids: readonly string[]): CompareSearch {
  return ids.length === 0 ? {} : { ids: ids.join(',') };
}
