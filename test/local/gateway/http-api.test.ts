import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FixtureStack, startFixture } from '../fixture/fixture-stack.ts';

const state = mkdtempSync(join(tmpdir(), 'http-api-'));
let fixture: FixtureStack;
let url: string;

beforeAll(async () => {
  fixture = await startFixture(state);
  url = fixture.stack.file.apiUrl;
});

afterAll(async () => {
  await fixture.stack.stop();
  rmSync(state, { recursive: true });
});

async function echo(path: string, init?: RequestInit) {
  const response = await fetch(url + path, init);
  return (await response.json()) as {
    event: APIGatewayProxyEventV2;
    environment: Record<string, string>;
    remainingMs: number;
  };
}

describe('the HTTP API', () => {
  it('hands over the event of payload format 2.0', async () => {
    const { event } = await echo('/items/a%20b%252Fc?tag=x&tag=y%20z&empty=', {
      headers: { 'X-Custom': 'Value', cookie: 'a=1; b=2', origin: 'https://elsewhere.example' },
    });
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'GET /items/{itemId}',
      rawPath: '/items/a b%2Fc',
      rawQueryString: 'tag=x&tag=y%20z&empty=',
      queryStringParameters: { tag: 'x,y z', empty: '' },
      pathParameters: { itemId: 'a b%2Fc' },
      cookies: ['a=1', 'b=2'],
      headers: { 'x-custom': 'Value' },
      requestContext: {
        http: { method: 'GET', path: '/items/a b%2Fc' },
        stage: '$default',
        routeKey: 'GET /items/{itemId}',
      },
      isBase64Encoded: false,
    });
    expect(event.headers).not.toHaveProperty('cookie');
    expect(event).not.toHaveProperty('body');
  });

  it('gives a function the environment of the template and nothing of this machine', async () => {
    const { environment, remainingMs } = await echo('/items/newest');
    const { tables, queues, region } = fixture.stack.file;
    expect(environment).toEqual({
      ITEMS_TABLE: tables.items,
      ORDERS_QUEUE_URL: queues.orders?.url,
      AWS_REGION: region,
    });
    expect(remainingMs).toBeGreaterThan(1_000);
    expect(remainingMs).toBeLessThanOrEqual(2_000);
  });

  it.each<[string, string | Uint8Array<ArrayBuffer>, string | undefined, string, boolean]>([
    ['JSON as text', '{"ä":1}', 'application/json', '{"ä":1}', false],
    ['problem JSON as text', '{}', 'application/problem+json', '{}', false],
    ['a form in base64', 'a=1', 'application/x-www-form-urlencoded', 'YT0x', true],
    ['bytes in base64', new Uint8Array([0, 255]), 'application/octet-stream', 'AP8=', true],
    ['text that is none in base64', new Uint8Array([0, 255]), 'text/plain', 'AP8=', true],
  ])('hands over %s', async (_name, body, type, expected, isBase64Encoded) => {
    const { event } = await echo('/files/deep/er', {
      method: 'PUT',
      body,
      ...(type && { headers: { 'content-type': type } }),
    });
    expect(event).toMatchObject({
      routeKey: 'ANY /files/{proxy+}',
      pathParameters: { proxy: 'deep/er' },
      body: expected,
      isBase64Encoded,
    });
  });

  it('answers with status, headers and cookies of the function', async () => {
    const response = await fetch(`${url}/items/newest`);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('set-cookie')).toBe('seen=1; Path=/');
  });

  it('refuses a body above 10 MB', async () => {
    const response = await fetch(`${url}/files/big`, { method: 'POST', body: 'x'.repeat(10 * 1024 * 1024 + 1) });
    expect(response.status).toBe(413);
    expect(await response.json()).toEqual({ message: 'Request Entity Too Large' });
  });

  it('refuses what would be too large an event for Lambda', async () => {
    const send = (body: string) => fetch(`${url}/files/big`, { method: 'POST', body });
    expect((await send('x'.repeat(6_291_556))).status).toBe(413);
    expect((await send('x'.repeat(3_000_000))).status).toBe(200);
  });

  it('has no answer where Lambda would have none, because it is too large', async () => {
    // Each quotation mark takes four bytes in the JSON of an answer whose body is JSON.
    const response = await fetch(`${url}/files/big`, { method: 'POST', body: '"'.repeat(3_000_000) });
    expect([response.status, await response.json()]).toEqual([500, { message: 'Internal Server Error' }]);
    expect(fixture.problems.join()).toContain('Echo failed: Function.ResponseSizeTooLarge');
  });

  it('hands over a query parameter of any name', async () => {
    const { event } = await echo('/items/newest?__proto__=x&constructor=y&__proto__=z');
    expect(Object.entries(event.queryStringParameters!)).toEqual([
      ['__proto__', 'x,z'],
      ['constructor', 'y'],
    ]);
  });

  it('tells a client nothing of why a function failed', async () => {
    const response = await fetch(`${url}/fail`, { method: 'POST' });
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ message: 'Internal Server Error' });
    expect(fixture.problems.join()).toContain('Echo failed: Error: asked to fail');
  });

  it('ends a function that takes longer than its timeout, and runs the next call', async () => {
    expect((await fetch(`${url}/files/slow`)).status).toBe(500);
    expect((await fetch(`${url}/files/quick`)).status).toBe(200);
  });

  it('answers 404 where there is no route', async () => {
    const response = await fetch(`${url}/nowhere`);
    expect([response.status, await response.json()]).toEqual([404, { message: 'Not Found' }]);
  });

  it('lets the origins of the template in, and no others', async () => {
    const preflight = (origin: string) =>
      fetch(`${url}/items/newest`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'GET' } });
    const allowed = await preflight('https://console.example');
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://console.example');
    expect(allowed.headers.get('access-control-allow-methods')).toBe('*');
    const refused = await preflight('https://elsewhere.example');
    expect(refused.headers.get('access-control-allow-origin')).toBeNull();
    const answer = await fetch(`${url}/items/newest`, { headers: { origin: 'https://console.example' } });
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://console.example');
  });

  it('runs several calls at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => fetch(`${url}/files/${at}`)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
  });
});
