import { beforeAll, describe, expect, test, vi } from 'vitest';
import { problemSchema } from '../../shared/http/answer.ts';
import { type RawRequest, useApiRoom } from './api-room.ts';

const room = useApiRoom();
const isGerman = { type: 'lead_metadata', field: 'country', operator: 'equals', value: 'DE' };
const occurredAt = new Date(Date.now() - 60_000).toISOString();
const places = { id: '', ruleId: '' };

beforeAll(async () => {
  await room.change('profileChanges', { leadId: 'lead-1', changeId: 'c-1', occurredAt, attributes: { country: 'DE' } });
  const { id, rules } = await room.client.create({ name: 'Germans', active: true, rules: [isGerman] });
  Object.assign(places, { id, ruleId: rules[0].id });
  await room.settle();
});

const get = (path: string, headers: Record<string, string> = {}) => room.send({ method: 'GET', path, headers });
const sendJson = (method: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
  room.send({ method, path, body: JSON.stringify(body), headers });
const ofSegment = (rest = '') => `/segments/${places.id}${rest}`;

describe('If-None-Match', () => {
  test.each([
    ['a segment', () => ofSegment()],
    ['rules', () => ofSegment('/rules')],
    ['a rule', () => ofSegment(`/rules/${places.ruleId}`)],
    ['the vocabulary', () => '/vocabulary'],
    ['templates', () => '/templates'],
    ['the contract', () => '/openapi.json'],
  ])('of the same answer is 304 without a body: %s', async (_what, path) => {
    const { headers, status } = await get(path());
    expect([status, headers.etag]).toEqual([200, expect.stringMatching(/^"([\d.]+-)?[\w-]{16}"$/)]);
    for (const known of [headers.etag!, `"other", W/${headers.etag}`, '*']) {
      const again = await get(path(), { 'if-none-match': known });
      expect(again).toMatchObject({ status: 304, text: '', headers: { etag: headers.etag } });
    }
    expect((await get(path(), { 'if-none-match': '"other"' })).status).toBe(200);
  });

  test('of a segment is another one once its members or its definition are others', async () => {
    const { headers } = await get(ofSegment());
    await room.change('profileChanges', {
      leadId: 'lead-2',
      changeId: 'c-2',
      occurredAt,
      attributes: { country: 'DE' },
    });
    await room.settle();
    const changed = await get(ofSegment(), { 'if-none-match': headers.etag! });
    expect([changed.status, JSON.parse(changed.text).memberCount]).toEqual([200, 2]);
    await room.client.patch(ofSegment(), { description: 'Theirs' });
    expect((await get(ofSegment(), { 'if-none-match': changed.headers.etag! })).status).toBe(200);
  });

  test('of an answer without an ETag changes nothing', async () => {
    expect((await get('/leads/lead-1', { 'if-none-match': '"1"' })).status).toBe(200);
  });
});

describe('If-Match', () => {
  test('takes the ETag of any answer about the segment', async () => {
    for (const rest of ['', '/rules', `/rules/${places.ruleId}`]) {
      const etag = (await get(ofSegment(rest))).headers.etag!;
      const change = { description: `As of ${rest}` };
      const saved = await sendJson('PATCH', ofSegment(), change, { 'if-match': etag });
      expect(saved.status).toBe(200);
      expect((await sendJson('PATCH', ofSegment(), change, { 'if-match': etag })).status).toBe(412);
      expect((await sendJson('PATCH', ofSegment(), change, { 'if-match': saved.headers.etag! })).status).toBe(200);
    }
  });

  test('guards levels, by the ETag of the vocabulary', async () => {
    const path = '/vocabulary/levels/engagement';
    const { headers } = await get('/vocabulary');
    const saved = await sendJson('PUT', path, { levels: ['Low', 'High'] }, { 'if-match': headers.etag! });
    expect(saved.status).toBe(200);
    const late = await sendJson('PUT', path, { levels: ['Cold', 'Hot'] }, { 'if-match': headers.etag! });
    expect([late.status, JSON.parse(late.text).code]).toEqual([412, 'revision_moved']);
    const known = { 'if-match': saved.headers.etag! };
    expect((await sendJson('PUT', path, { levels: ['Cold', 'Hot'] }, known)).status).toBe(200);
  });

  test('guards what is hidden, which rules go on using', async () => {
    const { headers } = await get('/vocabulary');
    const known = { 'if-match': headers.etag! };
    const hide = (hidden: string[], conditions = {}) => sendJson('PUT', '/vocabulary/hidden', { hidden }, conditions);
    const saved = await hide(['lead:country'], known);
    expect(saved.status).toBe(200);
    expect((await hide([], known)).status).toBe(412);
    expect((await sendJson('PUT', '/vocabulary/levels/engagement', { levels: ['Low'] }, known)).status).toBe(412);
    const { body: rules } = await room.client.get(ofSegment('/rules'));
    expect([rules.rules.length, rules.warnings]).toEqual([1, []]);
    const answers = await Promise.all([hide(['lead:a']), hide(['lead:b']), hide(['lead:c'])]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(answers.map(({ headers: { etag } }) => etag)).size).toBe(3);
    const again = await hide([]);
    expect((await hide([])).headers.etag).toBe(again.headers.etag);
  });

  test.each<[RawRequest['method'], string, string]>([
    ['GET', '/segments', 'if-match'],
    ['POST', '/segments', 'if-match'],
    ['POST', '/preview', 'if-match'],
    ['DELETE', '/leads/lead-1', 'if-match'],
    ['POST', '/segments', 'if-none-match'],
  ])('%s %s refuses %s instead of ignoring it', async (method, path, header) => {
    const { status, text } = await sendJson(method, path, {}, { [header]: '"1"' });
    expect([status, JSON.parse(text).code]).toEqual([400, 'condition_not_taken']);
  });
});

describe('every answer', () => {
  test.each<[string, () => RawRequest]>([
    ['a segment', () => ({ method: 'GET', path: ofSegment() })],
    ['nothing', () => ({ method: 'DELETE', path: '/leads/lead-1' })],
    ['CSV', () => ({ method: 'GET', path: ofSegment('/export') })],
    ['404', () => ({ method: 'GET', path: '/segments/seg_none' })],
    ['no such route', () => ({ method: 'GET', path: '/nowhere' })],
    ['422', () => ({ method: 'POST', path: '/segments', body: '{}' })],
  ])('has the id of the request and the version of the API: %s', async (_what, request) => {
    const { headers, status, text } = await room.send(request());
    expect(headers).toMatchObject({
      'api-version': 'v1',
      'x-request-id': expect.stringMatching(/^\S{8,}$/),
      'cache-control': 'no-store',
    });
    expect(headers['apigw-requestid']).toBe(headers['x-request-id']);
    if (status >= 400) expect(problemSchema.parse(JSON.parse(text)).requestId).toBe(headers['x-request-id']);
  });

  test('is never stored with personal data, and asked for again where it is stored', async () => {
    for (const path of ['/leads', '/vocabulary', '/segments', ofSegment('/members'), ofSegment('/activity')]) {
      expect((await get(path)).headers['cache-control']).toBe('no-store');
    }
    for (const path of ['/templates', '/openapi.json', ofSegment('/rules')]) {
      const { headers } = await get(path);
      expect(headers['cache-control']).toBe('private, no-cache');
      const again = await get(path, { 'if-none-match': headers.etag! });
      expect([again.status, again.headers['cache-control']]).toEqual([304, 'private, no-cache']);
    }
    expect((await get('/segments/seg_none/rules')).headers['cache-control']).toBe('no-store');
  });

  test('that is a fault of ours is found in the log by its request', async () => {
    const noted = vi.spyOn(console, 'error').mockImplementation(() => {});
    vi.spyOn(room.world.queueHealth, 'health').mockRejectedValueOnce(new Error('away'));
    const { status, headers, text } = await get('/health');
    const logged = noted.mock.calls.map(([what]) => what);
    noted.mockRestore();
    expect([status, JSON.parse(text).requestId]).toEqual([500, headers['x-request-id']]);
    expect(logged).toEqual([`GET /health failed (request ${headers['x-request-id']})`]);
  });

  test('that asks to try again says when', async () => {
    vi.spyOn(room.world, 'evaluate').mockResolvedValueOnce({
      outcomes: new Map(),
      failed: new Map([['lead-2', 'kept changing']]),
    } as never);
    const noted = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { status, headers } = await sendJson('POST', ofSegment('/members'), { leadIds: ['lead-2'] });
    noted.mockRestore();
    expect([status, headers['retry-after']]).toEqual([429, '1']);
  });
});

test('the contract tells its version', async () => {
  expect(JSON.parse((await get('/openapi.json')).text).info.version).toBe('v1');
});
