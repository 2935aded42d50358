import { expect, test } from 'vitest';
import { readAs } from '../../shared/problem/read-as.ts';
import { isLevelKind, maximumLevels, saveLevelsSchema } from '../../shared/vocabulary/levels.ts';

const names = (count: number) => Array.from({ length: count }, (_, index) => `Level ${index}`);

test.each<[string, string[]]>([
  ['one name', ['Only']],
  ['as many as there can be', names(maximumLevels)],
  ['the longest name', ['x'.repeat(1_000)]],
  ['names of objects', ['constructor', '__proto__']],
])('takes %s', (_, levels) => {
  expect(saveLevelsSchema.parse({ levels })).toEqual({ levels });
});

test.each<[string, unknown, string[]]>([
  ['no levels', {}, ['/levels']],
  ['an empty list', { levels: [] }, ['/levels']],
  ['one too many', { levels: names(maximumLevels + 1) }, ['/levels']],
  ['one name that is no list', { levels: 'Cold' }, ['/levels']],
  ['a name that is no text', { levels: ['Cold', 7] }, ['/levels/1']],
  ['empty names', { levels: ['', ' ', 'Cold'] }, ['/levels/0', '/levels/1']],
  ['a name that is too long', { levels: ['x'.repeat(1_001)] }, ['/levels/0']],
  ['half a character', { levels: ['Cold', 'Hot\ud83d'] }, ['/levels/1']],
  ['a name twice', { levels: ['Cold', 'Hot', 'Cold'] }, ['/levels/2']],
  [
    'a name twice, written in other ways',
    { levels: ['Strauß', 'ＨＯＴ', ' hot', 'STRAUẞ'] },
    ['/levels/2', '/levels/3'],
  ],
  ['an unknown key', { levels: ['Cold'], order: 1 }, ['/order']],
])('refuses %s', (_, body, paths) => {
  const reading = readAs(saveLevelsSchema, body);
  expect(reading.success || reading.errors.map(({ path }) => path)).toEqual(paths);
});

test('there are levels of three kinds, and of nothing that every object has', () => {
  expect(['engagement', 'profile', 'account', 'Engagement', '', 'toString', '__proto__'].filter(isLevelKind)).toEqual([
    'engagement',
    'profile',
    'account',
  ]);
});
