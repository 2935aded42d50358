import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { keyOf, routes } from '../../shared/http/routes.ts';
import { errorCodes } from '../../shared/problem/error-codes.ts';
import { problemStatuses } from '../../shared/problem/problem-codes.ts';

const documentation = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');
/** Headings as links name them. */
const anchors = [...documentation.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-'),
);
const rows = [...documentation.matchAll(/^\| \[`([A-Z]+ \/[^`]*)`\]\(#([^)]+)\) \| (.+) \|$/gm)].map(
  ([, key = '', anchor = '', summary = '']) => ({ key, anchor, summary }),
);

test('every route has its row with its summary, and no row is without a route', () => {
  const told = rows.map(({ key, summary }) => `${key}: ${summary}`);
  expect(told.sort()).toEqual(routes.map((route) => `${keyOf(route)}: ${route.summary}`).sort());
});

test('each row leads to a part of the page', () => {
  expect(rows.filter(({ anchor }) => !anchors.includes(anchor))).toEqual([]);
});

test('every code of a mistake has its row with its meaning, and no row is without a code', () => {
  const [, section = ''] =
    /^\| code of an error \| what is wrong \|\n\|---\|---\|\n([\s\S]*?)\n\n/m.exec(documentation) ?? [];
  const told = [...section.matchAll(/^\| `(\w+)` \| (.+) \|$/gm)].map(([, code, meaning]) => [code, meaning]);
  expect(told).toEqual(Object.entries(errorCodes));
});

test('every code of a problem has its row with its status, and no row is without a code', () => {
  const told = [...documentation.matchAll(/^\| (\d{3}) \| (.+?) \|/gm)].flatMap(([, status, codes = '']) =>
    [...codes.matchAll(/`(\w+)`/g)].map(([, code]) => `${code}: ${status}`),
  );
  expect(told.sort()).toEqual(
    Object.entries(problemStatuses)
      .map(([code, status]) => `${code}: ${status}`)
      .sort(),
  );
});
