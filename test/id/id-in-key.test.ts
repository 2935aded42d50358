import fc from 'fast-check';
import { expect, test } from 'vitest';
import { idInKey, idOfKey, isAfterInKeys } from '../../shared/id/id-in-key.ts';
import { maximumIdLength } from '../../shared/id/outside-id.ts';
import { anyId } from './any-id.ts';

test.each([
  ["o'neil!#x@x.example", "o'neil%21%23x@x.example"],
  ['100%#', '100%25%23'],
  ['%23', '%2523'],
  ['a/b', 'a/b'],
  ['𠮷', '%u20bb7'],
  ['ann@x.example', 'ann@x.example'],
  ['müller&söhne|=-$*?^`{}~', 'müller&söhne|=-$*?^`{}~'],
])('%s is %s in keys', (id, key) => {
  expect(idInKey(id)).toBe(key);
  expect(idOfKey(key)).toBe(id);
});

test('every id is read again, and has nothing in its key that parts keys or sorts before that', () => {
  fc.assert(
    fc.property(anyId, (id) => {
      expect(idOfKey(idInKey(id))).toBe(id);
      expect(idInKey(id)).not.toMatch(/[!-#]|[\u{10000}-\u{10ffff}]/u);
    }),
  );
});

test('keys sort alike by characters and by bytes, and those that begin alike are of ids that do', () => {
  fc.assert(
    fc.property(anyId, anyId, (a, b) => {
      const byBytes = Buffer.compare(Buffer.from(idInKey(a)), Buffer.from(idInKey(b)));
      expect(isAfterInKeys(a, b)).toBe(byBytes > 0);
      expect(idInKey(b).startsWith(idInKey(a))).toBe(b.startsWith(a));
    }),
  );
});

test.each(['東', '#', '𠮷'])(
  'two of the longest ids, of %s, and a moment have room in a key of DynamoDB',
  (character) => {
    const key = idInKey(character.repeat(maximumIdLength / character.length));
    expect(Buffer.byteLength(`${key}#2026-01-01T00:00:00.000Z#${key}`)).toBeLessThanOrEqual(1_024);
  },
);
