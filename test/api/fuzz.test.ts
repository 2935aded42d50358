import { readFileSync } from 'node:fs';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import fc from 'fast-check';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { createLeadStores } from '../../functions/lead-stores.ts';
import { createLeadChangeWorker } from '../../functions/queues/lead-changes.ts';
import { createSegmentSchema } from '../../shared/http/body-schemas.ts';
import { noBody, problemsOf } from '../../shared/http/route.ts';
import { keyOf, routeAt, routes } from '../../shared/http/routes.ts';
import { leadEventSchema, profileChangeSchema } from '../../shared/lead/change.ts';
import { errorCodes } from '../../shared/problem/error-codes.ts';
import { saveLevelsSchema } from '../../shared/vocabulary/levels.ts';
import type { Json } from '../api-client.ts';
import { type RawAnswer, useApiRoom } from './api-room.ts';
import { type HostileRequest, hostileRequest } from './hostile-requests.ts';

const runs = Number(process.env.FUZZ_RUNS ?? 800);
const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));

// Hundreds of requests, on a machine that may be busy.
vi.setConfig({ testTimeout: Math.max(120_000, runs * 200) });

const api = useApiRoom();
const faults = vi.spyOn(console, 'error').mockImplementation(() => {});
afterEach(() => faults.mockClear());

const rules = [
  { id: 'rul_1', type: 'lead_metadata', field: '__proto__', operator: 'equals', value: 'x' },
  { id: 'rul_2', type: 'event_metadata', eventType: 'Page View', field: 'path', operator: 'contains', value: '/' },
];
/** The ids that stand for `@kept` and so on. */
const places = { kept: '', scratch: '', rule: 'rul_1' };
let kept: Json[] = [];

const call = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }> => {
  const { status, text } = await api.send({ method, path, ...(body !== undefined && { body: JSON.stringify(body) }) });
  return { status, body: text === '' ? undefined : JSON.parse(text) };
};
/** What is kept of the segments that no request may change. */
const keptNow = () =>
  Promise.all(
    kept.map(async ({ id }) => {
      const {
        share: _share,
        size: _size,
        recalculation: _run,
        freshAsOf: _moment,
        ...definition
      } = (await call('GET', `/segments/${id}`)).body;
      return definition;
    }),
  );

beforeAll(async () => {
  const stores = createLeadStores(api.room.clients);
  const profiles = createLeadChangeWorker(
    'profileChanges',
    profileChangeSchema,
    (change) => ({ kind: 'profile_change', ...change }),
    stores,
  );
  const events = createLeadChangeWorker(
    'leadEvents',
    leadEventSchema,
    (change) => ({ kind: 'lead_event', ...change }),
    stores,
  );
  const occurredAt = '2026-05-01T08:00:00Z';
  const attributes = JSON.parse('{"country":"DE","__proto__":"x","constructor":3,"toString":["a","b"]}');
  const leadIds = ['lead-1', 'lead-2', '__proto__', 'constructor'];
  await api.room.deliver(
    profiles,
    leadIds.map((leadId) => ({ leadId, occurredAt, accountId: '__proto__', attributes })),
  );
  await api.room.deliver(
    events,
    leadIds.flatMap((leadId) =>
      ['__proto__', 'Page View'].map((eventType, index) => ({
        ...{ leadId, occurredAt, eventId: `e${index}`, eventType },
        metadata: JSON.parse('{"path":"/a","__proto__":"/b","toString":"aa"}'),
      })),
    ),
  );
  const created = [];
  for (const active of [true, false]) {
    created.push((await call('POST', '/segments', { name: `Kept ${active}`, active, rules: [rules[0]] })).body);
  }
  kept = created;
  kept = await keptNow();
  places.kept = kept[0].id;
  await makeScratch();
});

/** One segment that requests may change, beside those that are kept. */
async function makeScratch(): Promise<void> {
  for (const { id } of (await call('GET', '/segments?limit=500')).body.segments) {
    if (!kept.some((one) => one.id === id)) await call('DELETE', `/segments/${id}`);
  }
  const { body } = await call('POST', '/segments', { name: 'Scratch', active: true, rules });
  places.scratch = body.id;
}

const filled = (text: string) =>
  Object.entries(places).reduce((whole, [name, id]) => whole.replaceAll(`@${name}`, id), text);

const documentation = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');
const documentedCodes = new Set(
  [...documentation.matchAll(/^\| \d{3} \| (.+?) \|/gm)].flatMap(([, cell]) =>
    [...cell!.matchAll(/`(\w+)`/g)].map(([, code]) => code),
  ),
);

