import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchorsOf, codeSpansOf, headingsOf, linksOf, pages, root, textOf } from './documents.ts';

const ignored = readFileSync(join(root, '.gitignore'), 'utf8').split('\n');
/** Folders of the repository that hold what people wrote. */
const folders = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !ignored.includes(`${entry.name}/`))
  .map(({ name }) => name);

const files = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length)),
);
const fileNames = new Set([...files, ...readdirSync(root)].map((path) => path.split('/').at(-1)));

/** Why a link leads nowhere. */
function faultOfLink(page: string, address: string): string[] {
  if (/^(https?|mailto):/.test(address)) return [];
  const [path = '', anchor] = address.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(root, target))) return [`${page}: ${address}: there is no such file`];
  if (anchor === undefined || anchorsOf(textOf(target)).has(anchor)) return [];
  return [`${page}: ${address}: there is no such heading`];
}

/** Whether a code span names a file or folder of the repository; a capital word, as in `test/FOLDER`, stands for any. */
const isPath = (code: string) => {
  if (/\s|[A-Z]{4}|\{/.test(code)) return false;
  return folders.some((folder) => code.startsWith(`${folder}/`)) || /^[\w.-]+\.(ts|tsx|mjs|md)$/.test(code);
};

function isThere(code: string): boolean {
  if (!code.includes('/')) return code.startsWith('*') || fileNames.has(code);
  if (!code.includes('*')) return existsSync(join(root, code));
  const pattern = new RegExp(`^${code.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`);
  return files.some((path) => pattern.test(path));
}

describe('pages', () => {
  it.each(pages)('%s links only to what exists', (page) => {
    expect(linksOf(textOf(page)).flatMap((address) => faultOfLink(page, address))).toEqual([]);
  });

  // The changelog tells of what was: its names may be gone.
  it.each(pages.filter((page) => page !== 'CHANGELOG.md'))('%s names only files that exist', (page) => {
    expect(codeSpansOf(textOf(page)).filter((code) => isPath(code) && !isThere(code))).toEqual([]);
  });

  it('are named rightly by comments in the code', () => {
    const missing = files
      .filter((path) => /\.[jt]sx?$|\.mjs$/.test(path) && !path.startsWith('test/docs/'))
      .flatMap((path) =>
        [...readFileSync(join(root, path), 'utf8').matchAll(/docs\/([a-z-]+\.md)(?:, "([^"]+)")?/g)]
          .filter(([, page, heading]) => {
            if (!existsSync(join(root, 'docs', page!))) return true;
            return heading !== undefined && !headingsOf(textOf(`docs/${page}`)).includes(heading);
          })
          .map(([reference]) => `${path}: ${reference}`),
      );
    expect(missing).toEqual([]);
  });
});

describe('the map in README.md', () => {
  it('has every folder, and none besides', () => {
    const [, map = ''] = /## The map\n+```\n([\s\S]*?)```/.exec(textOf('README.md')) ?? [];
    const named = [...map.matchAll(/^([a-z]+)\/ /gm)].map(([, folder]) => folder);
    expect(named.toSorted()).toEqual(folders.toSorted());
  });
});

describe('the inspection', () => {
  it('makes anchors as GitHub does', () => {
    const text = '# GET /segments/{segmentId}\n## `a_b` & c\n## Same\n## Same\n```\n# no heading\n```\n';
    expect([...anchorsOf(text)]).toEqual(['get-segmentssegmentid', 'a_b--c', 'same', 'same-1']);
  });

  it.each(['nowhere.md', '#no-such-heading', 'docs/api.md#no-such-heading'])('objects to a link to %s', (address) => {
    expect(faultOfLink('README.md', address)).toHaveLength(1);
  });

  it.each(['shared/rule/no-such-file.ts', 'shared/attic', 'no-such-file.ts', 'test/*/no-such-*.ts'])(
    'finds that %s is missing',
    (code) => {
      expect([isPath(code), isThere(code)]).toEqual([true, false]);
    },
  );

  it.each(['test/rule', 'operator.ts', 'test/*/*-store.test.ts'])('finds %s', (code) => {
    expect([isPath(code), isThere(code)]).toEqual([true, true]);
  });

  it.each(['*-store.ts', 'test/FOLDER', 'npm run bench', 'Page View'])('takes %s for no path', (code) => {
    expect(isPath(code)).toBe(false);
  });
});
