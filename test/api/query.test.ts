import { describe, expect, test } from 'vitest';
import { keyOf, routes } from '../../shared/http/routes.ts';
import { useApiRoom } from './api-room.ts';

const api = useApiRoom();

const send = (routeKey: string, query: string) => {
  const [method = '', path = ''] = routeKey.split(' ');
  return api.send({ method, path: `${path.replace(/\{\w+\}/g, 'x')}?${query}` });
};

async function expectRefusal(routeKey: string, query: string, errors: readonly object[]): Promise<void> {
  const { status, headers, text } = await send(routeKey, query);
  expect([status, headers['content-type']]).toEqual([422, 'application/problem+json']);
  expect(JSON.parse(text)).toMatchObject({ code: 'invalid', errors });
}

const parametersOf = routes.map((route) => [keyOf(route), Object.keys(route.query.shape)] as const);

describe.each(parametersOf)('%s', (routeKey, query) => {
  test('refuses a parameter that it does not know, by name', () =>
    expectRefusal(routeKey, 'notfy=false', [{ path: '/notfy', message: 'is not a known parameter' }]));

  test.each(query)('knows %s, which comes once', async (name) => {
    expect((await send(routeKey, `${name}=true`)).text).not.toContain('is not a known parameter');
    await expectRefusal(routeKey, `${name}=1&${name}=1`, [{ path: `/${name}`, message: 'must be given once' }]);
  });
});

test('a misspelt wish for silence saves nothing', async () => {
  const create = (query: string) => api.send({ method: 'POST', path: `/segments?${query}`, body: '{"name":"Silent"}' });
  expect((await create('notfy=false')).status).toBe(422);
  expect((await create('notify=false')).status).toBe(201);
});