const bodyKeys = new Set(
  [
    'name, description, active, match, rules, id, type, field, operator, value, eventType, and, times, atLeast, atMost',
    'withinDays, segmentId, sampleSize, timeBudgetMs, limit, cursor, leadIds, action, reason, levels',
  ].flatMap((names) => names.split(', ')),
);
const keysOf = (value: unknown): string[] =>
  typeof value !== 'object' || value === null
    ? []
    : [...(Array.isArray(value) ? [] : Object.keys(value)), ...Object.values(value).flatMap(keysOf)];

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Whether a JSON Pointer points to something, or to where something should be. */
function pointsInto(value: unknown, pointer: string): boolean {
  const parts = pointer.split('/').slice(1, -1);
  const parent = parts.reduce<unknown>((whole, part) => {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    return typeof whole === 'object' && whole !== null && Object.hasOwn(whole, key)
      ? (whole as Record<string, unknown>)[key]
      : undefined;
  }, value);
  return typeof parent === 'object' && parent !== null;
}

/** The problems that a route may refuse with. */
function refusalsOf(routeKey: string): readonly string[] {
  const route = routeAt(routeKey);
  // A path with odd parts may be that of another route, or of none.
  return ['no_such_route', 'method_not_allowed', 'not_found', 'invalid', ...(route ? problemsOf(route) : [])];
}

/** The parameters of the query that the route cannot do without. */
function requiredParameters(routeKey: string): string[] {
  const parameters = Object.entries(routeAt(routeKey)?.query.shape ?? {});
  return parameters.filter(([, schema]) => !z.safeParse(schema, undefined).success).map(([name]) => name);
}

/** The answer is one that the route declares: what it says was looked at where it was made. */
function checkAnswer({ routeKey }: HostileRequest, { status, text }: RawAnswer): void {
  const promised = routeAt(routeKey)?.answers[status];
  if (promised === undefined) throw new Error(`${routeKey} promises no ${status}`);
  if (promised === 'nothing') expect(text).toBe('');
}

function checkProblem(
  { routeKey, method, path }: HostileRequest,
  sent: unknown,
  { status, headers, text }: RawAnswer,
): void {
  expect(headers['content-type']).toBe('application/problem+json');
  const problem = JSON.parse(text);
  expect(problem).toMatchObject({ type: 'about:blank', status, detail: expect.stringMatching(/./) });
  expect(documentedCodes).toContain(problem.code);
  // A stray POST is asked for its Idempotency-Key like any other.
  if (routeAt(routeKey) || method !== 'POST') expect(refusalsOf(routeKey)).toContain(problem.code);
  if (status !== 422 || problem.code !== 'invalid') return;
  expect(problem.errors).not.toHaveLength(0);
  const asked = [...new URLSearchParams(path.split('?')[1])].map(([name]) => name);
  const queryNames = [...asked, ...requiredParameters(routeKey)].map((name) => `/${name}`);
  for (const { path: pointer, code, message } of problem.errors) {
    expect(message).toMatch(/./);
    expect(errorCodes).toHaveProperty(code);
    const isPlace = pointer === '' || pointsInto(sent, pointer) || queryNames.includes(pointer);
    if (!isPlace) throw new Error(`${pointer} points to nothing: ${message}`);
  }
}

/** What was accepted is what is stored: nothing dropped, nothing made up. */
async function checkAccepted({ routeKey, headers }: HostileRequest, sent: Json, { text }: RawAnswer): Promise<void> {
  // The first answer to a key may be one of long ago.
  if (headers['idempotency-key'] !== undefined) return;
  if (sent === undefined || !/^(POST|PUT|PATCH) \/segments(\/\{segmentId\}(\/rules(\/.+)?)?)?$/.test(routeKey)) return;
  expect([...bodyKeys]).toEqual(expect.arrayContaining(keysOf(sent)));
  const answered = JSON.parse(text);
  const isRule = answered.type !== undefined;
  const path = isRule ? `/segments/${places.scratch}/rules/${answered.id}` : `/segments/${answered.id}`;
  const { body: stored } = await call('GET', path);
  // As JSON writes it: without negative zeros.
  expect(stored).toMatchObject(JSON.parse(JSON.stringify(sent)));
}

