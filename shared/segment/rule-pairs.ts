import type { GroupRule, Rule } from '../rule/rule.ts';

/** A rule with the group it is in. */
export interface PlacedRule {
  readonly rule: Rule;
  /** Undefined at the top. */
  readonly parent: GroupRule | undefined;
  /** What the rule says, as text without ids: the same text is the same rule. */
  readonly content: string;
}

/** Two lists of rules side by side. */
interface RulePairs {
  /** Gone with all that is in them, so rules in a group that is gone are not listed beside it. */
  readonly removed: readonly PlacedRule[];
  /** New with all that is in them. */
  readonly added: readonly PlacedRule[];
  /** There before and after. */
  readonly kept: readonly { readonly before: PlacedRule; readonly after: PlacedRule; readonly isMoved: boolean }[];
  /** Whether rules that stayed where they are follow each other in another order. */
  readonly isReordered: boolean;
}

/** Pairs rules by their ids, wherever they are nested; those that are left by what they say, since ids may be left out. */
export function pairRules(before: readonly Rule[], after: readonly Rule[]): RulePairs {
  const old = [...place(before)];
  const pairOf = new Map<PlacedRule, PlacedRule>();
  const free = new Set(old);
  const pairUp = (placed: PlacedRule, keyOf: (rule: PlacedRule) => string | undefined) => {
    const key = keyOf(placed);
    if (key === undefined || pairOf.has(placed)) return;
    const partner = [...free].find((candidate) => keyOf(candidate) === key);
    if (!partner) return;
    pairOf.set(placed, partner);
    free.delete(partner);
  };
  const current = [...place(after)];
  // A rule that became a group, or the other way round, is another rule: what is in the group came or went with it.
  for (const placed of current) pairUp(placed, ({ rule }) => rule.id && `${rule.type === 'group'} ${rule.id}`);
  for (const placed of current) pairUp(placed, ({ content }) => content);

  const added = new Set(current.filter((placed) => !pairOf.has(placed)));
  const groupPairOf = new Map<GroupRule, Rule | undefined>();
  for (const now of current) if (now.rule.type === 'group') groupPairOf.set(now.rule, pairOf.get(now)?.rule);
  const isSamePlace = (then: PlacedRule, now: PlacedRule) =>
    now.parent ? then.parent !== undefined && then.parent === groupPairOf.get(now.parent) : then.parent === undefined;
  const kept = current.flatMap((now) => {
    const then = pairOf.get(now);
    return then ? [{ before: then, after: now, isMoved: !isSamePlace(then, now) }] : [];
  });
  const stayed = kept.filter(({ isMoved }) => !isMoved).map((pair) => old.indexOf(pair.before));
  return {
    removed: outermost([...free]),
    added: outermost([...added]),
    kept,
    isReordered: stayed.some((index, position) => position > 0 && index < stayed[position - 1]!),
  };
}

function* place(rules: readonly Rule[], parent?: GroupRule): Generator<PlacedRule> {
  for (const rule of rules) {
    yield { rule, parent, content: contentOf(rule) };
    if (rule.type === 'group') yield* place(rule.rules, rule);
  }
}

function outermost(placed: readonly PlacedRule[]): PlacedRule[] {
  const listed = new Set(placed.map(({ rule }) => rule));
  return placed.filter(({ parent }) => !parent || !listed.has(parent));
}

/** Keys in one order and without ids; a group says what its rules say. */
export function contentOf(rule: Rule): string {
  return JSON.stringify(rule, (key, value) => {
    if (key === 'id') return undefined;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
