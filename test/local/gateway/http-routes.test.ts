import { request } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listen } from '../../../local/aws/http-server.ts';
import { anyPage } from '../../../local/aws/local-requests.ts';
import { serveHttpApi } from '../../../local/gateway/http-api.ts';
import type { Cors } from '../../../local/gateway/http-cors.ts';
import { collectingLog } from '../../../local/log.ts';

/** An API whose every route answers with its key and the path parameters. */
async function served(keys: string[], cors?: Cors): Promise<string> {
  const routes = keys.map((key) => ({
    key,
    target: {
      invoke: async (event: string) => {
        const { routeKey, pathParameters = {} } = JSON.parse(event);
        const headers = { 'access-control-allow-origin': 'of the function', 'content-length': '1' };
        return { statusCode: 200, headers, body: JSON.stringify({ routeKey, pathParameters }) };
      },
    },
  }));
  const listener = { what: 'HTTP API', flag: '--port', port: 0 };
  const server = await listen(serveHttpApi({ id: 'api', routes, cors }, collectingLog()), listener, anyPage);
  onTestFinished(() => server.close());
  return server.url;
}

const keys = [
  '$default',
  'ANY /{proxy+}',
  'GET /segments',
  'GET /segments/{segmentId}',
  'ANY /segments/{segmentId}',
  'GET /segments/newest',
  'GET /segments/{segmentId}/rules/{ruleId}',
  'GET /segments/{path+}',
];

describe('routes', () => {
  it.each<[method: string, path: string, key: string, parameters: Record<string, string>]>([
    ['GET', '/segments', 'GET /segments', {}],
    ['GET', '/segments/seg_1', 'GET /segments/{segmentId}', { segmentId: 'seg_1' }],
    ['PATCH', '/segments/seg_1', 'ANY /segments/{segmentId}', { segmentId: 'seg_1' }],
    ['GET', '/segments/newest', 'GET /segments/newest', {}],
    ['GET', '/segments/newest?a=/b', 'GET /segments/newest', {}],
    ['GET', '/segments/a%252Fb%20c%25', 'GET /segments/{segmentId}', { segmentId: 'a%2Fb c%' }],
    ['GET', '/segments/a%2Fb', 'GET /segments/{path+}', { path: 'a/b' }],
    ['GET', '/segments/a%3Fb%23', 'GET /segments/{segmentId}', { segmentId: 'a' }],
    ['GET', '/segments/%23a?b', 'GET /segments/{segmentId}', { segmentId: '#a' }],
    ['GET', '/segments/100%', 'GET /segments/{segmentId}', { segmentId: '100%' }],
    ['GET', '/segments/s/rules/r', 'GET /segments/{segmentId}/rules/{ruleId}', { segmentId: 's', ruleId: 'r' }],
    ['GET', '/segments/s/members', 'GET /segments/{path+}', { path: 's/members' }],
    ['POST', '/other/path', 'ANY /{proxy+}', { proxy: 'other/path' }],
    ['GET', '/', '$default', {}],
  ])('%s %s takes %s', async (method, path, routeKey, pathParameters) => {
    const response = await fetch((await served(keys)) + path, { method });
    expect(await response.json()).toEqual({ routeKey, pathParameters });
  });

  it.each([
    ['POST', '/segments'],
    ['GET', '/segments/'],
    ['HEAD', '/segments'],
    ['OPTIONS', '/segments'],
  ])('has none for %s %s where only GET /segments is', async (method, path) => {
    expect((await fetch((await served(['GET /segments'])) + path, { method })).status).toBe(404);
  });

  it('has HEAD where the template has it', async () => {
    const url = await served(['HEAD /segments', 'ANY /leads']);
    const statusOf = async (path: string, method: string) => (await fetch(url + path, { method })).status;
    expect([await statusOf('/segments', 'HEAD'), await statusOf('/leads', 'HEAD')]).toEqual([200, 200]);
    expect(await statusOf('/segments', 'GET')).toBe(404);
  });

  it('leaves a path as it was sent, dots and all', async () => {
    const url = await served(['ANY /{proxy+}']);
    const body = await new Promise<string>((resolve, reject) => {
      request(url, { path: '/a/../b' }, async (answer) => resolve(String(await answer.toArray())))
        .once('error', reject)
        .end();
    });
    expect(JSON.parse(body).pathParameters).toEqual({ proxy: 'a/../b' });
  });
});

describe('CORS', () => {
  const cors = {
    AllowOrigins: ['https://*.example'],
    AllowMethods: ['GET', 'PUT'],
    ExposeHeaders: ['etag'],
    MaxAge: 60,
  };
  const ask = async (method: string, headers: Record<string, string>, given: Cors | undefined = cors) => {
    const response = await fetch(`${await served(['ANY /items'], given)}/items`, { method, headers });
    const entries = [...response.headers].filter(([name]) => name.startsWith('access-control-'));
    return { status: response.status, ...Object.fromEntries(entries) };
  };
  const origin = 'https://console.example';
  const preflight = { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'x-mine' };

  it('answers a preflight by itself, and allows no header that the template does not', async () => {
    expect(await ask('OPTIONS', preflight)).toEqual({
      status: 204,
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'GET,PUT',
      'access-control-expose-headers': 'etag',
      'access-control-max-age': '60',
    });
    const allowing = { ...cors, AllowHeaders: ['content-type', 'if-match'] };
    expect(await ask('OPTIONS', preflight, allowing)).toMatchObject({
      'access-control-allow-headers': 'content-type,if-match',
    });
  });

  it('says nothing to another origin, in no answer', async () => {
    expect(await ask('OPTIONS', { ...preflight, origin: 'https://example.org' })).toEqual({ status: 204 });
    expect(await ask('GET', { origin: 'https://example.org' })).toEqual({ status: 200 });
  });

  it('adds to what a function answers, in place of what the function says', async () => {
    const told = { 'access-control-allow-origin': origin, 'access-control-expose-headers': 'etag' };
    expect(await ask('GET', { origin })).toEqual({ status: 200, ...told });
  });

  it('hands over OPTIONS that asks for no method', async () => {
    expect((await ask('OPTIONS', { origin })).status).toBe(200);
  });

  it('lets any origin in, by its name only when it may bring credentials', async () => {
    const any = { AllowOrigins: ['*'] };
    expect(await ask('GET', { origin }, any)).toEqual({ status: 200, 'access-control-allow-origin': '*' });
    expect(await ask('GET', { origin }, { ...any, AllowCredentials: true })).toEqual({
      status: 200,
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
    });
  });

  it('is the function’s own affair where the template has none', async () => {
    const response = await fetch(`${await served(['ANY /items'])}/items`, { headers: { origin } });
    expect(response.headers.get('access-control-allow-origin')).toBe('of the function');
  });
});
