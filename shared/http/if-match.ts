import { Problem } from '../problem/problem.ts';

/** Refuses a write that was made for another revision (412). `*` and no header fit every one. */
export function checkIfMatch(ifMatch: string | undefined, revision: number): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  const tags = ifMatch.split(',').map((tag) => tag.trim().replace(/^W\//, '').replaceAll('"', ''));
  if (tags.includes(String(revision))) return;
  throw new Problem(412, 'revision_moved', `The segment is at revision ${revision}, not ${tags.join(' or ')}`);
}
