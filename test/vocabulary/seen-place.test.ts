import { describe, expect, test } from 'vitest';
import { createKeyedHash } from '../../shared/privacy/keyed-hash.ts';
import { noteMention, type SeenPlace, sightingOf, unseenPlace } from '../../shared/vocabulary/seen-place.ts';

const hash = createKeyedHash('a key of tests');
const mention = (values: Record<string, string[]>, kinds = ['text']) => ({
  kinds: new Set(kinds) as Set<never>,
  values: new Map(Object.entries(values).map(([value, ids]) => [value, new Set(ids)])),
});
const note = (before: SeenPlace, values: Record<string, string[]>, today = 0) =>
  noteMention('lead:city', before, mention(values), today, hash);
const valuesOf = (seen: SeenPlace, today = 0) => [...sightingOf(seen, today).values];
const five = ['a', 'b', 'c', 'd', 'e'];

describe('a value', () => {
  test('is kept once five share it, whenever each of them came', () => {
    let seen = unseenPlace(0);
    for (const id of ['a', 'b', 'b', 'c', 'd']) seen = note(seen, { Ulm: [id] });
    expect(valuesOf(seen)).toEqual([]);
    expect(valuesOf(note(seen, { Ulm: ['e'] }))).toEqual(['Ulm']);
    expect(valuesOf(note(unseenPlace(0), { Ulm: five }))).toEqual(['Ulm']);
  });

  test('that fewer share is stored by a hash only, and so is who has it', () => {
    const stored = JSON.stringify(note(unseenPlace(0), { Ulm: ['ada', 'bob'], Bonn: ['ada'] }));
    expect(stored).not.toMatch(/Ulm|Bonn|ada|bob/);
    const other = noteMention('lead:city', unseenPlace(0), mention({ Ulm: ['ada'] }), 0, createKeyedHash('another'));
    expect(Object.keys(other.candidates)[0]).not.toBe(
      Object.keys(note(unseenPlace(0), { Ulm: ['ada'] }).candidates)[0],
    );
  });

  test('is no news again for a week, and forgotten 90 days after it was stored last', () => {
    const seen = note(unseenPlace(0), { Ulm: five });
    expect(note(seen, { Ulm: ['z'] }, 6)).toBe(seen);
    const again = note(seen, { Ulm: ['z'] }, 7);
    expect(again).not.toBe(seen);
    expect([valuesOf(seen, 89), valuesOf(seen, 90), valuesOf(again, 96)]).toEqual([['Ulm'], [], ['Ulm']]);
    const later = noteMention('lead:city', seen, mention({ Bonn: five }), 90, hash);
    expect(JSON.stringify(later)).not.toContain('Ulm');
  });

  test('is not counted where fifty are kept already', () => {
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`v${index}`, five]));
    const seen = note(unseenPlace(0), many);
    expect(valuesOf(seen)).toHaveLength(50);
    expect(note(seen, { Ulm: ['a'] })).toBe(seen);
  });
});

describe('values of which each is somebody’s own', () => {
  const own = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`name ${index}`, [`id ${index}`]]));

  test('take no more than twenty places, and one more is no news', () => {
    const seen = note(unseenPlace(0), own);
    expect(Object.keys(seen.candidates)).toHaveLength(20);
    expect(note(seen, { Ulm: ['a'] })).toBe(seen);
  });

  test('give way after a week; a value that five share at once never waits', () => {
    const seen = note(unseenPlace(0), own);
    expect(valuesOf(note(seen, { Ulm: five }))).toEqual(['Ulm']);
    let later = note(seen, { Ulm: ['a'] }, 7);
    for (const id of five) later = note(later, { Ulm: [id] }, 8);
    expect(valuesOf(later, 8)).toEqual(['Ulm']);
    expect(Object.keys(later.candidates)).toHaveLength(19);
  });
});

test('kinds are forgotten as values are', () => {
  const seen = noteMention('lead:city', unseenPlace(0), mention({}, ['number']), 0, hash);
  const later = noteMention('lead:city', seen, mention({}, ['text']), 60, hash);
  expect([[...sightingOf(later, 60).kinds], [...sightingOf(later, 90).kinds]]).toEqual([['number', 'text'], ['text']]);
});

test('names that every object has are values like any other', () => {
  const seen = note(unseenPlace(0), { ['__proto__']: five, constructor: five });
  expect(valuesOf(JSON.parse(JSON.stringify(seen))).sort()).toEqual(['__proto__', 'constructor']);
});
