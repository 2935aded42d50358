import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { builtConsole } from '../../local/built-console.ts';

it('is built as it is served, not for developers, whoever builds it', async () => {
  expect(process.env.NODE_ENV).toBe('test');
  const assets = join(await builtConsole(), 'assets');
  const scripts = readdirSync(assets).filter((name) => name.endsWith('.js'));
  const texts = scripts.map((name) => readFileSync(join(assets, name), 'utf8'));
  // What React says of errors instead of its messages for developers.
  expect(texts.some((text) => text.includes('Minified React error #'))).toBe(true);
  expect(texts.some((text) => text.includes('Expected `onClick` listener to be a function'))).toBe(false);
});
