import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { generateSource } from 'oazapfts';
import { beforeAll, expect, test, vi } from 'vitest';
import { keyOf, routes } from '../../shared/http/routes.ts';
import { useRunningStack } from '../journeys/running-stack.ts';

const running = useRunningStack();
const root = fileURLToPath(new URL('../..', import.meta.url));
/** Within the project, so that packages are found from there. */
const directory = join(root, 'reports', 'generated-client');

beforeAll(async () => {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const { body } = await running.current.api.get('/openapi.json');
  const contract = join(directory, 'openapi.json');
  writeFileSync(contract, JSON.stringify(body));
  writeFileSync(join(directory, 'client.ts'), await generateSource(contract));
  const calls = readFileSync(new URL('every-call.ts', import.meta.url), 'utf8');
  writeFileSync(join(directory, 'every-call.ts'), calls.replace("'generated-client'", "'./client.ts'"));
});

test('a client that is generated from the contract compiles, and every call is as it says', () => {
  const flags = [
    '--ignoreConfig',
    '--noEmit',
    '--strict',
    '--target',
    'ES2022',
    '--module',
    'NodeNext',
    '--types',
    'node',
  ];
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const files = ['--allowImportingTsExtensions', '--skipLibCheck', join(directory, 'every-call.ts')];
  const compile = () =>
    execFileSync(process.execPath, [compiler, ...flags, ...files], { cwd: directory, encoding: 'utf8' });
  // What it objects to is on its standard output.
  expect(objections(compile)).toBe('');
});

test('it makes every call there is', async () => {
  const called = new Set<string>();
  const asked = globalThis.fetch;
  vi.stubGlobal('fetch', async (...[input, init]: Parameters<typeof fetch>) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    const method = init?.method ?? 'GET';
    const route = routes.find((one) => one.method === method && patternOf(one.path).test(pathname));
    if (route) called.add(keyOf(route));
    return asked(input, init);
  });
  try {
    const { everyCall } = await import(pathToFileURL(join(directory, 'every-call.ts')).href);
    await everyCall(running.current.file.apiUrl.replace(/\/$/, ''));
  } finally {
    vi.unstubAllGlobals();
  }
  expect(routes.map(keyOf).filter((key) => !called.has(key))).toEqual([]);
  expect(running.current.problems).toEqual([]);
});

test.each(['README.md', 'docs/api.md'])('the calls of %s are answered', async (file) => {
  const calls = [
    ...readFileSync(join(root, file), 'utf8').matchAll(/^curl -s ("[^"]+"|\S+)((?:\\\n|[^'\n]|'[^']*')*)/gm),
  ];
  expect(calls.length).toBeGreaterThan(0);
  for (const [, url = '', rest = ''] of calls) {
    const path = url.replaceAll('"', '').replace(/^(\$API_URL|http:\/\/127\.0\.0\.1:\d+)/, '');
    const body = /-d '([^']*)'/.exec(rest)?.[1];
    const { status } = await running.current.api.request(body ? 'POST' : 'GET', path, body ? { text: body } : {});
    expect({ path, body, isDone: status < 300 }).toEqual({ path, body, isDone: true });
  }
});

const patternOf = (path: string) => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`);

function objections(compile: () => string): string {
  try {
    return compile();
  } catch (error) {
    return String((error as { stdout?: string }).stdout ?? error);
  }
}
