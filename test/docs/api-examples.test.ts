import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { problemSchema } from '../../shared/http/answer.ts';
import { sendChangesSchema } from '../../shared/http/body-schemas.ts';
import { noBody, problemsOf } from '../../shared/http/route.ts';
import { routeAt } from '../../shared/http/routes.ts';
import { sentChangeSchema } from '../../shared/intake/sent-change.ts';
import { problemStatuses } from '../../shared/problem/problem-codes.ts';
import { type JsonExample, jsonExamplesOf, textOf } from './documents.ts';

/** A change as a sender writes it: what a worker would ignore is a mistake in a document. */
const changesSchema = z.strictObject({
  changes: z.array(z.union(sentChangeSchema.options.map((schema) => schema.strict()))),
});

/** What the example is held against; a text says why there is nothing. */
function schemaOf({ of = '', what = '' }: JsonExample): z.ZodType | string {
  const route = routeAt(of);
  if (!route) return `names no route: "${of}"`;
  if (what === 'body' && route.body === sendChangesSchema) return changesSchema;
  if (what === 'body') return route.body === noBody ? `${of} takes no body` : route.body;
  const status = Number(what);
  const answer = route.answers[status];
  if (answer !== undefined) return answer instanceof z.ZodType ? answer : `${of} answers no JSON with ${what}`;
  const codes = problemsOf(route).filter((code) => problemStatuses[code] === status);
  if (codes.length === 0) return `${of} does not answer "${what}"`;
  return problemSchema.extend({ status: z.literal(status), code: z.enum(codes) });
}

/** Why it is no example of what it says it is. */
function faultsOf(example: JsonExample): string[] {
  const at = `line ${example.line}`;
  const schema = schemaOf(example);
  if (typeof schema === 'string') return [`${at}: ${schema}`];
  const { error } = schema.safeParse(JSON.parse(example.json));
  return error ? [`${at}: ${z.prettifyError(error)}`] : [];
}

describe.each(['docs/api.md', 'docs/rules.md', 'README.md'])('%s', (page) => {
  it('has examples that are just what the routes take and answer', () => {
    const text = textOf(page);
    const examples = jsonExamplesOf(text);
    expect(examples.length).toBeGreaterThan(0);
    expect(examples).toHaveLength(text.match(/^\s*```json/gm)!.length);
    expect(examples.flatMap(faultsOf)).toEqual([]);
  });
});

describe('the inspection', () => {
  const faultsIn = (text: string) => jsonExamplesOf(text).flatMap(faultsOf);
  const example = (about: string, json: unknown) => `${about}\n\`\`\`json\n${JSON.stringify(json)}\n\`\`\`\n`;
  const overlap = { segmentId: 'a', with: 'b', onlyHere: 1, onlyThere: 2, both: 3, of: 4 };
  const route = 'GET /segments/{segmentId}/overlap';

  it('reads the comment above a block', () => {
    const text = `# Title\n\n${example(`<!-- example: ${route} 200 -->`, overlap)}`;
    expect(jsonExamplesOf(text)).toEqual([{ of: route, what: '200', json: JSON.stringify(overlap), line: 4 }]);
    expect(faultsIn(text)).toEqual([]);
  });

  it.each([
    ['no comment', 'For example:', overlap],
    ['a comment that is not next to it', `<!-- example: ${route} 200 -->\n`, overlap],
    ['no such route', '<!-- example: GET /segments/{id}/overlap 200 -->', overlap],
    ['a status that the route does not answer', `<!-- example: ${route} 201 -->`, overlap],
    ['a body that the route does not take', `<!-- example: ${route} body -->`, overlap],
    ['a field that is not known', `<!-- example: ${route} 200 -->`, { ...overlap, neither: 5 }],
    ['a field that is missing', `<!-- example: ${route} 200 -->`, { ...overlap, both: undefined }],
    ['CSV', '<!-- example: GET /segments/{segmentId}/export 200 -->', {}],
    ['a body with a key that is not known', '<!-- example: POST /segments body -->', { name: 'a', size: 'broad' }],
    [
      'a key that a worker would ignore',
      '<!-- example: POST /changes body -->',
      { changes: [{ kind: 'level_change', leadId: 'a', occurredAt: '2026-05-04T09:30:00Z', level: 'Hot' }] },
    ],
    [
      'a problem that the route does not have',
      `<!-- example: ${route} 404 -->`,
      { type: 'about:blank', title: 'Not Found', status: 404, code: 'no_such_route', detail: '', requestId: '' },
    ],
  ])('objects to %s', (_what, about, json) => {
    expect(faultsIn(example(about, json))).toHaveLength(1);
  });
});
