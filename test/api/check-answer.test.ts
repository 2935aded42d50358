import { expect, test } from 'vitest';
import { z } from 'zod';
import { checkAnswer, checkProblem } from '../../functions/api/check-answer.ts';
import { defineRoute } from '../../shared/http/route.ts';
import { Problem } from '../../shared/problem/problem.ts';

const route = defineRoute({
  method: 'GET',
  path: '/things/{thingId}',
  summary: 'One thing',
  who: 'readers',
  answers: {
    200: z.strictObject({ id: z.string(), size: z.int().optional() }),
    202: { fileTypes: ['text/csv', 'image/gif'] },
    204: 'nothing',
  },
  problems: ['not_found'],
});

const file = Buffer.from('id\r\na');

test.each([
  { status: 200, body: { id: 'a' } },
  { status: 200, headers: { etag: '"1"' }, body: { id: 'a', size: undefined } },
  { status: 202, headers: { 'content-type': 'image/gif' }, file },
  { status: 204 },
])('%j is what the route declares', (answer) => {
  expect(() => checkAnswer(route, answer)).not.toThrow();
});

test.each([
  [{ status: 201, body: { id: 'a' } }, 'GET /things/{thingId} does not declare that it answers 201'],
  [{ status: 200, body: { id: 'a', colour: 'red' } }, '/colour: is not a known key'],
  [{ status: 200, body: { size: 1 } }, '/id: '],
  [{ status: 200, body: { id: 7 } }, '/id: '],
  [{ status: 200 }, 'does not declare what it answers'],
  [{ status: 202, body: 'id\r\na' }, '202 is text/csv or image/gif'],
  [{ status: 202, file }, '202 is text/csv or image/gif'],
  [{ status: 202, headers: { 'content-type': 'image/png' }, file }, '202 is text/csv or image/gif'],
  [{ status: 204, body: {} }, '204 is nothing'],
  [{ status: 204, file }, '204 is nothing'],
])('%j is not', (answer, fault) => {
  expect(() => checkAnswer(route, answer)).toThrow(fault);
});

test('a problem is one that the route declares, with the status of its code', () => {
  expect(() => checkProblem(route, new Problem(404, 'not_found', 'There is none'))).not.toThrow();
  expect(() => checkProblem(route, new Problem(422, 'invalid', 'Nobody knows it'))).not.toThrow();
  expect(() => checkProblem(route, new Problem(409, 'name_taken', 'There is another'))).toThrow('name_taken');
  expect(() => checkProblem(route, new Problem(422, 'not_found', 'There is none'))).toThrow(
    'not_found is 404, not 422',
  );
});
