import { describe, expect, it } from 'vitest';
import { edited, redone, startHistory, undone } from '../../console/drafts/edit-history.ts';
import { differences, putOnTop } from '../../console/drafts/rule-merge.ts';
import type { Rule } from '../../shared/rule/rule.ts';

const country = (id: string, value: string): Rule => ({
  id,
  type: 'lead_metadata',
  field: 'country',
  operator: 'equals',
  value,
});
const all = (...rules: Rule[]) => ({ match: 'all' as const, rules });
const shape = ({ rules }: { rules: readonly Rule[] }) =>
  rules.map((rule) => `${rule.id}:${'value' in rule ? rule.value : ''}`);
const group = (...rules: Rule[]): Rule => ({ id: 'g', type: 'group', match: 'any', rules });

describe('undo and redo', () => {
  it('goes back and forth, and forgets what was undone at the next edit', () => {
    let history = startHistory('a');
    history = edited(edited(history, 'b', undefined, 0), 'c', undefined, 0);
    expect(undone(undone(undone(history))).present).toBe('a');
    expect(redone(undone(history)).present).toBe('c');
    expect(redone(edited(undone(history), 'd', undefined, 0)).present).toBe('d');
  });

  it('takes back what was typed at one place in one go', () => {
    let history = edited(startHistory(''), 'G', 'r1', 5_000);
    history = edited(edited(history, 'Ge', 'r1', 5_200), 'Ger', 'r1', 5_400);
    expect(undone(history).present).toBe('');
    expect(undone(edited(history, 'Germ', 'r1', 7_000)).present).toBe('Ger');
    expect(undone(edited(history, 'x', 'r2', 5_500)).present).toBe('Ger');
  });
});

describe('my changes on top of theirs', () => {
  const base = all(country('a', 'A'), country('b', 'B'), country('c', 'C'));

  it.each([
    [
      'each changed another',
      all(country('a', 'X'), country('b', 'B'), country('c', 'C')),
      all(country('a', 'A'), country('b', 'Y'), country('c', 'C')),
      ['a:X', 'b:Y', 'c:C'],
    ],
    [
      'both changed one: mine',
      all(country('a', 'X'), country('b', 'B'), country('c', 'C')),
      all(country('a', 'Y'), country('b', 'B'), country('c', 'C')),
      ['a:Y', 'b:B', 'c:C'],
    ],
    [
      'both added one',
      all(...base.rules, country('t', 'T')),
      all(country('m', 'M'), ...base.rules),
      ['m:M', 'a:A', 'b:B', 'c:C', 't:T'],
    ],
    [
      'I removed one',
      all(country('a', 'X'), country('b', 'B'), country('c', 'C')),
      all(country('a', 'A'), country('c', 'C')),
      ['a:X', 'c:C'],
    ],
    [
      'they removed what I left',
      all(country('a', 'A'), country('c', 'C')),
      all(country('a', 'A'), country('b', 'B'), country('c', 'Y')),
      ['a:A', 'c:Y'],
    ],
    [
      'they removed what I changed',
      all(country('a', 'A'), country('c', 'C')),
      all(country('a', 'A'), country('b', 'Y'), country('c', 'C')),
      ['a:A', 'b:Y', 'c:C'],
    ],
    [
      'I changed the order',
      all(country('a', 'X'), country('b', 'B'), country('c', 'C'), country('t', 'T')),
      all(country('c', 'C'), country('b', 'B'), country('a', 'A')),
      ['c:C', 't:T', 'b:B', 'a:X'],
    ],
  ])('%s', (_, theirs, mine, expected) => {
    expect(shape(putOnTop(base, theirs, mine))).toEqual(expected);
  });

  it('merges a group that both changed', () => {
    const merged = putOnTop(
      all(group(country('a', 'A'), country('b', 'B'))),
      all(group(country('a', 'X'), country('b', 'B'))),
      all(group(country('a', 'A'), country('b', 'Y'))),
    );
    expect(merged.rules).toMatchObject([{ id: 'g', match: 'any', rules: [{ value: 'X' }, { value: 'Y' }] }]);
  });

  it('tells what each of us changed', () => {
    const theirs = { match: 'any' as const, rules: [country('a', 'X'), country('b', 'B')] };
    const mine = all(country('a', 'Y'), country('b', 'B'), country('c', 'C'));
    expect(differences(base, theirs, mine, (id) => id)).toEqual([
      {
        id: 'match',
        before: 'all of the rules hold',
        theirs: 'at least one of the rules holds',
        mine: 'all of the rules hold',
      },
      { id: 'a', before: 'country is "A"', theirs: 'country is "X"', mine: 'country is "Y"' },
      { id: 'c', before: 'country is "C"', theirs: undefined, mine: 'country is "C"' },
    ]);
  });
});
