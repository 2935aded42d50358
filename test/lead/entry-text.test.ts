import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entryKey, entryOf, readEntries, writeEntries } from '../../shared/lead/entry-text.ts';

function readAll(text: string): [string, unknown][] {
  const entries: [string, unknown][] = [];
  readEntries(text, (name, value) => entries.push([name, value]));
  return entries;
}

// The punctuation of the text itself, half a character, and names that begin like others.
const awkward = fc.string({
  unit: fc.constantFrom('a', 'b', '|', '=', ':', '%', '@', '"', ' ', '0', '\ud800', 'é', '😀'),
});
const value = fc.oneof(
  awkward,
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.array(awkward),
  fc.constant(null),
);

describe('entries as one text', () => {
  test('are read by a person', () => {
    const text = writeEntries([
      ['country', 'DE'],
      ['score', 42],
      ['tags', ['a', 'b']],
      ['city', null],
    ]);
    expect(text).toBe('|country=DE|score:42|tags:["a","b"]|city:null|');
  });

  test('are read as they were written, all and one by one', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(awkward, value), { selector: ([name]) => name }), (entries) => {
        const text = writeEntries(entries);
        // JSON has one zero.
        const written = entries.map(([name, of]) => [name, Object.is(of, -0) ? 0 : of]);
        expect(readAll(text)).toEqual(written);
        for (const [name, of] of written) expect(entryOf(text, entryKey(String(name)))).toEqual(of);
      }),
    );
  });

  test('that are not there are not found, whatever others hold or begin with', () => {
    const text = writeEntries([
      ['country_code', 'country'],
      ['note', '|country=DE|'],
      ['a=b', 1],
    ]);
    expect(entryOf(text, entryKey('country'))).toBeUndefined();
    expect(entryOf(text, entryKey('a'))).toBeUndefined();
    expect(entryOf(text, entryKey('note'))).toBe('|country=DE|');
    expect(entryOf('', entryKey('country'))).toBeUndefined();
  });
});
