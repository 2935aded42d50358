import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from 'vitest';
import type { Answer, Json } from '../api-client.ts';
import { useRunningStack } from './running-stack.ts';

const running = useRunningStack();
const api = () => running.current.api;

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
describe('what the bus hears of a segment’s life', () => {
  const at = () => new Date().toISOString();
  const typesOf = (heard: readonly Json[], id: string) =>
    heard.filter(({ detail }) => detail.segment.id === id).map((event) => event['detail-type']);

  test('a copy is created; a restore is a change, and recalculates; a silent one tells of no lead', async () => {
    const bus = await running.current.listenToBus('life', { source: ['lead-segments'] });
    await running.current.send('levelChanges', { leadId: 'hot', occurredAt: at(), engagementLevel: 'Hot' });
    await running.current.settle();
    const { id } = await create({ active: true, rules: [isHot] });
    await running.current.settle();
    const { body: copy } = await api().post(`/segments/${id}/copy`);
    await api().put(`/segments/${id}/rules`, { rules: [isGerman] });
    await running.current.settle();
    await api().post(`/segments/${id}/revisions/1/restore?notify=false`);
    await running.current.settle();
    expect(await api().members(id)).toEqual(['hot']);
    const heard = await bus.heard();
    expect(typesOf(heard, copy.id)).toEqual(['Segment Created']);
    expect(typesOf(heard, id).sort()).toEqual([
      'Lead Entered Segment',
      'Lead Exited Segment',
      'Segment Activated',
      'Segment Changed',
      'Segment Changed',
      'Segment Created',
      'Segment Recalculated',
      'Segment Recalculated',
      'Segment Recalculated',
    ]);
    const ofSegment = heard.filter(({ detail }) => detail.segment.id === id);
    const recalculated = ofSegment.flatMap(({ detail }) => detail.recalculation ?? []);
    const none = { state: 'done', done: 1, failed: 0, entering: 0, leaving: 0 };
    expect(recalculated).toEqual([
      { ...none, entering: 1 },
      { ...none, leaving: 1 },
      { ...none, entering: 1 },
    ]);
  });

  test('silent activation takes numbers and tells of no lead; so does silent creation', async () => {
    const bus = await running.current.listenToBus('silent', { source: ['lead-segments'] });
    const { id } = await create({ rules: [isHot] });
    await api().patch(`/segments/${id}?notify=false`, { active: true });
    const silent = { name: freshName(), active: true, rules: [isHot] };
    const { body: created } = await api().post('/segments?notify=false', silent);
    await running.current.settle();
    expect(await api().members(id)).toEqual(['hot']);
    expect(await api().members(created.id)).toEqual(['hot']);
    await running.current.send('levelChanges', { leadId: 'hot', occurredAt: at(), engagementLevel: 'Cold' });
    await running.current.settle();
    const exits = (await bus.heard()).filter((event) => event['detail-type'].startsWith('Lead'));
    expect(exits.map(({ detail }) => [detail.segment.id, detail.sequence]).sort()).toEqual(
      expect.arrayContaining([
        [id, 2],
        [created.id, 2],
      ]),
    );
    expect(exits.filter((event) => event['detail-type'] === 'Lead Entered Segment')).toEqual([]);
  });

  test('deactivating while it is recalculated ends that without a result', async () => {
    const { id } = await create({ active: true, rules: [isHot] });
    await api().patch(`/segments/${id}`, { active: false });
    await running.current.settle();
    const { active, memberCount, recalculation } = await api().segment(id);
    expect({ active, memberCount, recalculation }).toEqual({ active: false, memberCount: 0, recalculation: undefined });
  });
});

describe('the activity of a segment', () => {
  const today = () => new Date().toISOString().slice(0, 10);

  test('has the newest transitions first, page by page, and a figure for each of the last days', async () => {
    const { id } = await create({ active: true, rules: [isGerman] });
    await running.current.settle();
    const leadIds = ['ada', 'bob', 'cleo'];
    const send = (country: string) => {
      const occurredAt = new Date().toISOString();
      const changes = leadIds.map((leadId) => ({ leadId, occurredAt, attributes: { country } }));
      return running.current.send('profileChanges', ...changes);
    };
    await send('DE');
    await running.current.settle();
    await send('AT');
    await running.current.settle();
    const { status, body } = await api().get(`/segments/${id}/activity`);
    expect(status).toBe(200);
    expect(body.days).toHaveLength(30);
    expect(body.days.at(-1)).toEqual({ day: today(), entered: 3, exited: 3 });
    expect(body.days.slice(0, 28).every(({ entered, exited }: Json) => entered === 0 && exited === 0)).toBe(true);
    expect(body.transitions.map(({ type }: Json) => type)).toEqual([
      ...Array(3).fill('exited'),
      ...Array(3).fill('entered'),
    ]);
    expect(body.transitions[5]).toEqual({
      leadId: expect.stringMatching(/^(ada|bob|cleo)$/),
      occurredAt: expect.any(String),
      type: 'entered',
      sequence: 1,
      reason: 'rules',
      cause: expect.objectContaining({ kind: 'profile_change' }),
    });
    const pages = await api().pages(`/segments/${id}/activity`, 2);
    expect(pages.flatMap(({ transitions }) => transitions)).toEqual(body.transitions);
    expect((await api().get(`/segments/${id}/activity?days=1`)).body.days).toHaveLength(1);
  });

  test('is refused for days that cannot be, cursors of other lists, and segments that do not exist', async () => {
    const { id } = await create();
    for (const days of ['0', '401', '1.5', 'x', '']) {
      expectInvalid(await api().get(`/segments/${id}/activity?days=${days}`), '/days');
    }
    expectInvalid(await api().get(`/segments/${id}/activity?limit=501`), '/limit');
    expectInvalid(await api().get(`/segments/${id}/activity?cursor=${btoa('{"shard":3}')}`), '/cursor');
    expectProblem(await api().get('/segments/seg_missing/activity'), 404, 'not_found');
  });
});

describe('deleting a segment', () => {
  test('removes its members, counts and revisions in the background, and nobody else’s', async () => {
    const { dynamodb, file } = running.current;
    await running.current.send('profileChanges', {
      leadId: 'dora',
      occurredAt: new Date().toISOString(),
      attributes: { country: 'DE' },
    });
    const [gone, kept] = [
      await create({ active: true, rules: [isGerman] }),
      await create({ active: true, rules: [isGerman] }),
    ];
    await running.current.settle();
    const rowsOf = async (segmentId: string) => {
      const tables = [file.tables.memberships, file.tables.segments];
      const pages = await Promise.all(tables.map((TableName) => dynamodb.send(new ScanCommand({ TableName }))));
      const keys = pages.flatMap(({ Items = [] }) => Items.map(({ pk, sk }) => `${pk} ${sk}`));
      // What happened is still to be told, and the second sweep to come.
      return keys.filter((key) => key.includes(segmentId) && !/^(lifecycle|cleanups) /.test(key));
    };
    const before = await rowsOf(kept.id);
    expect((await rowsOf(gone.id)).length).toBe(before.length);
    await api().delete(`/segments/${gone.id}`);
    await running.current.settle();
    expect(await rowsOf(gone.id)).toEqual([]);
    expect(await rowsOf(kept.id)).toEqual(before);
    expect(await api().members(kept.id)).toContain('dora');
    expect(await api().segmentsOf('dora')).not.toContain(gone.id);
  });
});

test('no function failed on the way', () => {
  expect(running.current.problems).toEqual([]);
});
