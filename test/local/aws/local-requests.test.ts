import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalServer, listen } from '../../../local/aws/http-server.ts';
import { noPages, refusalOf } from '../../../local/aws/local-requests.ts';

const console = 'http://127.0.0.1:4605';
const callers = { origins: new Set([console]), jsonOnly: true };
const host = '127.0.0.1:4600';

describe('a request to the local run', () => {
  test.each([
    ['of a program', { host }],
    ['under the name of this machine', { host: 'localhost:4600' }],
    ['over IPv6', { host: '[::1]:4600' }],
    ['of the console', { host, origin: console }],
    ['of a page that this very server serves', { host, origin: `http://${host}` }],
    ['with JSON', { host, 'content-type': 'application/json; charset=utf-8', 'content-length': '2' }],
    ['with a form of JSON', { host, 'content-type': 'application/merge-patch+json', 'content-length': '2' }],
    ['with an empty body', { host, 'content-type': 'text/plain', 'content-length': '0' }],
  ])('is answered: %s', (_, headers) => {
    expect(refusalOf({ method: 'POST', headers }, callers)).toBeUndefined();
  });

  test.each([
    ['under a name that points here', { host: 'rebound.example:4600' }, 403],
    ['under a name that begins as this machine’s', { host: '127.0.0.1.example:4600' }, 403],
    ['without a host', {}, 403],
    ['of another page', { host, origin: 'https://somewhere.example' }, 403],
    ['of another page of this machine', { host, origin: 'http://localhost:3000' }, 403],
    ['of a page that hides where it is from', { host, origin: 'null' }, 403],
    ['with text', { host, 'content-type': 'text/plain', 'content-length': '2' }, 415],
    ['with a form', { host, 'content-type': 'application/x-www-form-urlencoded', 'content-length': '2' }, 415],
    ['with what says nothing of itself', { host, 'transfer-encoding': 'chunked' }, 415],
  ])('is refused: %s', (_, headers, status) => {
    expect(refusalOf({ method: 'POST', headers }, callers)?.status).toBe(status);
  });

  test('of the console, too, where no page has anything to do', () => {
    expect(refusalOf({ method: 'POST', headers: { host, origin: console } }, noPages)?.status).toBe(403);
  });
});

describe('a server of the local run', () => {
  let server: LocalServer;
  beforeAll(async () => {
    server = await listen((_request, response) => response.end('answered'), { what: 'test', flag: '', port: 0 });
  });
  afterAll(() => server.close());

  const statusOf = (headers: Record<string, string>) =>
    new Promise<number | undefined>((resolve, reject) => {
      const sent = request(server.url, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.on('error', reject).end();
    });

  test('answers programs of this machine, and no page under a name that points here', async () => {
    expect(await statusOf({})).toBe(200);
    expect(await statusOf({ host: 'rebound.example' })).toBe(403);
    expect(await statusOf({ origin: 'https://somewhere.example' })).toBe(403);
  });
});
