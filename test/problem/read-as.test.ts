import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Problem } from '../../shared/problem/problem.ts';
import { parseOrRefuse, readAs } from '../../shared/problem/read-as.ts';

const schema = z.strictObject({
  count: z.int().min(1).max(5).optional(),
  share: z.number().min(0).optional(),
  list: z.array(z.string()).min(1).max(2).optional(),
  word: z.enum(['a', 'b', 'c']).optional(),
  one: z.literal('x').optional(),
  flag: z.boolean().optional(),
  at: z.iso.datetime('must be a moment').optional(),
  kind: z
    .discriminatedUnion('type', [z.strictObject({ type: z.literal('q') }), z.strictObject({ type: z.literal('r') })])
    .optional(),
  own: z
    .string()
    .refine((text) => text !== 'no', { error: 'is refused', params: { code: 'repeated' } })
    .optional(),
});
const errorsOf = (value: unknown) => {
  const reading = readAs(schema, value);
  return reading.success ? [] : reading.errors.map(({ path, code, message }) => `${path} ${code}: ${message}`);
};

test('what is valid is read', () => {
  const value = { count: 1, share: 0.5, list: ['a'], word: 'a', one: 'x', flag: true, kind: { type: 'q' } };
  expect(readAs(schema, value)).toEqual({ success: true, data: value });
  expect(parseOrRefuse(schema, value)).toEqual(value);
});

describe('each mistake has a code, and words of ours', () => {
  test.each<[unknown, string]>([
    [{ count: 0 }, '/count too_small: must be at least 1'],
    [{ count: 6 }, '/count too_large: must be at most 5'],
    [{ count: 1.5 }, '/count wrong_type: must be a whole number'],
    [{ count: JSON.parse('1e400') }, '/count too_large: is a number beyond 1.8e308'],
    [{ share: JSON.parse('-1e400') }, '/share too_small: is a number beyond 1.8e308'],
    [{ share: null }, '/share wrong_type: must be a number'],
    [{ list: 'a' }, '/list wrong_type: must be a list'],
    [{ list: [] }, '/list empty: must not be empty'],
    [{ list: ['a', 'b', 'c'] }, '/list too_many: must have at most 2 entries'],
    [{ list: [7] }, '/list/0 wrong_type: must be text'],
    [{ word: 'd' }, '/word unknown_value: must be a, b or c'],
    [{ one: 'y' }, '/one unknown_value: must be x'],
    [{ flag: 'true' }, '/flag wrong_type: must be true or false'],
    [{ at: 'x' }, '/at invalid_format: must be a moment'],
    [{ kind: 7 }, '/kind wrong_type: must be an object'],
    [{ kind: {} }, '/kind/type required: is required'],
    [{ kind: { type: 's' } }, '/kind/type unknown_value: must be q or r'],
    [{ own: 'no' }, '/own repeated: is refused'],
    [{ more: 1 }, '/more unknown_key: is not a known key'],
    [[], ' wrong_type: must be an object'],
  ])('%j', (value, error) => {
    expect(errorsOf(value)).toEqual([error]);
  });

  test('of what is missing, whatever its type', () => {
    const required = z.strictObject({
      a: z.string(),
      b: z.int(),
      c: z.enum(['x']),
      d: z.array(z.string()),
      e: z.boolean(),
    });
    const reading = readAs(required, {});
    expect(reading.success || reading.errors).toEqual(
      ['/a', '/b', '/c', '/d', '/e'].map((path) => ({ path, code: 'required', message: 'is required' })),
    );
  });
});

test('unknown keys are reported each at its own path', () => {
  const inner = z.strictObject({ list: z.array(z.strictObject({ a: z.number() })) });
  const reading = readAs(inner, { list: [{ a: 1, b: 2, c: 3 }], d: 4 }, ['base']);
  expect(reading.success || reading.errors.map(({ path }) => path)).toEqual([
    '/base/list/0/b',
    '/base/list/0/c',
    '/base/d',
  ]);
  expect(() => parseOrRefuse(inner, {})).toThrow(Problem);
});

test('a very long key is not repeated', () => {
  const reading = readAs(z.strictObject({ a: z.strictObject({}) }), { a: { ['k'.repeat(201)]: 1 } });
  const message = 'has a key of 201 characters, which is not a known one';
  expect(reading.success || reading.errors).toEqual([{ path: '/a', code: 'unknown_key', message }]);
});
