import { expect, test } from 'vitest';
import { isChanged, levelChanges, levelProblems, namesLevel } from '../../console/settings/level-changes.ts';
import type { Rule } from '../../shared/rule/rule.ts';

const row = (name: string, stored: string | undefined = name) => ({ key: name, name, stored });
const stored = ['Cold', 'Warm', 'Hot'];

test('levels that are left alone change nothing', () => {
  expect(
    isChanged(
      levelChanges(
        stored,
        stored.map((name) => row(name)),
      ),
    ),
  ).toBe(false);
});

test('what is renamed, removed, added and moved is told apart', () => {
  const rows = [row('Lukewarm', 'Warm'), row('Cold'), { key: 'new', name: 'Boiling', stored: undefined }];
  expect(levelChanges(stored, rows)).toEqual({
    added: ['Boiling'],
    removed: ['Hot'],
    renamed: [{ from: 'Warm', to: 'Lukewarm' }],
    isReordered: true,
  });
  expect(levelChanges(stored, [row('Cold'), row('Hot')])).toMatchObject({ removed: ['Warm'], isReordered: false });
});

test('a level needs a name that no other has, however it is written', () => {
  expect([...levelProblems([row('Hot'), row(' '), row('HOT')])]).toEqual([
    [1, 'Enter a name.'],
    [2, 'Another level has this name.'],
  ]);
});

test('a rule names a level wherever it is nested, in a list as well', () => {
  const inList: Rule = { type: 'engagement_level', operator: 'in', value: ['Warm', 'hot'] };
  const group: Rule = { type: 'group', match: 'none', rules: [inList] };
  expect(namesLevel([group], 'engagement_level', ['Hot'])).toBe(true);
  expect(namesLevel([group], 'engagement_level', ['Cold'])).toBe(false);
  expect(namesLevel([group], 'profile_level', ['Hot'])).toBe(false);
});
