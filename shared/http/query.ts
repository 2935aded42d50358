import { type FieldError, invalid, unknownName } from '../problem/problem.ts';

/** Those of a signed URL, which AWS reads before us. */
const ofSignature = /^x-amz-/i;

/**
 * Refuses a query (as it was sent, without "?") with a parameter that the route does not know, or one given twice: a
 * misspelt wish is not to be ignored. Throws 422 with each by its name.
 */
export function checkQuery(rawQuery: string, known: readonly string[]): void {
  const names = [...new URLSearchParams(rawQuery).keys()].filter((name) => !ofSignature.test(name));
  const errors = [...new Set(names)].flatMap((name): FieldError[] => {
    if (!known.includes(name)) return [unknownName([], name, 'parameter')];
    const isRepeated = names.indexOf(name) !== names.lastIndexOf(name);
    return isRepeated ? [{ path: `/${name}`, code: 'repeated', message: 'must be given once' }] : [];
  });
  if (errors.length > 0) throw invalid(errors);
}
