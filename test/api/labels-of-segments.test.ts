import { describe, expect, test } from 'vitest';
import type { Json } from '../api-client.ts';
import { useApiRoom } from './api-room.ts';

const room = useApiRoom();
const api = () => room.client;
const labels = { tags: ['Q1', 'Nürnberg'], metadata: { 'crm.id': '7', owner: 'ann', note: '' } };
let serial = 0;
const create = (content: object = {}): Promise<Json> => api().create({ name: `Labelled ${++serial}`, ...content });

describe('tags and metadata', () => {
  test('are there from the start, and empty unless they are given', async () => {
    expect(await create()).toMatchObject({ tags: [], metadata: {} });
    const { id } = await create(labels);
    expect(await api().segment(id)).toMatchObject(labels);
    const { body } = await api().get(`/segments?tag=${encodeURIComponent('NÜRNBERG')}`);
    expect(body.segments).toMatchObject([{ id, ...labels }]);
  });

  test('are changed without evaluating a lead: tags as a whole, metadata key by key', async () => {
    const { id, recalculation } = await create({ ...labels, active: true });
    const change = { tags: ['Q2'], metadata: { owner: 'bo', note: null, since: '2026' } };
    const { status, body } = await api().patch(`/segments/${id}`, change);
    expect({ status, body }).toMatchObject({ status: 200, body: { tags: ['Q2'], revision: 2 } });
    expect(body.metadata).toEqual({ 'crm.id': '7', owner: 'bo', since: '2026' });
    expect(body.recalculation.startedAt).toBe(recalculation.startedAt);
    expect((await api().patch(`/segments/${id}`, { description: 'Else' })).body).toMatchObject({
      tags: ['Q2'],
      metadata: body.metadata,
    });
  });

  test('go along with copies and come back with revisions', async () => {
    const { id } = await create(labels);
    const copy = (await api().post(`/segments/${id}/copy`)).body;
    expect({ tags: copy.tags, metadata: copy.metadata }).toEqual(labels);
    await api().patch(`/segments/${id}`, { tags: [], metadata: { owner: null } });
    const { body: second } = await api().get(`/segments/${id}/revisions/2`);
    expect(second).toMatchObject({ revision: 2, tags: [], metadata: { 'crm.id': '7', note: '' } });
    expect(second.changes).toEqual(['tag removed: "Q1"', 'tag removed: "Nürnberg"', 'metadata "owner" removed']);
    const restored = (await api().post(`/segments/${id}/revisions/1/restore`)).body;
    expect({ tags: restored.tags, metadata: restored.metadata }).toEqual(labels);
  });

  test.each<[string, string, string]>([
    ['an empty tag', '{"tags": [" "]}', '/tags/0'],
    ['a tag of 51 characters', JSON.stringify({ tags: ['x'.repeat(51)] }), '/tags/0'],
    ['the same tag twice', '{"tags": ["a", "b", "A"]}', '/tags/2'],
    ['21 tags', JSON.stringify({ tags: Array.from({ length: 21 }, (_, index) => `t${index}`) }), '/tags'],
    ['tags that are no list', '{"tags": "a"}', '/tags'],
    ['metadata that is a list', '{"metadata": ["a"]}', '/metadata'],
    ['metadata that is null', '{"metadata": null}', '/metadata'],
    ['a number as metadata', '{"metadata": {"a": 7}}', '/metadata/a'],
    ['a value of 501 characters', JSON.stringify({ metadata: { a: 'x'.repeat(501) } }), '/metadata/a'],
    ['an empty key', '{"metadata": {"": "x"}}', '/metadata/'],
    ['the key __proto__', '{"metadata": {"__proto__": "x"}}', '/metadata/__proto__'],
    ['half a character', '{"metadata": {"a": "\\ud800"}}', '/metadata/a'],
    [
      '21 keys',
      JSON.stringify({ metadata: Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`k${index}`, ''])) }),
      '/metadata',
    ],
  ])('are refused: %s', async (_what, text, path) => {
    const { id } = await create(labels);
    const answers = [
      await api().request('PATCH', `/segments/${id}`, { text }),
      await api().request('POST', '/segments', { text: text.replace('{', '{"name": "Never", ') }),
    ];
    for (const { status, body } of answers) {
      expect([status, body.errors?.map((error: Json) => error.path)]).toEqual([422, [path]]);
    }
  });

  test('have at most 20 keys, those that were there included', async () => {
    const { id } = await create(labels);
    const more = Object.fromEntries(Array.from({ length: 18 }, (_, index) => [`k${index}`, 'x']));
    expect((await api().patch(`/segments/${id}`, { metadata: more })).body.errors).toMatchObject([
      { path: '/metadata' },
    ]);
    expect((await api().patch(`/segments/${id}`, { metadata: { ...more, note: null } })).status).toBe(200);
  });
});

describe('a revision', () => {
  test('is read by its number, with what it changed', async () => {
    const { id } = await create();
    await api().patch(`/segments/${id}`, { description: 'Second' });
    const list = (await api().get(`/segments/${id}/revisions`)).body.revisions;
    for (const revision of list) {
      expect((await api().get(`/segments/${id}/revisions/${revision.revision}`)).body).toEqual(revision);
    }
    for (const number of ['0', '3', 'x', '1.0', '01', '9'.repeat(20)]) {
      expect((await api().get(`/segments/${id}/revisions/${number}`)).status).toBe(404);
    }
  });
});
