import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { serveConsole } from '../../../local/gateway/serve-console.ts';
import { temporaryDirectory } from '../temporary-directory.ts';

async function served(): Promise<string> {
  const directory = join(temporaryDirectory(), 'console');
  mkdirSync(join(directory, 'assets'), { recursive: true });
  writeFileSync(join(directory, 'index.html'), '<h1>Console</h1>');
  writeFileSync(join(directory, 'assets', 'index-1.js'), 'start()');
  writeFileSync(join(directory, '..', 'secret.txt'), 'secret');
  const listener = { what: 'console', flag: '--console-port', port: 0 };
  const server = await serveConsole(directory, { apiUrl: 'http://127.0.0.1:1' }, listener);
  onTestFinished(() => server.close());
  return server.url;
}

/** The status of a path sent as it is: fetch would tidy it up first. */
function statusOf(url: string, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { path }, (answer) => resolve(answer.resume().statusCode))
      .once('error', reject)
      .end();
  });
}

it('serves the built console, and tells it where the API is', async () => {
  const url = await served();
  const page = await fetch(url);
  expect(await page.text()).toBe('<h1>Console</h1>');
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('cache-control')).toBe('no-cache');
  expect(await (await fetch(`${url}/config.json`)).json()).toEqual({ apiUrl: 'http://127.0.0.1:1' });
  const script = await fetch(`${url}/assets/index-1.js`);
  expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect(script.headers.get('cache-control')).toContain('immutable');
});

it.each(['/missing.js', '/../secret.txt', '/..%2fsecret.txt', '/assets', '/%00', '/%'])(
  'has nothing at %s',
  async (path) => {
    expect(await statusOf(await served(), path)).toBe(404);
  },
);
