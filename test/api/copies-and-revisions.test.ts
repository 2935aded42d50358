import { describe, expect, test } from 'vitest';
import type { Answer, Json } from '../api-client.ts';
import { useApiRoom } from './api-room.ts';

const room = useApiRoom();
const api = () => room.client;

const isHot = { type: 'engagement_level', operator: 'equals', value: 'Hot' };
const isGerman = { type: 'lead_metadata', field: 'country', operator: 'equals', value: 'DE' };

let serial = 0;
/** A name that no other test uses. */
const freshName = (about = 'Segment') => `${about} ${++serial}`;
const create = (content: object = {}) => api().create({ name: freshName(), ...content });

function expectProblem(answer: Answer, status: number, code: string): void {
  expect(answer).toMatchObject({ status, contentType: 'application/problem+json', body: { status, code } });
}
function expectInvalid(answer: Answer, path: string): void {
  expectProblem(answer, 422, 'invalid');
  expect(answer.body.errors.map((error: Json) => error.path)).toEqual([path]);
}
const changesOf = async (id: string): Promise<string[][]> =>
  (await api().get(`/segments/${id}/revisions`)).body.revisions.map(({ changes }: Json) => changes);

describe('copying a segment', () => {
  test('answers 201 with a new, inactive one that has the same rules under new ids', async () => {
    const group = { type: 'group', match: 'none', rules: [isGerman] };
    const original = await create({ description: 'Why', active: true, match: 'any', rules: [isHot, group] });
    const answer = await api().post(`/segments/${original.id}/copy`);
    expect(answer).toMatchObject({ status: 201, etag: '"1"', location: `/segments/${answer.body.id}` });
    const { name, description, active, match, rules } = answer.body;
    expect({ name, description, active, match }).toEqual({
      name: `${original.name} (copy)`,
      description: 'Why',
      active: false,
      match: 'any',
    });
    expect(rules).toMatchObject([isHot, group]);
    const ids = [rules[0].id, rules[1].id, rules[1].rules[0].id];
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(JSON.stringify(original.rules)).not.toContain(id);
    expect(await changesOf(answer.body.id)).toEqual([[`copied from the segment "${original.name}"`]]);
  });

  test('of the largest segment is made once for one Idempotency-Key', async () => {
    const value = Array.from({ length: 50 }, (_, index) => `${index} ${'ü'.repeat(180)}`);
    const rules = Array.from({ length: 10 }, () => ({ ...isGerman, operator: 'in', value }));
    const { id } = await create({ rules });
    const copy = () => api().post(`/segments/${id}/copy`, undefined, { 'idempotency-key': 'large copy' });
    const [first, second] = [await copy(), await copy()];
    expect(Buffer.byteLength(JSON.stringify(first.body))).toBeGreaterThan(350_000);
    expect({ status: second.status, id: second.body.id }).toEqual({ status: 201, id: first.body.id });
    expect([first.etag, second.etag]).toEqual(['"1"', expect.stringMatching(/^"1-/)]);
  });

  test('finds a name that is free, or takes the one it is given', async () => {
    const { id, name } = await create();
    const copies = [
      await api().post(`/segments/${id}/copy`),
      await api().post(`/segments/${id}/copy`, {}),
      await api().post(`/segments/${id}/copy`, { name: `${name} for sales` }),
    ];
    const names = copies.map((copy) => copy.body.name);
    expect(names).toEqual([`${name} (copy)`, `${name} (copy 2)`, `${name} for sales`]);
  });

  test('is refused for a name that is taken or none, unknown keys, and a segment that does not exist', async () => {
    const { id, name } = await create();
    expectProblem(await api().post(`/segments/${id}/copy`, { name }), 409, 'name_taken');
    expectInvalid(await api().post(`/segments/${id}/copy`, { name: ' ' }), '/name');
    expectInvalid(await api().post(`/segments/${id}/copy`, { active: true }), '/active');
    expectProblem(await api().request('POST', `/segments/${id}/copy`, { text: '{' }), 400, 'body_not_json');
    expectProblem(await api().post('/segments/seg_missing/copy'), 404, 'not_found');
  });
});

describe('the revisions of a segment', () => {
  test('tell, newest first, who saved what when, and what it changed', async () => {
    const { id, rules, name, createdAt } = await create({ rules: [isHot] });
    await api().put(`/segments/${id}/rules`, { match: 'any', rules: [{ ...rules[0], value: 'Warm' }, isGerman] });
    const { body: renamed } = await api().patch(`/segments/${id}`, { name: `${name} B`, active: true });
    expect(renamed).toMatchObject({ revision: 3, updatedBy: 'local' });
    const { status, body } = await api().get(`/segments/${id}/revisions`);
    expect(status).toBe(200);
    expect(body.revisions.map(({ changes }: Json) => changes)).toEqual([
      [`renamed from "${name}" to "${name} B"`, 'activated'],
      [
        'now matches any rule instead of all rules',
        'rule added: country is "DE"',
        'rule changed from engagement level is "Hot" to engagement level is "Warm"',
      ],
      ['created'],
    ]);
    expect(body.revisions[2]).toEqual({
      revision: 1,
      savedAt: createdAt,
      author: 'local',
      name,
      description: '',
      active: false,
      match: 'all',
      rules,
      tags: [],
      metadata: {},
      changes: ['created'],
    });
    expect(body.revisions[0]).toMatchObject({ revision: 3, savedAt: renamed.updatedAt, rules: renamed.rules });
    expect(body).not.toHaveProperty('cursor');
  });

  test('page, each exactly once and compared with the one before it', async () => {
    const { id } = await create();
    for (const description of ['1', '2', '3', '4']) await api().patch(`/segments/${id}`, { description });
    const pages = await api().pages(`/segments/${id}/revisions`, 2);
    const listed = pages.flatMap(({ revisions }) => revisions);
    expect(listed.map(({ revision }: Json) => revision)).toEqual([5, 4, 3, 2, 1]);
    expect(listed.map(({ changes }: Json) => changes[0])).toEqual([
      'description changed from "3" to "4"',
      'description changed from "2" to "3"',
      'description changed from "1" to "2"',
      'description added: "1"',
      'created',
    ]);
    expectInvalid(await api().get(`/segments/${id}/revisions?limit=0`), '/limit');
    for (const cursor of [btoa('"seg_x"'), btoa('0'), '%%%']) {
      const path = `/segments/${id}/revisions?cursor=${encodeURIComponent(cursor)}`;
      expectInvalid(await api().get(path), '/cursor');
    }
  });

  test('are not served of a segment that does not exist, or not any more', async () => {
    expectProblem(await api().get('/segments/seg_missing/revisions'), 404, 'not_found');
    const { id } = await create();
    await api().delete(`/segments/${id}`);
    expectProblem(await api().get(`/segments/${id}/revisions`), 404, 'not_found');
    expectProblem(await api().post(`/segments/${id}/revisions/1/restore`), 404, 'not_found');
  });
});

describe('restoring a revision', () => {
  test('makes a new revision of its name, description, match and rules, and leaves what is active', async () => {
    const { id, name, rules } = await create({ description: 'First', match: 'any', rules: [isHot] });
    await api().put(`/segments/${id}/rules`, { match: 'all', rules: [isGerman] });
    await api().patch(`/segments/${id}`, { name: freshName(), description: '', active: true });
    const answer = await api().post(`/segments/${id}/revisions/1/restore`);
    expect(answer).toMatchObject({ status: 200, etag: '"4"' });
    const { active, description, match, recalculation } = answer.body;
    expect({ active, description, match, name: answer.body.name, rules: answer.body.rules }).toEqual({
      active: true,
      description: 'First',
      match: 'any',
      name,
      rules,
    });
    expect(recalculation.state).toMatch(/queued|running|done/);
    const [[restored]] = (await changesOf(id)) as [[string]];
    expect(restored).toBe('restored revision 1');
    const { body } = await api().get(`/segments/${id}/revisions`);
    expect(body.revisions[0]).toMatchObject({ revision: 4, restored: 1, author: 'local' });
  });

  test('honours If-Match', async () => {
    const { id } = await create();
    await api().patch(`/segments/${id}`, { description: 'x' });
    const restore = (ifMatch: string) =>
      api().post(`/segments/${id}/revisions/1/restore`, undefined, { 'if-match': ifMatch });
    expectProblem(await restore('"1"'), 412, 'revision_moved');
    expect((await api().segment(id)).revision).toBe(2);
    expect((await restore('"2"')).status).toBe(200);
  });

  test.each([['2'], ['0'], ['01'], ['-1'], ['1.0'], ['x'], ['9999999999999']])(
    'answers 404 for revision %s',
    async (revision) => {
      const { id } = await create();
      expectProblem(await api().post(`/segments/${id}/revisions/${revision}/restore`), 404, 'not_found');
    },
  );

  test('is refused as any save: a name that is taken, a reference to what is gone', async () => {
    const base = await create();
    const rules = [{ type: 'segment', segmentId: base.id, operator: 'in' }];
    const { id, name } = await create({ rules });
    await api().put(`/segments/${id}/rules`, { rules: [] });
    await api().patch(`/segments/${id}`, { name: freshName() });
    await api().delete(`/segments/${base.id}`);
    expectInvalid(await api().post(`/segments/${id}/revisions/1/restore`), '');
    await create({ name });
    expectProblem(await api().post(`/segments/${id}/revisions/1/restore`), 409, 'name_taken');
    expect((await api().segment(id)).revision).toBe(3);
  });

  test('notifies or not as any save, and refuses other answers to that', async () => {
    const { id } = await create({ active: true, rules: [isHot] });
    expectInvalid(await api().post(`/segments/${id}/revisions/1/restore?notify=no`), '/notify');
    expect((await api().post(`/segments/${id}/revisions/1/restore?notify=false`)).status).toBe(200);
  });
});
