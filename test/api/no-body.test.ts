import { beforeAll, describe, expect, test } from 'vitest';
import { noBody } from '../../shared/http/route.ts';
import { keyOf, routes } from '../../shared/http/routes.ts';
import { useApiRoom } from './api-room.ts';

const room = useApiRoom();
const isHot = { type: 'engagement_level', operator: 'equals', value: 'Hot' };
const bodiless = routes.filter(({ method, body }) => method !== 'GET' && body === noBody);
const places = { segmentId: '', ruleId: '', revision: '1', leadId: 'lead-1' };

beforeAll(async () => {
  const { id, rules } = await room.client.create({ name: 'Kept', active: true, rules: [isHot] });
  Object.assign(places, { segmentId: id, ruleId: rules[0].id });
});

const pathOf = (path: string) =>
  Object.entries(places).reduce((whole, [name, value]) => whole.replace(`{${name}}`, value), path);

test('there are such routes, restoring and recalculating among them', () => {
  const keys = bodiless.map(keyOf);
  expect(keys).toContain('POST /segments/{segmentId}/recalculate');
  expect(keys).toContain('POST /segments/{segmentId}/revisions/{revision}/restore');
  expect(keys).toContain('DELETE /segments/{segmentId}');
});

describe.each(bodiless.map((route) => [keyOf(route), route] as const))('%s', (_, { method, path }) => {
  test.each([
    ['an unknown key', '{"revision":2}', 422, 'invalid'],
    ['what is no object', '[]', 422, 'invalid'],
    ['null', 'null', 422, 'invalid'],
    ['broken JSON', '{"a":', 400, 'body_not_json'],
    ['what is no JSON', 'name=x', 400, 'body_not_json'],
    ['JSON nested very deep', `{"a":${'['.repeat(50)}${']'.repeat(50)}}`, 400, 'body_too_deep'],
    ['2 MB', JSON.stringify('x'.repeat(2_000_000)), 413, 'body_too_large'],
  ])('refuses %s', async (_what, body, status, code) => {
    const answer = await room.send({ method, path: pathOf(path), body });
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([status, code]);
    if (body.startsWith('{"revision')) {
      expect(JSON.parse(answer.text).errors).toMatchObject([{ path: '/revision', code: 'unknown_key' }]);
    }
  });
});

test('nothing was done, and is done with no body, an empty one or an empty object', async () => {
  expect(await room.client.segment(places.segmentId)).toMatchObject({ revision: 1, rules: [isHot] });
  const path = pathOf('/segments/{segmentId}/recalculate');
  for (const body of [undefined, '', ' \n', '{}']) {
    expect((await room.send({ method: 'POST', path, body })).status).toBe(202);
  }
});
