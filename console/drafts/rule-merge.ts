import { describeRule } from '../../shared/rule/describe.ts';
import type { Rule } from '../../shared/rule/rule.ts';
import type { SegmentRules } from '../api/answers.ts';

type Rules = readonly Rule[];

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
const byId = (rules: Rules) => new Map(rules.map((rule) => [rule.id, rule]));

/**
 * My changes of `base` on top of what somebody else made of it. Where only they changed a rule it is theirs, where I did
 * it is mine; what is in a group that both changed is merged alike. Rules are known by their ids.
 */
export function putOnTop(base: SegmentRules, theirs: SegmentRules, mine: SegmentRules): SegmentRules {
  return {
    match: mine.match === base.match ? theirs.match : mine.match,
    rules: merged(base.rules, theirs.rules, mine.rules),
  };
}

function merged(base: Rules, theirs: Rules, mine: Rules): Rules {
  const [before, other, own] = [byId(base), byId(theirs), byId(mine)];
  const keptOf = (id: string | undefined): Rule | undefined => {
    const [was, they, i] = [before.get(id), other.get(id), own.get(id)];
    if (isSame(was, i)) return they;
    // Removed by me, or by them where I left it as it was; what I changed stays, even where they removed it.
    if (!i || !they || isSame(was, they)) return i;
    if (i.type !== 'group' || they.type !== 'group') return i;
    const inner = was?.type === 'group' ? was : undefined;
    const match = i.match === inner?.match ? they.match : i.match;
    return { ...i, match, rules: merged(inner?.rules ?? [], they.rules, i.rules) };
  };
  const idsOf = (rules: Rules) => rules.map(({ id }) => id);
  const kept = (ids: readonly (string | undefined)[]) => ids.filter((id) => other.has(id) || own.has(id));
  const isMineReordered = !isSame(
    kept(idsOf(base)).filter((id) => own.has(id)),
    idsOf(mine).filter((id) => before.has(id)),
  );
  // In the order of whoever changed it, what only the other one has after what it follows there.
  const [first, second] = isMineReordered ? [mine, theirs] : [theirs, mine];
  const order = idsOf(first);
  for (const [index, { id }] of second.entries()) {
    if (order.includes(id)) continue;
    const place = index === 0 ? 0 : order.indexOf(second[index - 1]!.id) + 1;
    order.splice(place, 0, id);
  }
  return order.flatMap((id) => keptOf(id) ?? []);
}

/** A rule, or how the rules combine, of which two people have two opinions. Sentences; undefined: it is not there. */
export interface Difference {
  readonly id: string;
  readonly before: string | undefined;
  readonly theirs: string | undefined;
  readonly mine: string | undefined;
}

const matchWords = { all: 'all of the rules hold', any: 'at least one of the rules holds' } as const;

/** What they and I changed, rule by rule. */
export function differences(
  base: SegmentRules,
  theirs: SegmentRules,
  mine: SegmentRules,
  nameOf: (segmentId: string) => string,
): Difference[] {
  const [before, other, own] = [byId(base.rules), byId(theirs.rules), byId(mine.rules)];
  const say = (rule: Rule | undefined) => rule && sayRule(rule, nameOf);
  const ids = [...new Set([...before.keys(), ...other.keys(), ...own.keys()])];
  const rules = ids.flatMap((id) => {
    const [was, they, i] = [before.get(id), other.get(id), own.get(id)];
    if (isSame(was, they) && isSame(was, i)) return [];
    return [{ id: id ?? '', before: say(was), theirs: say(they), mine: say(i) }];
  });
  if (base.match === theirs.match && base.match === mine.match) return rules;
  const match = ({ match }: SegmentRules) => matchWords[match];
  return [{ id: 'match', before: match(base), theirs: match(theirs), mine: match(mine) }, ...rules];
}

/** A rule may not be complete yet, and is then said by what it is. */
function sayRule(rule: Rule, nameOf: (segmentId: string) => string): string {
  try {
    return describeRule(rule, nameOf);
  } catch (error) {
    if (error instanceof TypeError) return 'a rule that is not complete';
    throw error;
  }
}
