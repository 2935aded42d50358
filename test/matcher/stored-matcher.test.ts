import { expect, test } from 'vitest';
import { unknownLead } from '../../shared/lead/lead-document.ts';
import { changeMatcher, type MatchedRules } from '../../shared/matcher/change-matcher.ts';
import { emptyMatcher, segmentsThatMayFlip } from '../../shared/matcher/matcher.ts';
import { restoreMatcher, type StoredMatcher, storedMatcher } from '../../shared/matcher/stored-matcher.ts';
import { type LeafRule, leafRules, type Rule } from '../../shared/rule/rule.ts';

const levels = { engagement: ['Cold', 'Hot'], profile: [], account: [] };
const slotOf = (rule: LeafRule) => {
  if (rule.type === 'segment') return undefined;
  if (rule.type === 'event_metadata') return `event:${rule.eventType}`;
  return 'field' in rule ? `lead:${rule.field}` : rule.type;
};
const matched = (segmentId: string, match: 'all' | 'any', ...rules: Rule[]): MatchedRules => {
  return { segmentId, match, rules, leaves: leafRules(rules), slotOf };
};
const compare = (field: string, operator: string, value?: unknown) =>
  ({ type: 'lead_metadata', field, operator, ...(value !== undefined && { value }) }) as Rule;
const hot: Rule = { type: 'engagement_level', operator: 'at_least', value: 'Hot' };
const viewed: Rule = { type: 'event_metadata', eventType: 'View', operator: 'exists' };
const member: Rule = { type: 'segment', segmentId: 'all', operator: 'in' };

const segments = [
  matched('none', 'all'),
  matched('all', 'all', compare('a', 'equals', 'x'), compare('b', 'not_in', ['y', 5])),
  matched('any', 'any', compare('b', 'in', ['y', 5]), hot),
  matched('shaped', 'all', member, { type: 'group', match: 'any', rules: [compare('a', 'equals', 'x'), viewed] }),
  matched('timed', 'any', compare('a', 'in_last_days', 3), compare('a', 'contains', 'x')),
];
const stored: StoredMatcher = {
  conjunctions: [1, 2],
  places: [
    {
      ...{ slot: 'lead:a', predicates: [1, 0, 4, 1], uses: [0, 0], negatedUses: [] },
      ...{
        shapedUses: [
          [0, [3]],
          [1, [4]],
        ],
        readers: [4],
      },
    },
    { slot: 'lead:b', predicates: [1, 1], uses: [], negatedUses: [0, 0, 0, 1], shapedUses: [], readers: [] },
    { slot: 'engagement_level', predicates: [2, 1], uses: [], negatedUses: [0, 1], shapedUses: [], readers: [] },
    { slot: 'event:View', predicates: [], uses: [], negatedUses: [], shapedUses: [], readers: [3] },
  ],
};

test('is what the matcher is, each predicate as the first rule that asks it', () => {
  expect(storedMatcher(segments, levels)).toEqual(stored);
  expect(storedMatcher([], levels)).toEqual({ conjunctions: [], places: [] });
});

test('restored, it is the matcher that was, and answers as it does', () => {
  const restored = restoreMatcher(JSON.parse(JSON.stringify(stored)), segments, levels);
  const compiled = changeMatcher(emptyMatcher, [], segments, levels);
  const plain = ({ placeBySlot, byUse, conjunctions }: typeof restored) => ({
    conjunctions,
    byUse: byUse.map((place) => [...placeBySlot].find(([, one]) => one === place)![0]),
    places: [...placeBySlot].map(([slot, { read: _read, index: _index, ...rules }]) => [slot, rules]),
  });
  expect(plain(restored)).toEqual(plain(compiled));
  const lead = { ...unknownLead('l'), attributes: { a: 'x', b: 5 }, engagementLevel: ['hot', 1] as const };
  const touched = ['lead:a', 'lead:b', 'engagement_level', 'event:View'];
  expect(segmentsThatMayFlip(restored, unknownLead('l'), lead, touched)).toEqual(
    segmentsThatMayFlip(compiled, unknownLead('l'), lead, touched),
  );
  expect(segmentsThatMayFlip(restored, unknownLead('l'), { ...lead, attributes: {} }, touched)).toEqual([
    { segmentId: 'timed', holds: undefined },
    { segmentId: 'shaped', holds: undefined },
    { segmentId: 'any', holds: true },
  ]);
});
