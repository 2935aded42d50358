import type { Member } from '../api/answers.ts';

/** What of the list of members stands in its address. */
export interface MembersSearch {
  readonly q?: string;
  readonly source?: Member['source'];
}

/** The sources that members are told apart by, and the leads that are kept out. */
export const sources: readonly Member['source'][] = ['rules', 'manual', 'pinned', 'excluded'];

/** Reads an address; what it does not know it leaves out. */
export function readMembersSearch({ q, source }: Record<string, unknown>): MembersSearch {
  const known = sources.find((one) => one === source);
  return {
    // A router reads the text "42" in an address as a number.
    ...((typeof q === 'string' || typeof q === 'number') && q !== '' && { q: String(q) }),
    ...(known && { source: known }),
  };
}
