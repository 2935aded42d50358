import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * The rooms of shared/, in the one order: each may import those before it, types too. A noun that two rooms need is
 * declared in the lower one.
 */
const rooms = [
  ...[
    'batch',
    'problem',
    'id',
    'privacy',
    'aws',
    'read-budget',
    'rule',
    'lead',
    'account',
    'freshness',
    'intake',
    'matcher',
    'catalog',
  ],
  ...[
    'vocabulary',
    'membership',
    'projection',
    'recalculation',
    'reconciliation',
    'export',
    'table',
    'import',
    'segment',
    'preview',
    'member-job',
    'erasure',
    'http',
    'jobs',
  ],
];

/** The rooms of the console, in their order: each may import those before it. */
const consoleRooms = [
  'api',
  'words',
  'parts',
  'drafts',
  'saving',
  'rules',
  'members',
  'leads',
  'overlap',
  'activity',
  'segments',
  'segment-list',
  'imports',
  'settings',
  'app',
];

/** Which other folders each folder may import; shared/, functions/ and infra/ have laws of their own besides. */
const neighbours: Record<string, readonly string[]> = {
  shared: [],
  functions: ['shared'],
  infra: ['shared'],
  console: ['shared'],
  oracle: ['shared'],
  local: [],
  tools: ['shared', 'local'],
  bench: ['shared', 'functions', 'infra', 'local', 'oracle'],
  test: ['shared', 'functions', 'infra', 'local', 'oracle', 'tools', 'console', 'bench'],
};
const folders = Object.keys(neighbours);

/** What to do instead of importing from a folder that is not open. */
const advice: Record<string, string> = {
  shared: 'what infra synthesized is all that local/ runs: what a person starts on a stack belongs in tools/',
  functions: 'functions are woken, not imported: what both need belongs in shared/',
  infra: 'what exists in the cloud is not known by import: the stack passes names in environment variables',
  console: 'the console imports from shared/, never the other way round',
  oracle: 'the oracle judges the product, which does not know it: what both need belongs in shared/',
  local: 'local/ runs the template and nothing else: what is needed elsewhere belongs in shared/ or tools/',
  tools: 'nobody imports a program: what two of them need belongs in shared/',
  bench: 'nobody imports benchmarks: worlds to try things in belong in oracle/',
  test: 'nobody imports tests: worlds to try things in belong in oracle/',
};

/** What the stack and the code call the same: routes, events, keys. Of `shared`, infra imports nothing else. */
const namesForInfra = new Set([
  ...['shared/http/routes.ts', 'shared/aws/bus-event.ts', 'shared/aws/segments-keys.ts'],
  ...['shared/lead/shard.ts', 'shared/freshness/job-queues.ts', 'shared/read-budget/table-units.ts'],
]);
/** Where the local stack says that it runs: of `local`, tools import nothing else. */
const localForTools = new Set(['local/stack-file.ts']);

/** The one setting that is part of what things mean: in which slice a lead is. */
const readsItsSetting = new Set(['shared/lead/shard.ts']);

/** Files that may import each other: the editor of one rule shows the list of those within it. */
const knownCircles = new Set(['console/rules/rule-list.tsx -> console/rules/rule-editor.tsx']);

/** How large anything may grow before it is two things. */
const limits = { toolbox: 15, room: 25, lines: 350 };

const isShared = (path: string) => path.startsWith('shared/');
const isInToolbox = (path: string) => path.startsWith('shared/aws/');
/** Who in shared/ speaks to AWS: its toolbox, but for keys of tables, and whatever is called a store. All else is pure. */
const speaksToAws = (path: string) =>
  (isInToolbox(path) && !path.endsWith('-keys.ts')) || (isShared(path) && path.endsWith('-store.ts'));
const isPure = (path: string) => isShared(path) && !speaksToAws(path);