async function check(request: HostileRequest): Promise<number> {
  const { method, path, headers, body } = request;
  const bytes = body === undefined ? undefined : Buffer.from(filled(body), 'latin1');
  const answer = await api.send({ method, path: filled(path), headers, body: bytes });
  const { status } = answer;
  if (status >= 500)
    throw new Error(
      `${status} ${answer.text}\n${faults.mock.calls.map((words) => words.map((word) => word?.stack ?? word).join(' ')).join('\n')}`,
    );
  const sent = bytes && parsed(bytes.toString());
  if (method === 'HEAD') expect(answer.text).toBe('');
  else if (status < 400) {
    checkAnswer(request, answer);
    await checkAccepted(request, sent, answer);
  } else checkProblem(request, sent, answer);
  return status;
}

/** All that is stored of segments and levels would be accepted if it came as a request. */
async function checkStored(): Promise<void> {
  const { clients } = api.room;
  const { Items = [], LastEvaluatedKey } = await clients.documents.send(new ScanCommand({ TableName: 'Segments' }));
  expect(LastEvaluatedKey).toBeUndefined();
  const contents = Items.filter(({ pk }) => pk === 'segments' || String(pk).startsWith('revisions#'));
  for (const { name, description, active, match, rules, tags = [], metadata = {} } of contents) {
    const stored = { name, description, active, match, rules: JSON.parse(rules), tags, metadata };
    expect(createSegmentSchema.parse(stored)).toEqual(stored);
  }
  for (const { sk, names } of Items) {
    if (String(sk).startsWith('levels#')) expect(saveLevelsSchema.parse({ levels: names }).levels).toEqual(names);
  }
  // What JSON writes as an escape is half a character.
  expect(JSON.stringify(Items)).not.toMatch(/\\u[dD][89a-fA-F]/);
}

test(`${runs} hostile requests: no fault, nothing stored that is nonsense (FUZZ_SEED=${seed})`, async () => {
  let sent = 0;
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(hostileRequest, async (request) => {
      if (sent++ % 20 === 0) await makeScratch();
      if ((await check(request)) < 400) accepted++;
    }),
    { seed, numRuns: runs },
  );
  // Else it would be a test of refusals only.
  expect(accepted / sent).toBeGreaterThan(0.1);
  expect(await keptNow()).toEqual(kept);
  expect((await call('GET', '/health')).status).toBe(200);
  expect((await call('GET', '/segments?limit=500')).status).toBe(200);
  await checkStored();
});

const encoded = (position: string) => encodeURIComponent(btoa(position));
const eventRule = (eventType: string) =>
  `{"rules":[{"type":"event_metadata","eventType":"${eventType}","operator":"exists"}]}`;
const utf8 = (text: string) => Buffer.from(text).toString('latin1');

