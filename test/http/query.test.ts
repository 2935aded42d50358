import { expect, test } from 'vitest';
import { checkQuery } from '../../shared/http/query.ts';
import { Problem } from '../../shared/problem/problem.ts';

function refusalOf(rawQuery: string, known: readonly string[]) {
  try {
    checkQuery(rawQuery, known);
  } catch (error) {
    if (error instanceof Problem) return error.toJSON();
    throw error;
  }
  return undefined;
}

test.each(['', 'limit=1', 'cursor=&limit=x', 'limit=1%262', '&&', 'li%6Dit=1'])(
  '%j has known parameters only',
  (rawQuery) => {
    expect(refusalOf(rawQuery, ['limit', 'cursor'])).toBeUndefined();
  },
);

test('every unknown parameter is told by its name, once', () => {
  expect(refusalOf('notfy=false&limit=1&Limit=2&notfy=x&__proto__', ['limit'])).toMatchObject({
    status: 422,
    code: 'invalid',
    errors: ['/notfy', '/Limit', '/__proto__'].map((path) => ({ path, message: 'is not a known parameter' })),
  });
  expect(refusalOf('a%2Fb=1', [])).toMatchObject({ errors: [{ path: '/a~1b' }] });
  const { errors, detail } = refusalOf(`${'k'.repeat(201)}=1`, ['limit'])!;
  expect(errors).toEqual([
    { path: '', code: 'unknown_parameter', message: 'has a parameter of 201 characters, which is not a known one' },
  ]);
  expect(detail).not.toMatch(/kkk/);
});

test('a parameter is given once', () => {
  expect(refusalOf('notify=false&limit=1&notify=false', ['notify', 'limit'])).toMatchObject({
    status: 422,
    errors: [{ path: '/notify', message: 'must be given once' }],
  });
});

test('the parameters of a signed URL are not ours', () => {
  expect(refusalOf('X-Amz-Signature=x&x-amz-expires=60&limit=1', ['limit'])).toBeUndefined();
  expect(refusalOf('X-Am=x', [])).toMatchObject({ errors: [{ path: '/X-Am' }] });
});
