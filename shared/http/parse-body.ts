import { isDeeperThan } from '../problem/input-limits.ts';
import { invalid, jsonPointer, Problem } from '../problem/problem.ts';

/** The longest body (bytes): several times the largest that can be valid. */
export const maximumBodyBytes = 1_000_000;
const maximumDepth = 40;

/**
 * The JSON of a body, a text or its UTF-8 bytes; `whenMissing` where there is none. Throws 413 when it is longer than any
 * body can need to be, 400 when it is not JSON, nested too deep, or missing where it must not be, 422 when its lists are
 * longer than those of any valid body.
 */
export function parseBody(body: string | Uint8Array | undefined, whenMissing?: unknown): unknown {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  if (bytes && bytes.length > maximumBodyBytes) {
    const detail = `The body has ${bytes.length} bytes; at most ${maximumBodyBytes} are possible`;
    throw new Problem(413, 'body_too_large', detail);
  }
  return parseText(typeof body === 'string' ? body : bytes && textOf(bytes), whenMissing);
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Problem(400, 'body_not_json', 'The body is not JSON: it is not UTF-8');
  }
}

function parseText(text: string | undefined, whenMissing: unknown): unknown {
  if (text === undefined || text.trim() === '') {
    if (whenMissing !== undefined) return whenMissing;
    throw new Problem(400, 'body_missing', 'The request needs a JSON body');
  }
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Problem(400, 'body_not_json', `The body is not JSON: ${error.message}`);
  }
  if (isDeeperThan(body, maximumDepth)) {
    throw new Problem(400, 'body_too_deep', `The body is nested more than ${maximumDepth} deep`);
  }
  refuseLongLists(body);
  return body;
}

/**
 * No valid body has more entries in its lists: 250 rules with 50 comparisons each, and the groups they are in; values of
 * rules have 200 KB of JSON. What changes say may be as long as values.
 */
const maximumEntries = { values: 100_000, others: 15_000 };
const namesOfValues = new Set(['value', 'attributes', 'metadata']);
const maximumShownLength = 200;

/** Refuses lists that are longer together (422), before anything in them is checked: each mistake takes time. */
function refuseLongLists(body: unknown): void {
  const left = { ...maximumEntries };
  const visit = (part: unknown, path: readonly string[], kind: keyof typeof left): void => {
    if (typeof part !== 'object' || part === null) return;
    if (Array.isArray(part)) {
      left[kind] -= part.length;
      if (left[kind] < 0) {
        const isShown = path.every((name) => name.length <= maximumShownLength);
        const message = `has ${part.length} entries; the lists of a body may have ${maximumEntries[kind]} in all`;
        throw invalid([{ path: isShown ? jsonPointer(path) : '', code: 'too_many', message }]);
      }
    }
    for (const [name, inner] of Object.entries(part))
      visit(inner, [...path, name], namesOfValues.has(name) ? 'values' : kind);
  };
  visit(body, [], 'others');
}
