import type { SizeAdvice } from '../../shared/catalog/segment.ts';

const sortKeys = ['name', 'memberCount', 'updatedAt', 'createdAt'] as const;

/** The sizes that the list can be narrowed to. */
export const sizes = [
  'none',
  'too_narrow',
  'tight',
  'healthy',
  'broad',
  'too_broad',
] as const satisfies readonly SizeAdvice[];

/** What the list can be sorted by. */
export type SortKey = (typeof sortKeys)[number];

/** What of the list of segments stands in its address, so that Back and a shared link show the same. */
export interface SegmentsSearch {
  readonly q?: string;
  readonly active?: boolean;
  readonly size?: SizeAdvice;
  readonly author?: string;
  /** As the API takes it: `-` before the key is descending. */
  readonly sort?: SortKey | `-${SortKey}`;
}

/** How the list is sorted where its address does not say. */
export const usualSort = 'name';

/** Reads an address; what it does not know it leaves out. */
export function readSegmentsSearch({ q, active, size, author, sort }: Record<string, unknown>): SegmentsSearch {
  const knownSize = sizes.find((one) => one === size);
  const key = sortKeys.find((one) => sort === one || sort === `-${one}`);
  return {
    ...(typeof q !== 'object' && q !== undefined && q !== '' && { q: String(q) }),
    ...(typeof active === 'boolean' && { active }),
    ...(knownSize && { size: knownSize }),
    ...(typeof author === 'string' && author !== '' && { author }),
    ...(key && sort !== usualSort && { sort: sort === key ? key : (`-${key}` as const) }),
  };
}

/** Whether anything is left out of the list. */
export function isFiltered({ q, active, size, author }: SegmentsSearch): boolean {
  return [q, active, size, author].some((one) => one !== undefined);
}
