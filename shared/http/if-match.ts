import { Problem } from '../problem/problem.ts';

/** The texts of a list of ETags; whether they are weak does not count. */
function tagsIn(header: string): string[] {
  return header.split(',').map((tag) => tag.trim().replace(/^W\//, '').replaceAll('"', ''));
}

/**
 * Refuses a write that was made for another revision (412). `*` and no header fit every one. ETags of answers to GET name
 * the revision first, then the answer, which does not count.
 */
export function checkIfMatch(ifMatch: string | undefined, revision: number | string, what = 'The segment'): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  const revisions = tagsIn(ifMatch).map((tag) => tag.replace(/-.*$/s, ''));
  if (revisions.includes(String(revision))) return;
  throw new Problem(412, 'revision_moved', `${what} is at revision ${revision}, not ${revisions.join(' or ')}`);
}

/** Whether a client has the answer with that ETag (in quotation marks) already. */
export function fitsIfNoneMatch(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.trim() === '*' || tagsIn(ifNoneMatch).some((tag) => `"${tag}"` === etag);
}

/** Refuses conditions that a route does not go by (400): whoever sends one counts on it. */
export function checkConditions(
  { method, takesIfMatch }: { readonly method: string; readonly takesIfMatch: boolean },
  headers: Readonly<Record<string, string | undefined>>,
): void {
  if (headers['if-match'] !== undefined && !takesIfMatch) throw notTaken('If-Match');
  if (headers['if-none-match'] !== undefined && method !== 'GET') throw notTaken('If-None-Match');
}

function notTaken(header: string): Problem {
  return new Problem(400, 'condition_not_taken', `This route does not take ${header}: send the request without it`);
}
