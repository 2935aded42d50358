import { describeRule, type SegmentNames } from '../../shared/rule/describe.ts';
import type { Rule } from '../../shared/rule/rule.ts';

/** A rule of two revisions, in words: as it was and as it is; one of them is missing where it came or went. */
export interface RuleDifference {
  readonly before?: string;
  readonly after?: string;
  readonly isSame: boolean;
}

/**
 * The rules of two revisions side by side, in the order of the later one; those that are gone come last. A rule is the same
 * one by its id, or else by what it says.
 */
export function diffRules(before: readonly Rule[], after: readonly Rule[], nameOf: SegmentNames): RuleDifference[] {
  const said = before.map((rule) => ({ id: rule.id, words: describeRule(rule, nameOf) }));
  const left = new Set(said);
  const take = (fits: (one: (typeof said)[number]) => boolean) => {
    const found = [...left].find(fits);
    if (found) left.delete(found);
    return found;
  };
  const rows = after.map((rule) => ({ rule, words: describeRule(rule, nameOf) }));
  const byId = rows.map(({ rule }) => (rule.id === undefined ? undefined : take(({ id }) => id === rule.id)));
  const here = rows.map(({ words }, place): RuleDifference => {
    const found = byId[place] ?? take((one) => one.words === words);
    return { ...(found && { before: found.words }), after: words, isSame: found?.words === words };
  });
  return [...here, ...[...left].map(({ words }): RuleDifference => ({ before: words, isSame: false }))];
}
