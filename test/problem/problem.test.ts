import { describe, expect, test } from 'vitest';
import {
  type FieldError,
  invalid,
  jsonPointer,
  notFound,
  Problem,
  relocated,
  unknownSegment,
} from '../../shared/problem/problem.ts';
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
  const errors: FieldError[] = [
    { path: '/a', code: 'wrong_type', message: 'is wrong' },
    { path: '/b', code: 'empty', message: 'too' },
  ];
  expect(invalid(errors).toJSON()).toMatchObject({ status: 422, detail: '/a: is wrong (and 1 more)', errors });
  expect(invalid([{ path: '', code: 'wrong_type', message: 'is no object' }]).message).toBe('is no object');
});

test('of very many mistakes a hundred are listed, all are counted', () => {
  const wrong = (index: number): FieldError => ({ path: `/${index}`, code: 'wrong_type', message: 'is wrong' });
  const problem = invalid(Array.from({ length: 100_000 }, (_, index) => wrong(index)));
  expect(problem.errors).toHaveLength(100);
  expect(problem.message).toBe('/0: is wrong (and 99999 more)');
});

test('a path is a JSON Pointer', () => {
  expect(jsonPointer([])).toBe('');
  expect(jsonPointer(['rules', 0, 'a/b', 'c~d', ''])).toBe('/rules/0/a~1b/c~0d/');
});

describe('a refused save whose body has just some of the segment', () => {
  const refused = invalid([unknownSegment('/rules/1/segmentId', 'seg_x')]);
  const inBody = (path: string) => (path.startsWith('/rules/1/') ? path.slice('/rules/1'.length) : undefined);

  test('is told where in the body it is', () => {
    expect((relocated(refused, inBody) as Problem).toJSON()).toMatchObject({
      detail: '/segmentId: there is no segment seg_x',
      errors: [{ path: '/segmentId', code: 'not_found', message: 'there is no segment seg_x', segmentIds: ['seg_x'] }],
    });
  });

  test('or, where it is not in the body, where in the segment', () => {
    expect((relocated(refused, () => undefined) as Problem).toJSON()).toMatchObject({
      detail: '/rules/1/segmentId of the segment: there is no segment seg_x',
      errors: [{ path: '', code: 'not_found', segmentPath: '/rules/1/segmentId', segmentIds: ['seg_x'] }],
    });
  });

  test('keeps the status and words of a conflict, and what is no problem with errors', () => {
    const taken: FieldError = { path: '/name', code: 'name_taken', message: 'Taken', segmentIds: ['seg_x'] };
    expect((relocated(new Problem(409, 'name_taken', 'Taken', [taken]), () => undefined) as Problem).toJSON()).toEqual({
      ...{ type: 'about:blank', title: 'Conflict', status: 409, code: 'name_taken', detail: 'Taken' },
      errors: [{ ...taken, path: '', segmentPath: '/name' }],
    });
    for (const other of [new Error('broken'), notFound('segment', 'x')]) expect(relocated(other, inBody)).toBe(other);
  });
});

test('who is asked to try again later is told when', () => {
  const later = Object.entries(problemStatuses).flatMap(([code, status]) =>
    [429, 503].includes(status) ? [code] : [],
  );
  expect(Object.keys(retryAfterSeconds).sort()).toEqual([...later, 'request_in_progress'].sort());
});
