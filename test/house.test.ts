import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const folders = ['shared', 'functions', 'infra', 'local', 'console', 'bench', 'test'];

interface SourceFile {
  path: string;
  text: string;
}

async function readSources(): Promise<SourceFile[]> {
  const sources: SourceFile[] = [];
  for (const folder of folders) {
    if (!existsSync(join(root, folder))) continue;
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name).slice(root.length);
      if (!entry.isFile() || !/\.[jt]sx?$/.test(path) || /(^|\/)(node_modules|dist)\//.test(path)) continue;
      sources.push({ path, text: readFileSync(join(root, path), 'utf8') });
    }
  }
  return sources;
}

/** The module names in a file's import and export statements, dynamic imports too. */
function importsOf(text: string): string[] {
  const pattern = /(?:^|\s)(?:import|export)\s[^;'"]*?\sfrom\s*'([^']+)'|\bimport\s*\(?\s*'([^']+)'/g;
  return [...text.matchAll(pattern)].map(([, from, plain]) => from ?? plain ?? '');
}

/** What a file belongs to: a folder, a single function, or `shared/aws`. */
function roomOf(path: string): string {
  if (path.startsWith('shared/aws/')) return 'shared/aws';
  if (path.startsWith('functions/api/')) return 'functions/api';
  if (path.startsWith('functions/')) return path.replace(/\.ts$/, '');
  return path.split('/')[0] ?? '';
}

/** Which rooms each folder's files may import besides their own. */
const neighbours: Record<string, readonly string[]> = {
  shared: [],
  'shared/aws': ['shared'],
  functions: ['shared', 'shared/aws'],
  infra: ['shared'],
  local: ['shared', 'shared/aws'],
  console: ['shared'],
  bench: ['shared', 'shared/aws', 'functions', 'infra', 'local'],
  test: ['shared', 'shared/aws', 'functions', 'infra', 'local', 'console', 'bench'],
};

/** Which packages each folder's files may import; the other folders any. */
const packagesOf: Record<string, RegExp> = {
  shared: /^zod$/,
  'shared/aws': /^(zod|ulid|aws-lambda|csv-stringify\/sync|(@aws-sdk|@smithy)\/.+|node:.+)$/,
  functions: /^(zod|aws-lambda|(@middy|@aws-lambda-powertools|@aws-sdk)\/.+)$/,
  infra: /^(aws-cdk-lib(\/.+)?|constructs|cdk-nag|esbuild|node:.+)$/,
};

/** What the stack and the code call the same: of `shared`, infra imports nothing else. */
const namesForInfra = new Set(['shared/http/routes.ts', 'shared/membership/membership-events.ts']);

/** Why a file may not import a module; nothing when it may. */
function objection(path: string, module: string): string | undefined {
  const room = roomOf(path);
  const folder = room.startsWith('functions/') ? 'functions' : room;
  if (!module.startsWith('.')) {
    const packages = packagesOf[folder];
    if (packages && !packages.test(module)) return `${folder}/ imports no such package`;
    const inBrowser = room === 'console' && !path.endsWith('.config.ts');
    if (inBrowser && /^(node:|@aws-sdk\/)/.test(module)) return 'the console runs in a browser';
    return undefined;
  }
  const target = join(dirname(path), module);
  const targetRoom = roomOf(target);
  if (targetRoom === room) return undefined;
  const allowed = neighbours[folder] ?? [];
  if (room === 'infra' && targetRoom === 'shared' && !namesForInfra.has(target)) return 'infra shares only names';
  const open = allowed.includes(targetRoom) || (targetRoom.startsWith('functions/') && allowed.includes('functions'));
  return open ? undefined : `${room} may not import ${targetRoom}`;
}

function importObjections({ path, text }: SourceFile): string[] {
  return importsOf(text).flatMap((module) => {
    const reason = objection(path, module);
    return reason ? [`${path}: '${module}': ${reason}`] : [];
  });
}

/** Hidden inputs, which make the same call answer differently tomorrow. */
const impurities: ReadonlyArray<[RegExp, string]> = [
  [/\bnew Date\(\s*\)/, 'reads the clock'],
  [/\bDate\.now\b/, 'reads the clock'],
  [/\bperformance\.now\b/, 'reads the clock'],
  [/\bMath\.random\b/, 'throws dice'],
  [/\brandomUUID\b/, 'throws dice'],
  [/\bprocess\./, 'reads the process'],
  [/\bconsole\./, 'prints'],
];

function impuritiesOf({ path, text }: SourceFile): string[] {
  return impurities.filter(([pattern]) => pattern.test(text)).map(([, what]) => `${path} ${what}`);
}

function namingFaults({ path }: SourceFile): string[] {
  const name = basename(path).replace(/(\.test|\.config|\.d)?\.[jt]sx?$/, '');
  const faults: string[] = [];
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) faults.push('is not in kebab-case');
  if (/(^|-)(utils?|helpers?|common|misc|managers?)(-|$)/.test(name)) faults.push('says nothing about what is in it');
  if (['types', 'index'].includes(name)) faults.push('should be named for what is in it');
  return faults.map((fault) => `${path} ${fault}`);
}

const self = 'test/house.test.ts';
const sources = (await readSources()).filter(({ path }) => path !== self);

describe('the house', () => {
  it('has files in it', () => {
    expect(sources.length).toBeGreaterThan(100);
  });

  it('lets each room import only what the design says', () => {
    expect(sources.flatMap(importObjections)).toEqual([]);
  });

  it('makes AWS clients in shared/aws, and for scripts in local/', () => {
    const elsewhere = sources.filter(
      ({ path, text }) =>
        !/^(shared\/aws|local|bench|test)\//.test(path) && /^import (?!type )[^;]*'@aws-sdk\//m.test(text),
    );
    expect(elsewhere.map(({ path }) => path)).toEqual([]);
  });

  it('imports files that exist, by their whole name', () => {
    const missing = sources.flatMap(({ path, text }) =>
      importsOf(text)
        .filter((module) => module.startsWith('.') && !existsSync(join(root, dirname(path), module)))
        .map((module) => `${path}: ${module}`),
    );
    expect(missing).toEqual([]);
  });

  it('keeps the clock, dice and the environment out of what things mean', () => {
    const shared = sources.filter(({ path }) => roomOf(path) === 'shared');
    expect(shared.flatMap(impuritiesOf)).toEqual([]);
  });

  it('names files for what is in them', () => {
    expect(sources.flatMap(namingFaults)).toEqual([]);
  });

  it('runs all of its tests', () => {
    const partial = /\b(it|test|describe)\.(only|skip|todo|fails)\b/;
    const tests = sources.filter(({ path, text }) => path.endsWith('.test.ts') && partial.test(text));
    expect(tests.map(({ path }) => path)).toEqual([]);
  });
});

describe('the inspection', () => {
  it.each([
    ['shared/rule/a.ts', 'node:fs'],
    ['shared/rule/a.ts', '@aws-sdk/client-sqs'],
    ['shared/rule/a.ts', '../aws/lead-store.ts'],
    ['shared/aws/a.ts', '../../functions/api/handler.ts'],
    ['shared/aws/a.ts', '@middy/core'],
    ['functions/queues/a.ts', './due-leads.ts'],
    ['functions/queues/a.ts', 'ulid'],
    ['functions/api/a.ts', '../queues/due-leads.ts'],
    ['functions/api/a.ts', '../../infra/bundle.ts'],
    ['infra/a.ts', '../functions/api/handler.ts'],
    ['infra/a.ts', '../shared/aws/lead-store.ts'],
    ['infra/a.ts', '../shared/rule/rule.ts'],
    ['infra/a.ts', '@aws-sdk/client-sqs'],
    ['local/a.ts', '../infra/bundle.ts'],
    ['local/a.ts', '../functions/api/handler.ts'],
    ['console/src/a.tsx', 'node:fs'],
    ['console/src/a.tsx', '../../shared/aws/lead-store.ts'],
    ['bench/a.ts', '../test/oracle.ts'],
  ])('objects when %s imports %s', (path, module) => {
    expect(objection(path, module)).toBeTypeOf('string');
  });

  it.each([
    ['shared/rule/a.ts', 'zod'],
    ['shared/rule/a.ts', '../segment/segment.ts'],
    ['shared/aws/a.ts', '../rule/rule.ts'],
    ['shared/aws/a.ts', 'node:timers/promises'],
    ['functions/api/a.ts', './route.ts'],
    ['functions/queues/a.ts', '../../shared/aws/lead-store.ts'],
    ['infra/a.ts', '../shared/http/routes.ts'],
    ['local/a.ts', './log.ts'],
    ['local/a.ts', '../shared/aws/queue.ts'],
    ['console/src/a.tsx', '../../shared/rule/operator.ts'],
    ['console/vite.config.ts', 'node:path'],
    ['test/a.test.ts', '../infra/bundle.ts'],
  ])('lets %s import %s', (path, module) => {
    expect(objection(path, module)).toBeUndefined();
  });

  it('reads every form of import', () => {
    const text = [
      "import a from './a.ts';",
      "import { b,\n  type c } from './b.ts';",
      "import './c.ts';",
      "export * from './d.ts';",
      "const e = await import('./e.ts');",
      "import type { f } from './f.ts';",
    ].join('\n');
    expect(importsOf(text)).toEqual(['./a.ts', './b.ts', './c.ts', './d.ts', './e.ts', './f.ts']);
  });

  it.each(['const t = Date.now();', 'new Date()', 'Math.random()', 'process.env.X'])('finds %s impure', (text) => {
    expect(impuritiesOf({ path: 'shared/a.ts', text })).not.toEqual([]);
  });

  it('finds a Date of something pure', () => {
    expect(impuritiesOf({ path: 'shared/a.ts', text: 'new Date(now)' })).toEqual([]);
  });

  it.each(['shared/rule/rule-utils.ts', 'shared/types.ts', 'local/index.ts', 'infra/houseFunction.ts'])(
    'refuses %s as a name',
    (path) => expect(namingFaults({ path, text: '' })).not.toEqual([]),
  );
});
