import { expect, test } from 'vitest';
import { z } from 'zod';
import { fieldErrors, invalid, jsonPointer, notFound, Problem, parseOrRefuse } from '../../shared/problem/problem.ts';
import { problemStatuses, retryAfterSeconds } from '../../shared/problem/problem-codes.ts';

test('a problem has the shape of RFC 9457 and a stable code', () => {
  expect(JSON.parse(JSON.stringify(new Problem(409, 'name_taken', 'Taken')))).toEqual({
    type: 'about:blank',
    title: 'Conflict',
    status: 409,
    code: 'name_taken',
    detail: 'Taken',
  });
  expect(notFound('lead', 'l1').toJSON()).toMatchObject({
    status: 404,
    code: 'not_found',
    detail: 'There is no lead l1',
  });
});

test('an invalid body is told by its first error and how many more there are', () => {
  const errors = [
    { path: '/a', message: 'is wrong' },
    { path: '/b', message: 'too' },
  ];
  expect(invalid(errors).toJSON()).toMatchObject({ status: 422, detail: '/a: is wrong (and 1 more)', errors });
  expect(invalid([{ path: '', message: 'is no object' }]).message).toBe('is no object');
});

test('of very many mistakes a hundred are listed, all are counted', () => {
  const problem = invalid(Array.from({ length: 100_000 }, (_, index) => ({ path: `/${index}`, message: 'is wrong' })));
  expect(problem.errors).toHaveLength(100);
  expect(problem.message).toBe('/0: is wrong (and 99999 more)');
});

test('a very long key is not repeated', () => {
  const result = z.strictObject({ a: z.strictObject({}) }).safeParse({ a: { ['k'.repeat(201)]: 1 } });
  const message = 'has a key of 201 characters, which is not a known one';
  expect(fieldErrors(result.error!)).toEqual([{ path: '/a', message }]);
});

test('a path is a JSON Pointer', () => {
  expect(jsonPointer([])).toBe('');
  expect(jsonPointer(['rules', 0, 'a/b', 'c~d', ''])).toBe('/rules/0/a~1b/c~0d/');
});

test('unknown keys are reported each at its own path', () => {
  const schema = z.strictObject({ list: z.array(z.strictObject({ a: z.number() })) });
  const result = schema.safeParse({ list: [{ a: 1, b: 2, c: 3 }], d: 4 });
  expect(fieldErrors(result.error!).map(({ path }) => path)).toEqual(['/list/0/b', '/list/0/c', '/d']);
  expect(() => parseOrRefuse(schema, {})).toThrow(Problem);
  expect(parseOrRefuse(schema, { list: [] })).toEqual({ list: [] });
});

test('who is asked to try again later is told when', () => {
  const later = Object.entries(problemStatuses).flatMap(([code, status]) =>
    [429, 503].includes(status) ? [code] : [],
  );
  expect(Object.keys(retryAfterSeconds).sort()).toEqual([...later, 'request_in_progress'].sort());
});