/** Which packages the files of a folder may import; those of other folders any. */
function packagesOf(path: string): readonly [RegExp, string] | undefined {
  // A hash is pure, and both workers and tests need it at once.
  if (path === 'shared/privacy/keyed-hash.ts' || path === 'shared/import/import-ids.ts') {
    return [/^node:crypto$/, 'it makes hashes, and nothing else'];
  }
  if (path.startsWith('shared/table/')) {
    return [
      /^(zod|csv-parse(\/sync)?|read-excel-file\/universal)$/,
      'shared/table knows formats of files, and no files',
    ];
  }
  if (path === 'shared/catalog/snapshot-file.ts') {
    return [/^node:(crypto|zlib)$/, 'it packs and unpacks what is in memory, and nothing else'];
  }
  if (path === 'shared/export/member-parquet.ts') {
    return [/^hyparquet(-writer)?$/, 'it makes bytes of what is in memory, and nothing else'];
  }
  if (isPure(path)) {
    const what = 'clock, randomness and settings are passed in, and who calls AWS is a *-store.ts or in shared/aws/';
    return [/^(zod|csv-stringify\/sync)$/, `shared/ is pure: ${what}`];
  }
  if (isShared(path)) {
    return [/^(zod|ulid|node:timers\/promises|(@aws-sdk|@smithy)\/.+)$/, 'stores speak to AWS with its own clients'];
  }
  if (path.startsWith('functions/')) {
    const allowed = /^(zod|ulid|aws-lambda|node:async_hooks|(@middy|@aws-lambda-powertools|@aws-sdk)\/.+)$/;
    return [allowed, 'a function has what every cold start can carry: what else it needs belongs in tools/ or local/'];
  }
  if (path.startsWith('infra/')) {
    return [/^(aws-cdk-lib(\/.+)?|constructs|cdk-nag|esbuild|node:.+)$/, 'the stack is written with the CDK alone'];
  }
  if (path.startsWith('console/') && !path.endsWith('.config.ts')) {
    return [/^(?!node:|@aws-sdk\/)/, 'the console runs in a browser: it speaks to the HTTP API'];
  }
  return undefined;
}

interface SourceFile {
  path: string;
  text: string;
}

async function readSources(): Promise<SourceFile[]> {
  const sources: SourceFile[] = [];
  for (const folder of folders) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name).slice(root.length);
      if (!entry.isFile() || !/\.[jt]sx?$/.test(path) || /(^|\/)(node_modules|dist)\//.test(path)) continue;
      sources.push({ path, text: readFileSync(join(root, path), 'utf8') });
    }
  }
  return sources;
}

/** A module that a file imports; `isType`: nothing of it is there when the file runs. */
interface Import {
  readonly module: string;
  readonly isType: boolean;
}

