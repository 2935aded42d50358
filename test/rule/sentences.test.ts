import { expect, test } from 'vitest';
import { Chance } from '../../oracle/chance.ts';
import type { Json } from '../../oracle/oracle.ts';
import { randomRule } from '../../oracle/random-world.ts';
import { describeRules } from '../../shared/rule/describe.ts';
import { timesOf } from '../../shared/rule/event-condition.ts';
import { operatorNames } from '../../shared/rule/operator.ts';
import { type EventRule, type Match, type Rule, rulesInputSchema } from '../../shared/rule/rule.ts';
import { type Meaning, parseSentence } from './sentence-parser.ts';

const worlds = Number(process.env.SENTENCE_SEEDS ?? 3_000);

/** Names that could be taken for what sentences say themselves. */
const nasty = [
  ...['is', 'not', 'did', 'the', 'level', 'or', 'and', 'in', 'engagement', 'profile', 'engagement level', 'true', '7'],
  ...[
    'a is "x"',
    '" or b is "',
    'x (or is empty)',
    ')',
    '(',
    'at least once',
    "the account's",
    'is in the segment "x"',
  ],
  ...[
    'a\\',
    '\\"',
    'a"b',
    'line\nend',
    ' padded ',
    'größe',
    'país',
    '工',
    '😀',
    'a.b-c_d',
    '-a',
    '1a',
    'a,b',
    'x", "y',
    'never',
  ],
];
const segmentIds = ['seg_1', 'seg_2'];
const names = new Map([
  ['seg_1', 'in the segment "x" and b is "y'],
  ['seg_2', 'Customers'],
]);
const nameOf = (id: string) => names.get(id)!;
const idOf = (name: string) => [...names].find(([, other]) => other === name)![0];

/** The rule with other names and texts in it, here and there. */
function renamed(chance: Chance, part: unknown, key = ''): unknown {
  if (Array.isArray(part)) return part.map((inner) => renamed(chance, inner, key));
  if (typeof part === 'object' && part !== null) {
    return Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, renamed(chance, inner, name)]));
  }
  const isName = key === 'field' || key === 'eventType';
  const isText = key === 'value' && typeof part === 'string' && !/^\d{4}-/.test(part);
  return (isName || isText) && chance.is(0.4) ? chance.oneOf(nasty) : part;
}

const comparisonOf = ({ field, operator, value }: Json): Meaning => ({
  ...(field !== undefined && { field }),
  operator,
  ...(value !== undefined && { value }),
});

/** What a rule means, in the one form that all rules of the same meaning have. */
function meaningOf(rule: Rule): Meaning {
  const { id: _id, ...rest } = rule as Rule & Json;
  if (rule.type === 'group') {
    const match = rule.rules.length === 1 && rule.match === 'any' ? 'all' : rule.match;
    return { type: 'group', match, rules: rule.rules.map(meaningOf) };
  }
  if (rule.type !== 'event_metadata') return rest;
  const { eventType, field, and = [], withinDays } = rule;
  const own = field === undefined ? [] : [comparisonOf(rest)];
  const comparisons = [...own, ...and.map((part) => comparisonOf({ ...part }))];
  const counts = timesOf(rule as EventRule);
  return { type: rule.type, eventType, comparisons, ...counts, ...(withinDays !== undefined && { withinDays }) };
}

const meaningOfAll = (match: Match, rules: readonly Rule[]): Meaning => ({
  match: rules.length === 1 ? 'all' : match,
  rules: rules.map(meaningOf),
});

test(`${worlds} random lists of rules are read back from their sentences`, () => {
  const operators = new Set<string>();
  const bySentence = new Map<string, string>();
  for (let seed = 1; seed <= worlds; seed++) {
    const chance = new Chance(seed);
    const match = chance.oneOf(['all', 'any'] as const);
    const random = chance.some(4, () => randomRule(chance, 1_700_000_000_000, segmentIds));
    const rules = rulesInputSchema.parse(renamed(chance, random));
    const sentence = describeRules(match, rules, nameOf);
    const meaning = meaningOfAll(match, rules);
    expect(parseSentence(sentence, idOf)).toEqual(meaning);
    // Said the other way round: no two meanings have one sentence.
    const text = JSON.stringify(meaning);
    expect(bySentence.get(sentence) ?? text).toBe(text);
    bySentence.set(sentence, text);
    for (const [, operator = ''] of text.matchAll(/"operator":"(\w+)"/g)) operators.add(operator);
  }
  expect([...operators].sort()).toEqual([...operatorNames].sort());
});

test.each([
  ['', 'the name of a field'],
  ['a is "x', 'a text in quotes'],
  ['a is not "x"', ' (or is empty)'],
  ['a exists and b exists or c exists', 'the end'],
  ['(a exists', ')'],
  ['did "x" where a exists', ' '],
])('%j is no sentence', (sentence, expected) => {
  expect(() => parseSentence(sentence, idOf)).toThrow(`Expected ${expected}`);
});