test.each<[string, string, string, string | undefined, number, string]>([
  [
    'half a character as event type',
    'PUT',
    '/segments/@scratch/rules',
    eventRule('\\ud800'),
    422,
    '/rules/0/eventType',
  ],
  ['half a character in a preview', 'POST', '/preview', eventRule('\\ud800'), 422, '/rules/0/eventType'],
  ['half a character in a search', 'POST', '/leads/search', eventRule('\\ud800'), 422, '/rules/0/eventType'],
  ['half a character as name', 'POST', '/segments', '{"name":"\\ud800"}', 422, '/name'],
  [
    'half a character as lead',
    'GET',
    `/leads?cursor=${encoded('{"shard":1,"after":"\\ud800"}')}`,
    undefined,
    422,
    '/cursor',
  ],
  ['half a character as segment', 'GET', `/segments?cursor=${encoded('"\\ud800"')}`, undefined, 422, '/cursor'],
  [
    'a lead outside the list',
    'GET',
    `/segments/@kept/members?cursor=${encoded('{"shard":1,"after":"~~"}')}`,
    undefined,
    422,
    '/cursor',
  ],
  ['the cursor of another list', 'GET', `/leads?cursor=${encoded('7')}`, undefined, 422, '/cursor'],
  ['a cursor that is cut off', 'GET', `/leads?cursor=${btoa('{"shard":1}').slice(0, 7)}`, undefined, 422, '/cursor'],
  ['a polluting key in a body', 'POST', '/segments', '{"name":"P","__proto__":{"active":true}}', 422, '/__proto__'],
  [
    'a polluting key in a rule',
    'PUT',
    '/segments/@scratch/rules',
    '{"rules":[{"type":"group","match":"all","rules":[{"type":"segment","segmentId":"s","operator":"in"}],"constructor":1}]}',
    422,
    '/rules/0/constructor',
  ],
  [
    'a polluting key in a query',
    'DELETE',
    '/segments/@scratch/members/lead-1?__proto__=x',
    undefined,
    422,
    '/__proto__',
  ],
  ['a parameter that comes twice', 'GET', '/leads?limit=1&limit=2', undefined, 422, '/limit'],
  ['a number that is none', 'POST', '/preview', '{"rules":[],"sampleSize":1e400}', 422, '/sampleSize'],
  [
    'a number that no double keeps',
    'POST',
    '/preview',
    '{"rules":[],"sampleSize":9007199254740993}',
    422,
    '/sampleSize',
  ],
  ['10,000 mistakes', 'POST', '/preview', `{"rules":[${'1,'.repeat(10_000)}1]}`, 422, '/rules/0'],
  ['300,000 mistakes', 'POST', '/preview', `{"rules":[${'1,'.repeat(300_000)}1]}`, 422, '/rules'],
  ['a very long key', 'PATCH', '/segments/@scratch', `{"${'k'.repeat(900_000)}":1}`, 422, ''],
  ['a body that is not UTF-8', 'POST', '/segments', '{"name":"Z\u00fcrich"}', 400, 'body_not_json'],
  [
    'a body nested very deep',
    'PATCH',
    '/segments/@scratch',
    '['.repeat(400_000) + ']'.repeat(400_000),
    400,
    'body_too_deep',
  ],
  [
    'a body of a little more than 1 MB',
    'POST',
    '/segments',
    utf8(`{"name":"${'ü'.repeat(500_000)}"}`),
    413,
    'body_too_large',
  ],
  ['a body of 6 MB', 'POST', '/segments', `{"name":"${'k'.repeat(6_000_000)}"}`, 413, 'body_too_large'],
  ['an id of half a character, as bytes', 'GET', '/segments/%ED%A0%80', undefined, 404, 'not_found'],
  ['an id with a slash', 'GET', '/segments/..%252F..%252Fhealth', undefined, 404, 'not_found'],
  ['a slash that is encoded once', 'GET', '/segments/..%2F..%2Fhealth', undefined, 404, 'no_such_route'],
  ['a very long id', 'GET', `/leads/${'x'.repeat(9_000)}`, undefined, 404, 'not_found'],
  ['no id', 'GET', '/segments/', undefined, 404, 'no_such_route'],
  ['an unknown method', 'PURGE', '/segments', undefined, 405, 'method_not_allowed'],
])('%s is refused by name', async (_, method, path, body, status, named) => {
  const bytes = body === undefined ? undefined : Buffer.from(body, 'latin1');
  const answer = await api.send({ method, path: filled(path), body: bytes });
  expect([answer.status, answer.headers['content-type']]).toEqual([status, 'application/problem+json']);
  const { code, errors = [{ path: code }] } = JSON.parse(answer.text);
  expect(errors[0].path).toBe(named);
});

test.each([
  ['the event that Lambda takes', 6_300_000],
  ['what the gateway takes', 10_500_000],
])('a body larger than %s is refused by the gateway', async (_, bytes) => {
  const answer = await api.send({ method: 'POST', path: '/segments', body: `{"name":"${'k'.repeat(bytes)}"}` });
  expect([answer.status, JSON.parse(answer.text)]).toEqual([413, { message: 'Request Entity Too Large' }]);
});

test.each(['segmentId', 'leadId', 'previewId', 'exportId'])('%s: what cannot be an id is not found', async (name) => {
  const keys = routes.filter(({ path, body }) => path.includes(`{${name}}`) && body === noBody).map(keyOf);
  expect(keys).not.toHaveLength(0);
  for (const routeKey of keys) {
    for (const id of ['\ud800', '', ' ', '\u0000', '__proto__', 'x'.repeat(5_000)]) {
      const names = [...routeKey.matchAll(/\{(\w+)\}/g)].map(([, one]) => [one, 'nothing']);
      const event = {
        ...{ routeKey, rawPath: '', rawQueryString: '', headers: {}, isBase64Encoded: false },
        pathParameters: { ...Object.fromEntries(names), [name]: id },
        ...(routeKey.endsWith('overlap') && { queryStringParameters: { with: places.kept } }),
        requestContext: { http: { method: routeKey.split(' ')[0] } },
      };
      const { statusCode } = await api.invoke(event as unknown as APIGatewayProxyEventV2);
      const isLead = name === 'leadId' && id === '__proto__';
      if (!isLead) expect([routeKey, id, statusCode]).toEqual([routeKey, id, 404]);
    }
  }
});

test('rules that name thousands of unknown levels have an answer that Lambda can give', async () => {
  const value = Array.from({ length: 1_000 }, (_, index) => index.toString(36));
  const rules = Array.from({ length: 30 }, () => ({ type: 'engagement_level', operator: 'in', value }));
  const { status, body } = await call('POST', '/preview', { rules });
  expect([status, body.warnings.length]).toEqual([200, 30]);
});