/** What a file's import and export statements name, dynamic imports too. */
function importsOf(text: string): Import[] {
  const pattern = /(?:^|\s)(?:import|export)\s([^;'"]*?)\sfrom\s*'([^']+)'|(?<!')\bimport\s*\(?\s*'([^']+)'/g;
  return [...text.matchAll(pattern)].map(([, clause = '', from, plain]) => ({
    module: from ?? plain ?? '',
    isType: /^(type\s|\{(\s*type\s[^,}]+,?)+\s*\}$)/.test(clause),
  }));
}

/** What of functions/ a file belongs to: the API and the queues have parts in common, others are alone. */
function functionOf(path: string): string {
  if (/^functions\/(api|queues)\//.test(path)) return path.split('/').slice(0, 2).join('/');
  return path;
}

/** Why a file may not import a module, and what to do instead; nothing when it may. */
function objection(path: string, module: string, isType = false): string | undefined {
  const folder = path.split('/')[0] ?? '';
  if (!module.startsWith('.')) {
    const [allowed, instead] = packagesOf(path) ?? [];
    if (allowed && !allowed.test(module)) return instead;
    if (folder === 'functions' && module.startsWith('@aws-sdk/') && !isType) {
      return 'functions make no clients or commands: shared/aws/clients.ts does, and stores call them';
    }
    return undefined;
  }
  const target = join(dirname(path), module);
  const targetFolder = target.split('/')[0] ?? '';
  if (targetFolder !== folder && !neighbours[folder]?.includes(targetFolder)) return advice[targetFolder];
  switch (folder) {
    case 'shared':
      return objectionInShared(path, target, isType);
    case 'functions': {
      const isOpen = isShared(target) || functionOf(path) === functionOf(target) || /^functions\/[^/]+$/.test(target);
      return isOpen ? undefined : advice.functions;
    }
    case 'infra':
      if (isShared(target) && !namesForInfra.has(target)) {
        return 'the stack shares only names with the code: the files that list them are allowed in test/house.test.ts';
      }
      return undefined;
    case 'console':
      if (isShared(target) && !isPure(target)) return 'the console imports what is pure: it speaks to the HTTP API';
      return targetFolder === 'console' ? objectionInConsole(path, target) : undefined;
    case 'tools':
      return targetFolder === 'local' && !localForTools.has(target) ? advice.local : undefined;
    default:
      return undefined;
  }
}

function objectionInShared(path: string, target: string, isType: boolean): string | undefined {
  const [room = '', targetRoom = ''] = [path, target].map((file) => file.split('/')[1]);
  if (!rooms.includes(room)) return `shared/${room} has no place in the order of rooms in test/house.test.ts`;
  if (rooms.indexOf(targetRoom) > rooms.indexOf(room)) {
    return `shared/${room} comes before shared/${targetRoom}: declare what both need in the lower room, or pass it in`;
  }
  if (target === 'shared/aws/settings.ts' && !isInToolbox(path)) {
    return 'settings are read where something wakes up: pass them in';
  }
  if (isPure(path) && speaksToAws(target) && !isType && !namesForInfra.has(target)) {
    return 'shared/ is pure: import the type of a store, and have the store passed in by who wakes up';
  }
  return undefined;
}

function objectionInConsole(path: string, target: string): string | undefined {
  const [place, targetPlace] = [path, target].map((file) => consoleRooms.indexOf(file.split('/')[1] ?? ''));
  if (place === -1) return `${path} is in no room that has a place in the order of rooms in test/house.test.ts`;
  return targetPlace! > place!
    ? 'a room of the console imports those before it: declare what both need there'
    : undefined;
}

function importObjections({ path, text }: SourceFile): string[] {
  return importsOf(text).flatMap(({ module, isType }) => {
    const reason = objection(path, module, isType);
    return reason ? [`${path}: '${module}': ${reason}`] : [];
  });
}

/** Files that import each other in a circle, one circle a line. */
function circlesIn(sources: readonly SourceFile[]): string[] {
  const targetsOf = new Map(
    sources.map(({ path, text }) => [
      path,
      importsOf(text).flatMap(({ module }) => (module.startsWith('.') ? [join(dirname(path), module)] : [])),
    ]),
  );
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) {
      circles.push(way.slice(way.indexOf(path)).join(' -> '));
      return;
    }
    if (done.has(path)) return;
    for (const target of targetsOf.get(path) ?? []) visit(target, [...way, path]);
    done.add(path);
  };
  for (const path of targetsOf.keys()) visit(path, []);
  return circles;
}

/** Hidden inputs, which make the same call answer differently tomorrow, and what else only stores may do. */
const impurities: ReadonlyArray<[RegExp, string]> = [
  [/\bnew Date\(\s*\)/, 'reads the clock: take `now` as a parameter'],
  [/\bDate\.now\b/, 'reads the clock: take `now` as a parameter'],
  [/\bperformance\.now\b/, 'reads the clock: take `now` as a parameter'],
  [/\bset(Timeout|Interval)\(/, 'waits: take `pause` as a parameter'],
  [/\bMath\.random\b/, 'throws dice: take `random` as a parameter'],
  [/\b(randomUUID|getRandomValues)\b/, 'throws dice: take `newId` as a parameter'],
  [/\bprocess\??\./, 'reads the process: take settings as parameters'],
  [/\bconsole\.\w/, 'prints: take `note` as a parameter'],
  [/\bfetch\(/, 'calls out: that is a store'],
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

/** What has grown too large: rooms of shared/ by their files, files by their lines. Tests are as long as they must be. */
function sizeFaults(sources: readonly SourceFile[]): string[] {
  const filesIn = new Map<string, number>();
  for (const { path } of sources.filter((source) => isShared(source.path))) {
    filesIn.set(dirname(path), (filesIn.get(dirname(path)) ?? 0) + 1);
  }
  const rooms = [...filesIn].flatMap(([room, files]) => {
    const most = room === 'shared/aws' ? limits.toolbox : limits.room;
    return files > most ? [`${room} has ${files} files, more than ${most}: it is two rooms`] : [];
  });
  const long = sources.flatMap(({ path, text }) => {
    const lines = text.split('\n').length - 1;
    if (path.startsWith('test/') || lines <= limits.lines) return [];
    return [`${path} has ${lines} lines, more than ${limits.lines}: it is two files`];
  });
  return [...rooms, ...long];
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

  it('has no circles: of two files only one knows the other', () => {
    const product = sources.filter(({ path }) => !path.startsWith('test/'));
    expect(circlesIn(product).filter((circle) => !knownCircles.has(circle))).toEqual([]);
  });

  it('imports files that exist, by their whole name', () => {
    const missing = sources.flatMap(({ path, text }) =>
      importsOf(text)
        .filter(({ module }) => module.startsWith('.') && !existsSync(join(root, dirname(path), module)))
        .map(({ module }) => `${path}: ${module}`),
    );
    expect(missing).toEqual([]);
  });

  it('keeps the clock, dice and the environment out of what things mean', () => {
    const pure = sources.filter(({ path }) => isPure(path) && !readsItsSetting.has(path));
    expect(pure.flatMap(impuritiesOf)).toEqual([]);
  });

  it('names files for what is in them', () => {
    expect(sources.flatMap(namingFaults)).toEqual([]);
  });

  it('has rooms and files that fit into a head', () => {
    expect(sizeFaults(sources)).toEqual([]);
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
    ['shared/rule/a.ts', 'csv-parse'],
    ['shared/table/a.ts', 'node:fs'],
    ['shared/rule/a.ts', '../lead/change.ts'],
    ['shared/segment/a.ts', '../lead/lead-store.ts'],
    ['shared/segment/a.ts', './segment-store.ts'],
    ['shared/segment/a.ts', '../aws/ids.ts'],
    ['shared/segment/a-store.ts', '../aws/settings.ts'],
    ['shared/segment/a-store.ts', '../jobs/job-message.ts'],
    ['shared/attic/a.ts', '../rule/rule.ts'],
    ['shared/aws/a.ts', '../rule/rule.ts'],
    ['shared/aws/a.ts', '../../functions/api/handler.ts'],
    ['shared/aws/a.ts', '@middy/core'],
    ['shared/aws/a.ts', 'node:fs'],
    ['shared/aws/a-keys.ts', '@aws-sdk/client-dynamodb'],
    ['shared/rule/a.ts', '../../oracle/oracle.ts'],
    ['functions/queues/a.ts', '../streams/project-memberships.ts'],
    ['functions/queues/a.ts', '@aws-sdk/client-sqs'],
    ['functions/queues/a.ts', 'csv-parse'],
    ['functions/schedules/a.ts', './reconcile.ts'],
    ['functions/api/a.ts', '../queues/due-leads.ts'],
    ['functions/api/a.ts', '../../infra/bundle.ts'],
    ['infra/a.ts', '../functions/api/handler.ts'],
    ['infra/a.ts', '../shared/lead/lead-store.ts'],
    ['infra/a.ts', '../shared/rule/rule.ts'],
    ['infra/a.ts', '@aws-sdk/client-sqs'],
    ['local/a.ts', '../infra/bundle.ts'],
    ['local/a.ts', '../functions/api/handler.ts'],
    ['local/a.ts', '../shared/rule/rule.ts'],
    ['local/a.ts', '../tools/demo/demo.ts'],
    ['tools/redrive/a.ts', '../../local/stack.ts'],
    ['tools/redrive/a.ts', '../../functions/queues/jobs.ts'],
    ['console/rules/a.tsx', 'node:fs'],
    ['console/rules/a.tsx', '../../shared/aws/clients.ts'],
    ['console/rules/a.tsx', '../../shared/lead/lead-store.ts'],
    ['console/rules/a.tsx', '../segments/b.tsx'],
    ['console/a.tsx', './rules/b.tsx'],
    ['oracle/a.ts', '../bench/measure.ts'],
    ['bench/a.ts', '../test/races/world.ts'],
  ])('objects when %s imports %s', (path, module) => {
    expect(objection(path, module)).toBeTypeOf('string');
  });

  it.each([
    ['shared/rule/a.ts', 'zod'],
    ['shared/table/a.ts', 'csv-parse'],
    ['shared/import/import-ids.ts', 'node:crypto'],
    ['shared/segment/a.ts', '../rule/rule.ts'],
    ['shared/segment/a.ts', './segment.ts'],
    ['shared/segment/a.ts', '../aws/segments-keys.ts'],
    ['shared/segment/a-store.ts', '../aws/read-items.ts'],
    ['shared/segment/a-store.ts', './segment-store.ts'],
    ['shared/aws/a.ts', '../batch/batch.ts'],
    ['shared/aws/a.ts', './settings.ts'],
    ['shared/aws/a.ts', 'node:timers/promises'],
    ['functions/api/a.ts', './route.ts'],
    ['functions/queues/a.ts', './queue-frame.ts'],
    ['functions/queues/a.ts', '../lead-stores.ts'],
    ['functions/queues/a.ts', '../../shared/lead/lead-store.ts'],
    ['infra/a.ts', '../shared/http/routes.ts'],
    ['local/a.ts', './log.ts'],
    ['tools/redrive/a.ts', '../../local/stack-file.ts'],
    ['tools/redrive/a.ts', '../../shared/aws/send-messages.ts'],
    ['console/rules/a.tsx', '../../shared/rule/operator.ts'],
    ['console/segments/a.tsx', '../rules/b.tsx'],
    ['console/vite.config.ts', 'node:path'],
    ['bench/a.ts', '../oracle/oracle.ts'],
    ['test/a.test.ts', '../infra/bundle.ts'],
  ])('lets %s import %s', (path, module) => {
    expect(objection(path, module)).toBeUndefined();
  });

  it.each([
    ['shared/segment/a.ts', './segment-store.ts'],
    ['shared/segment/a.ts', '../aws/surroundings.ts'],
    ['functions/queues/a.ts', '@aws-sdk/client-sqs'],
  ])('lets %s import types of %s', (path, module) => {
    expect(objection(path, module, true)).toBeUndefined();
  });

  it('objects when types are imported from a higher room', () => {
    expect(objection('shared/lead/a.ts', '../membership/decide.ts', true)).toBeTypeOf('string');
  });

  it('has advice for every folder', () => {
    expect(folders.filter((folder) => advice[folder] === undefined)).toEqual([]);
  });

  it('reads every form of import', () => {
    const text = [
      "import a from './a.ts';",
      "import { b,\n  type c } from './b.ts';",
      "import './c.ts';",
      "export * from './d.ts';",
      "const e = await import('./e.ts');",
      "import type { f } from './f.ts';",
      "import { type g, type h } from './g.ts';",
    ].join('\n');
    expect(importsOf(text).map(({ module }) => module)).toEqual(
      ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((x) => `./${x}.ts`),
    );
    expect(importsOf(text).map(({ isType }) => isType)).toEqual([false, false, false, false, false, true, true]);
  });

  it('finds a circle, of types too', () => {
    const files = [
      { path: 'shared/a.ts', text: "import { b } from './b.ts';" },
      { path: 'shared/b.ts', text: "import { c } from './c.ts';" },
      { path: 'shared/c.ts', text: "import type { b } from './b.ts';" },
    ];
    expect(circlesIn(files)).toEqual(['shared/b.ts -> shared/c.ts']);
    expect(circlesIn(files.slice(0, 2))).toEqual([]);
  });

  it.each(['const t = Date.now();', 'new Date()', 'Math.random()', 'process.env.X', 'console.log(1)', "fetch('/')"])(
    'finds %s impure',
    (text) => expect(impuritiesOf({ path: 'shared/a.ts', text })).not.toEqual([]),
  );

  it('finds a Date of something pure', () => {
    expect(impuritiesOf({ path: 'shared/a.ts', text: 'new Date(now)' })).toEqual([]);
  });

  it('finds what has grown too large', () => {
    const files = (room: string, count: number) =>
      Array.from({ length: count }, (_, index) => ({ path: `${room}/a${index}.ts`, text: '' }));
    expect(sizeFaults([...files('shared/aws', 15), ...files('shared/rule', 25)])).toEqual([]);
    expect(sizeFaults([...files('shared/aws', 16), ...files('shared/rule', 26)])).toHaveLength(2);
    expect(sizeFaults([{ path: 'local/a.ts', text: 'x\n'.repeat(351) }])).toHaveLength(1);
    expect(sizeFaults([{ path: 'test/a.test.ts', text: 'x\n'.repeat(351) }])).toEqual([]);
  });

  it.each(['shared/rule/rule-utils.ts', 'shared/types.ts', 'local/index.ts', 'infra/houseFunction.ts'])(
    'refuses %s as a name',
    (path) => expect(namingFaults({ path, text: '' })).not.toEqual([]),
  );
});
