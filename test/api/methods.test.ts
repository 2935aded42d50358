import { beforeAll, describe, expect, test } from 'vitest';
import { routes } from '../../shared/http/routes.ts';
import { useApiRoom } from './api-room.ts';

const room = useApiRoom();
const isHot = { type: 'engagement_level', operator: 'equals', value: 'Hot' };
let segmentId = '';
beforeAll(async () => {
  segmentId = (
    await room.client.create({ name: 'Hot', tags: ['b', 'a'], metadata: { id: '1', x: '2' }, rules: [isHot] })
  ).id;
});

describe('a method that a path does not take', () => {
  test.each([
    ['PUT', '/segments', 'GET, HEAD, POST'],
    ['POST', '/templates', 'GET, HEAD'],
    ['DELETE', '/leads/x/segments', 'GET, HEAD'],
    ['PATCH', '/segments/x/recalculate', 'POST'],
    ['GET', '/preview', 'POST'],
    ['HEAD', '/preview', 'POST'],
    ['PURGE', '/segments/x', 'DELETE, GET, HEAD, PATCH'],
    ['OPTIONS', '/health', 'GET, HEAD'],
    ['PATCH', '/leads/search', 'DELETE, GET, HEAD, POST'],
  ])('%s %s is 405, with those that it takes', async (method, path, allow) => {
    const { status, headers, text } = await room.send({ method, path });
    expect({ status, allow: headers.allow, type: headers['content-type'] }).toEqual({
      ...{ status: 405, allow, type: 'application/problem+json' },
    });
    if (method === 'HEAD') expect(text).toBe('');
    else expect(JSON.parse(text)).toMatchObject({ code: 'method_not_allowed', detail: `This path takes ${allow}` });
  });

  test('is never one of a route', async () => {
    for (const { method, path } of routes) {
      const { status } = await room.send({ method, path: path.replace(/\{\w+\}/g, 'missing') });
      expect([method, path, status]).not.toEqual([method, path, 405]);
    }
  });
});

describe('HEAD', () => {
  const both = async (path: string, headers = {}) => ({
    head: await room.send({ method: 'HEAD', path, headers }),
    get: await room.send({ method: 'GET', path, headers }),
  });

  test.each([
    ['/segments?limit=1'],
    ['/segments/@'],
    ['/segments/@/export'],
    ['/templates'],
    ['/segments/missing'],
    ['/leads?limit=0'],
  ])('answers as GET does, without a body: %s', async (path) => {
    const { head, get } = await both(path.replace('@', segmentId));
    expect([head.status, head.text]).toEqual([get.status, '']);
    for (const name of ['content-type', 'etag', 'cache-control', 'content-disposition']) {
      expect([name, head.headers[name]]).toEqual([name, get.headers[name]]);
    }
  });

  test('goes by If-None-Match, and to parts of a path that are encoded', async () => {
    const path = `/segments/${segmentId.replace('_', '%5F')}`;
    const { etag = '' } = (await both(path)).get.headers;
    expect((await both(path, { 'if-none-match': etag })).head.status).toBe(304);
  });
});

describe('a save that changes nothing', () => {
  const stored = () => room.client.segment(segmentId);
  const path = (rest = '') => `/segments/${segmentId}${rest}`;

  test('makes no revision, and answers the segment as it is', async () => {
    const before = await stored();
    const { name, description, active, match, tags, rules } = before;
    const answers = [
      await room.client.patch(path(), {}),
      await room.client.patch(path(), {
        name,
        description,
        active,
        match,
        tags,
        metadata: { x: '2', id: '1', none: null },
      }),
      await room.client.put(path('/rules'), { rules }),
      await room.client.put(path('/rules'), { match, rules: [isHot] }),
      await room.client.put(path(`/rules/${rules[0].id}`), { value: 'Hot', type: isHot.type, operator: 'equals' }),
      await room.client.post(path('/revisions/1/restore')),
    ];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(answers[1]?.body).toMatchObject({ name, rules, revision: 1, updatedAt: before.updatedAt });
    expect(answers[4]?.body).toEqual(rules[0]);
    expect((await room.client.get(path('/revisions'))).body.revisions).toHaveLength(1);
  });

  test('is refused all the same at another revision, or for what is invalid', async () => {
    expect((await room.client.patch(path(), {}, { 'if-match': '"7"' })).status).toBe(412);
    expect((await room.client.patch(path(), { name: (await stored()).name, active: 'no' })).status).toBe(422);
    expect((await room.client.patch('/segments/missing', {})).status).toBe(404);
  });

  test('starts no recalculation of an active segment; one that changes something does both', async () => {
    await room.client.patch(path(), { active: true });
    await room.settle();
    const { recalculation, rules } = await stored();
    await room.client.put(path('/rules?notify=false'), { rules });
    expect((await stored()).recalculation).toEqual(recalculation);
    const changed = await room.client.put(path('/rules'), { rules: [{ ...rules[0], value: 'Warm' }] });
    expect(changed.body).toMatchObject({ revision: 3, recalculation: { state: 'running' } });
  });
});

test('a number that no computer holds is told in plain words, wherever it is', async () => {
  const rule = (value: string) => `{"type":"lead_metadata","field":"n","operator":"in","value":[1,${value}]}`;
  const sent = `{"rules":[${rule('1e400')},${rule('-1e400')}],"sampleSize":1e999,"timeBudgetMs":1.5}`;
  const { body } = await room.client.request('POST', '/preview', { text: sent });
  const beyond = 'is a number beyond 1.8e308';
  expect(body.errors).toEqual([
    { path: '/rules/0/value/1', code: 'too_large', message: beyond },
    { path: '/rules/1/value/1', code: 'too_small', message: beyond },
    { path: '/sampleSize', code: 'too_large', message: beyond },
    { path: '/timeBudgetMs', code: 'wrong_type', message: 'must be a whole number' },
  ]);
});
