import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { eventTypeSchema, hasAtMost, textOf, textProblem } from '../../shared/rule/text-schema.ts';

describe('characters are code points', () => {
  test.each([
    ['', 0, true],
    ['abc', 3, true],
    ['abcd', 3, false],
    ['😀😀😀', 3, true],
    ['😀😀😀😀', 3, false],
    ['aaaaaaa', 3, false],
    ['a😀b', 3, true],
  ])('%j has at most %i: %s', (text, most, is) => {
    expect(hasAtMost(text, most)).toBe(is);
  });
});

test.each([
  ['😀'.repeat(5), undefined],
  ['x'.repeat(6), 'too_long'],
  ['', 'empty'],
  [' \t\n', 'empty'],
  ['\u00a0\u3000', 'empty'],
  [' '.repeat(6), 'too_long'],
  ['a\ud83d', 'ill_formed'],
])('a text of five characters: %j is refused as %s', (text, code) => {
  expect(textProblem(text, 5)?.code).toBe(code);
  expect(textOf(5).safeParse(text).success).toBe(code === undefined);
});

test('one that may be empty may be, and is still no longer and well-formed', () => {
  const schema = textOf(5, { mayBeEmpty: true });
  expect(['', '  ', '😀'.repeat(5)].every((text) => schema.safeParse(text).success)).toBe(true);
  expect(['x'.repeat(6), '\ud83d', 7, null].some((text) => schema.safeParse(text).success)).toBe(false);
});

test('the type of an event has up to 100 characters, none of them #', () => {
  expect(['Page View', '😀'.repeat(100)].every((text) => eventTypeSchema.safeParse(text).success)).toBe(true);
  expect(['', ' ', '😀'.repeat(101), 'a#b'].some((text) => eventTypeSchema.safeParse(text).success)).toBe(false);
});

test('the contract tells how long a text may be', () => {
  expect(z.toJSONSchema(textOf(5))).toMatchObject({ type: 'string', minLength: 1, maxLength: 5 });
  const blank = z.toJSONSchema(textOf(7, { mayBeEmpty: true }));
  expect(blank).toMatchObject({ type: 'string', maxLength: 7 });
  expect(blank).not.toHaveProperty('minLength');
});
