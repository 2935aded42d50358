import { expect, test } from 'vitest';
import { parseOrRefuse } from '../../shared/problem/read-as.ts';
import { saveHiddenSchema, withoutHidden } from '../../shared/vocabulary/hidden.ts';

const seenAt = (...places: string[]) =>
  new Map(places.map((place) => [place, { kinds: new Set(), values: new Set() }]));

test('what is hidden is left out, an event type with its fields', () => {
  const seen = seenAt('lead:a', 'account:a', 'event:V', 'event:V#a', 'event:V#a#b', 'event:Vi', 'event:W', 'event:W#a');
  const left = (...hidden: string[]) => [...withoutHidden(seen as never, hidden).keys()];
  expect(left('lead:a')).toEqual([...seen.keys()].slice(1));
  expect(left('event:V')).toEqual(['lead:a', 'account:a', 'event:Vi', 'event:W', 'event:W#a']);
  expect(left('event:V#a', 'lead:none')).toEqual([...seen.keys()].filter((place) => place !== 'event:V#a'));
});

test('a lead field with # in its name is no event', () => {
  expect([...withoutHidden(seenAt('lead:a#b') as never, ['lead:a']).keys()]).toEqual(['lead:a#b']);
});

test('names are sorted, each once', () => {
  const hidden = ['lead:b', 'event:V#a', 'lead:a', 'lead:b'];
  expect(parseOrRefuse(saveHiddenSchema, { hidden })).toEqual({ hidden: ['event:V#a', 'lead:a', 'lead:b'] });
});

test.each([
  [{}, '/hidden'],
  [{ hidden: 'lead:a' }, '/hidden'],
  [{ hidden: Array(301).fill('lead:a') }, '/hidden'],
  [{ hidden: ['lead:a', 'a'] }, '/hidden/1'],
  [{ hidden: ['event:'] }, '/hidden/0'],
  [{ hidden: ['event:V#'] }, '/hidden/0'],
  [{ hidden: [`lead:${'x'.repeat(296)}`] }, '/hidden/0'],
  [{ hidden: [], more: 1 }, '/more'],
])('%j is refused', (body, path) => {
  const refused = () => parseOrRefuse(saveHiddenSchema, body);
  expect(refused).toThrow(expect.objectContaining({ code: 'invalid', errors: [expect.objectContaining({ path })] }));
});
