import { expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import type { Handler } from '../../functions/api/handler-of-route.ts';
import { type AnswerBodyOf, defineRoute, noBody, problemsOf } from '../../shared/http/route.ts';
import { keyOf, routeAt, routes, routesByName } from '../../shared/http/routes.ts';

const route = defineRoute({
  method: 'PUT',
  path: '/things/{thingId}/parts/{part}',
  summary: 'Changes a part of a thing',
  who: 'writers',
  query: z.object({ size: z.string().transform(Number) }),
  body: z.strictObject({ name: z.string() }),
  takesIfMatch: true,
  answers: { 200: z.strictObject({ id: z.string() }), 202: { fileTypes: ['text/csv'] }, 204: 'nothing' },
  problems: ['not_found'],
});
type Answering = Handler<typeof route>;

test('a handler is asked what its route declares', () => {
  const handler: Answering = async ({ part, query, body }) => {
    expectTypeOf(part).parameter(0).toEqualTypeOf<'thingId' | 'part'>();
    expectTypeOf(query()).toEqualTypeOf<{ size: number }>();
    expectTypeOf(body()).toEqualTypeOf<{ name: string }>();
    return { status: 204 };
  };
  expect(handler).toBeTypeOf('function');
  expectTypeOf<AnswerBodyOf<typeof route>>().toEqualTypeOf<{ id: string } | undefined>();
});

// More than is declared is no fault for the compiler: what answers are checked with finds it.
test('the compiler refuses a handler that answers anything else', () => {
  const right: Answering[] = [
    async () => ({ status: 200, headers: { etag: '"1"' }, body: { id: 'a' } }),
    async () => ({ status: 202, file: new Uint8Array() }),
  ];
  const wrong: Answering[] = [
    // @ts-expect-error: another status
    async () => ({ status: 201, body: { id: 'a' } }),
    // @ts-expect-error: another type
    async () => ({ status: 200, body: { id: 7 } }),
    // @ts-expect-error: less
    async () => ({ status: 200, body: {} }),
    // @ts-expect-error: no body
    async () => ({ status: 200 }),
    // @ts-expect-error: a body where there is none
    async () => ({ status: 204, body: { id: 'a' } }),
  ];
  expect([right.length, wrong.length]).toEqual([2, 5]);
});

test('a problem that any request of its kind may be refused with is not declared again', () => {
  const ofAll = ['condition_not_taken', 'invalid', 'internal'];
  const ofBodies = ['body_not_json', 'body_too_deep', 'body_too_large', 'body_missing'];
  expect(problemsOf(route)).toEqual(['not_found', 'revision_moved', ...ofBodies, ...ofAll]);
  expect(problemsOf(routesByName.getHealth)).toEqual(ofAll);
  expect(problemsOf(routesByName.copySegment)).not.toContain('body_missing');
  expect(problemsOf(routesByName.recalculateSegment)).toContain('idempotency_key_reused');
});

test('every route is declared once, and found by its key', () => {
  const keys = routes.map(keyOf);
  expect(new Set(keys).size).toBe(keys.length);
  for (const one of routes) {
    expect(routeAt(keyOf(one))).toBe(one);
    if (one.method === 'GET' || one.method === 'DELETE') expect(one.body).toBe(noBody);
    if (one.method === 'GET') expect(one.who).toBe('readers');
    if (one.takesIfMatch) expect(one.who).toBe('writers');
  }
  expect(routeAt('GET /nothing')).toBeUndefined();
});
