import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { contractSchema } from '../../shared/http/answer.ts';
import { ruleSchema } from '../../shared/http/body-schemas.ts';
import type { Route } from '../../shared/http/route.ts';
import { keyOf, routes } from '../../shared/http/routes.ts';
import { dryRunSchema } from '../../shared/http/segment-answers.ts';
import { errorCodes } from '../../shared/problem/error-codes.ts';
import { problemStatuses } from '../../shared/problem/problem-codes.ts';
import { codeSpansOf } from '../docs/documents.ts';

const documentation = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');
const sections = documentation.split(/^(?=## )/m);

interface Row {
  readonly key: string;
  readonly summary: string;
  readonly takes: string;
  readonly answers: string;
  readonly errors: string;
  /** The part of the page that it stands in, with its subheadings. */
  readonly section: string;
}

const rows = sections.flatMap((section): Row[] =>
  [...section.matchAll(/^\| `([A-Z]+ \/[^`]*)` \| (.+?) \| (.*?) ?\| (.+?) \| (.*?) ?\|$/gm)].map(
    ([, key = '', summary = '', takes = '', answers = '', errors = '']) => ({
      ...{ key, summary, takes, answers, errors, section },
    }),
  ),
);
/** What the first test tells of a route without one. */
const noRow: Row = { key: '', summary: '', takes: '', answers: '', errors: '', section: '' };
const wordsOf = (cell: string) => codeSpansOf(cell).filter((code) => /^\w+$/.test(code));

/** The names of the properties of a schema, however deep. */
function namesIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = 'properties' in schema ? Object.keys(schema.properties as object) : [];
  return [...own, ...Object.values(schema).flatMap(namesIn)];
}
const namesOf = (schema: z.ZodType) => namesIn(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
/** What docs/rules.md tells, and what OpenAPI itself does. */
const toldElsewhere = new Set([...namesOf(ruleSchema), ...namesOf(contractSchema)]);

test('every route has its row with its summary, and no row is without a route', () => {
  const told = rows.map(({ key, summary }) => `${key}: ${summary}`);
  expect(told.sort()).toEqual(routes.map((route) => `${keyOf(route)}: ${route.summary}`).sort());
});

test('each resource has one table of routes', () => {
  const tables = documentation.match(/^\| route \| does \| takes \| answers \| errors \|$/gm) ?? [];
  expect(tables).toHaveLength(new Set(rows.map(({ section }) => section)).size);
});

describe.each(routes.map((route): [string, Route] => [keyOf(route), route]))('the row of %s', (key, route) => {
  const { takes, answers, errors, section } = rows.find((row) => row.key === key) ?? noRow;

  test('has all parameters of the query, and conditions', () => {
    const parameters = codeSpansOf(takes).flatMap((code) => (code.startsWith('?') ? [code.slice(1)] : []));
    expect(parameters.sort()).toEqual(Object.keys(route.query.shape).sort());
    expect(takes.includes('`If-Match`')).toBe(route.takesIfMatch);
  });

  test('has every status, of dry runs but where they alone have it, and the ETag of what is read', () => {
    const expected = Object.keys(route.answers).filter((status) => route.answers[Number(status)] !== dryRunSchema);
    expect(answers.match(/\b\d{3}\b/g)).toEqual(expected);
    expect(answers.includes('`ETag`')).toBe(route.hasEtag);
  });

  test('has its own errors', () => {
    expect(wordsOf(errors).sort()).toEqual([...route.problems].sort());
  });

  test('stands in a part that tells every key of the body', () => {
    const keys = route.body instanceof z.ZodObject ? Object.keys(route.body.shape) : [];
    const told = codeSpansOf(section);
    expect(keys.filter((name) => !told.includes(name))).toEqual([]);
  });

  test('stands on a page that tells every property of the answer', () => {
    const schemas = Object.values(route.answers).filter((answer) => answer instanceof z.ZodType);
    const names = new Set(schemas.flatMap(namesOf).filter((name) => !toldElsewhere.has(name)));
    const isTold = (name: string) => documentation.includes(`\`${name}\``) || documentation.includes(`"${name}"`);
    expect([...names].filter((name) => !isTold(name))).toEqual([]);
  });
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
