import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { rulesOrRefuse } from '../../shared/http/body-schemas.ts';
import { checkIfMatch } from '../../shared/http/if-match.ts';
import { cursorOf, shardPositionSchema } from '../../shared/http/pages.ts';
import { paged } from '../../shared/http/parameters.ts';
import { parseBody } from '../../shared/http/parse-body.ts';
import { isPossibleId } from '../../shared/problem/input-limits.ts';
import { Problem } from '../../shared/problem/problem.ts';
import { parseOrRefuse } from '../../shared/problem/read-as.ts';

function refused(act: () => unknown) {
  try {
    act();
  } catch (error) {
    if (error instanceof Problem) return error.toJSON();
    throw error;
  }
  throw new Error('Nothing was refused');
}

describe('a body', () => {
  test('is its JSON', () => {
    expect(parseBody(' {"a": [1, null]} ')).toEqual({ a: [1, null] });
    expect(parseBody('0')).toBe(0);
    expect(Object.keys(parseBody('{"__proto__": 1}') as object)).toEqual(['__proto__']);
  });

  test.each([
    [undefined, 'body_missing'],
    ['', 'body_missing'],
    [' \t\r\n', 'body_missing'],
    ['{', 'body_not_json'],
    ["{'a': 1}", 'body_not_json'],
    ['undefined', 'body_not_json'],
    ['{"a": NaN}', 'body_not_json'],
  ])('%j is refused with 400 %s', (text, code) => {
    expect(refused(() => parseBody(text))).toMatchObject({ status: 400, code });
  });

  test('may be nested 40 deep, not deeper, however much deeper', () => {
    const nested = (depth: number) => `${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`;
    expect(() => parseBody(nested(40))).not.toThrow();
    for (const depth of [42, 1_000, 200_000]) {
      expect(refused(() => parseBody(nested(depth)))).toMatchObject({ status: 400, code: 'body_too_deep' });
    }
  });

  test('has a million bytes at most', () => {
    const text = (bytes: number) => `"${'ü'.repeat((bytes - 2) / 2)}"`;
    expect(parseBody(text(1_000_000))).toHaveLength(499_999);
    expect(refused(() => parseBody(text(1_000_002)))).toMatchObject({ status: 413, code: 'body_too_large' });
  });

  test('may come as bytes, if they are UTF-8', () => {
    expect(parseBody(new TextEncoder().encode('"Zürich"'))).toBe('Zürich');
    expect(parseBody(new Uint8Array(), {})).toEqual({});
    const latin1 = Uint8Array.from('"Z\u00fcrich"', (letter) => letter.charCodeAt(0));
    expect(refused(() => parseBody(latin1))).toMatchObject({ status: 400, code: 'body_not_json' });
  });

  test('may have as many entries in its lists as something valid can have', () => {
    const list = (length: number) => Array.from({ length }, (_, index) => index % 10);
    const valid = { leadIds: list(15_000), more: [], value: [list(50_000), { in: list(49_000) }] };
    expect(parseBody(JSON.stringify(valid))).toEqual(valid);
  });

  test.each<[string, object, string]>([
    ['one list', { rules: Array(15_001).fill(1) }, '/rules'],
    ['many lists', { rules: Array(200).fill({ type: 'group', rules: Array(100).fill(1) }) }, '/rules/148/rules'],
    ['values', { rules: [{ value: Array(60_000).fill({}) }, { value: [Array(60_000).fill({})] }] }, '/rules/1/value/0'],
    ['a list under a very long name', { a: { ['k'.repeat(201)]: Array(15_001).fill(1) } }, ''],
  ])('is refused before anything in it is looked at when it has more: %s', (_, body, path) => {
    expect(refused(() => parseBody(JSON.stringify(body)))).toMatchObject({
      status: 422,
      code: 'invalid',
      errors: [{ path, message: expect.stringMatching(/entries/) }],
    });
  });
});

/** The page that a query asks for. */
const pageRequest = <Position>(query: object, position: z.ZodType<Position>) =>
  parseOrRefuse(z.object(paged(position)), query);

describe('a page', () => {
  const position = z.object({ shard: z.int(), after: z.string().optional() });

  test('has 50 entries from the start unless something else is asked for', () => {
    expect(pageRequest({}, position)).toEqual({ limit: 50 });
    expect(pageRequest({ limit: '500' }, position).limit).toBe(500);
    expect(pageRequest({ limit: '1' }, position).limit).toBe(1);
  });

  test.each(['0', '501', '-1', '1.5', 'x', '', ' ', 'Infinity', '1,2', '1e2', '0x10', '١', '1e400'])(
    'is not limited to %j',
    (limit) => {
      expect(refused(() => pageRequest({ limit }, position))).toMatchObject({
        status: 422,
        errors: [{ path: '/limit' }],
      });
    },
  );

  test('goes on where its cursor says', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 31 }),
        fc.option(fc.string({ unit: 'grapheme-ascii' }), { nil: undefined }),
        (shard, after) => {
          const place = { shard, ...(after !== undefined && { after }) };
          const cursor = cursorOf(place);
          expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
          expect(pageRequest({ cursor }, position).cursor).toEqual(place);
        },
      ),
    );
  });

  test('refuses any cursor it did not give out, whatever it is', () => {
    const strict = z.strictObject({ only: z.literal('ours') });
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (cursor) => {
        expect(refused(() => pageRequest({ cursor }, strict))).toMatchObject({ errors: [{ path: '/cursor' }] });
      }),
    );
  });
});

test('a place in a list of leads is after something that can be a lead', () => {
  const cursor = (after: string) => ({ cursor: btoa(JSON.stringify({ shard: 3, after })) });
  expect(pageRequest(cursor('lead-1'), shardPositionSchema).cursor).toEqual({ shard: 3, after: 'lead-1' });
  for (const after of ['', '\ud800', '"', 'a b', '\u0001', 'x'.repeat(129)]) {
    expect(refused(() => pageRequest(cursor(after), shardPositionSchema))).toMatchObject({ status: 422 });
  }
});

test('an id that cannot be a key is never looked up', () => {
  expect(['seg_01JT8Q5M3V6W0N9X2Z4A7B8C1D', '__proto__'].every(isPossibleId)).toBe(true);
  expect(['', ' ', '\ud800', 'ü', '\u0000', 'x'.repeat(129)].some(isPossibleId)).toBe(false);
});

describe('If-Match', () => {
  test.each([undefined, '*', ' *', '"3"', 'W/"3"', '3', '"1", "3"', '"1",W/"3"'])('%j fits revision 3', (header) => {
    expect(() => checkIfMatch(header, 3)).not.toThrow();
  });

  test.each(['"4"', 'W/"4"', '', '"03"', '"3x"', '"33"', '"1", "2"'])('%j does not', (header) => {
    expect(refused(() => checkIfMatch(header, 3))).toMatchObject({ status: 412, code: 'revision_moved' });
  });
});

test('rules after an edit keep to the limits', () => {
  const rule = { type: 'engagement_level', operator: 'is_empty' } as const;
  expect(rulesOrRefuse(Array(250).fill(rule))).toHaveLength(250);
  expect(refused(() => rulesOrRefuse(Array(251).fill(rule)))).toMatchObject({ status: 422 });
});
