import { describe, expect, test, vi } from 'vitest';
import { useApiRoom } from './api-room.ts';

const room = useApiRoom();
const isIn = (country: string) => ({ type: 'lead_metadata', field: 'country', operator: 'equals', value: country });

let serial = 0;
const create = async (country: string): Promise<string> => {
  const { id } = await room.client.create({ name: `Segment ${++serial}`, active: true, rules: [isIn(country)] });
  await room.settle();
  return id;
};
const moveTo = (country: string, ...leadIds: string[]) =>
  room.change(
    'profileChanges',
    ...leadIds.map((leadId) => ({ leadId, occurredAt: new Date().toISOString(), attributes: { country } })),
  );

describe('what a segment says of its list', () => {
  test('a recalculation is done when the list shows what it did, and not before', async () => {
    const id = await create('AT');
    await moveTo('DE', 'ada', 'bob');
    await room.client.put(`/segments/${id}/rules`, { rules: [isIn('DE')] });
    await room.doJobs();
    const early = await room.client.segment(id);
    expect(early).toMatchObject({ memberCount: 0, recalculation: { state: 'running', entering: 2 } });
    expect(early.recalculation).not.toHaveProperty('finishedAt');
    expect(early.freshAsOf <= early.recalculation.startedAt).toBe(true);
    const listed = (await room.client.get('/segments')).body.segments.find((one: { id: string }) => one.id === id);
    expect(listed.recalculation.state).toBe('running');
    await room.project();
    const { memberCount, recalculation } = await room.client.segment(id);
    expect({ memberCount, state: recalculation.state }).toEqual({ memberCount: 2, state: 'done' });
    expect(await room.client.members(id)).toEqual(['ada', 'bob']);
  });

  test('answers once its last save shows, for whoever waits', async () => {
    const id = await create('AT');
    await moveTo('FR', 'dora');
    await room.client.put(`/segments/${id}/rules`, { rules: [isIn('FR')] });
    const waiting = room.client.get(`/segments/${id}?waitFor=revision`);
    await room.doJobs();
    await room.project();
    const { memberCount, recalculation } = (await waiting).body;
    expect({ memberCount, state: recalculation.state }).toEqual({ memberCount: 1, state: 'done' });
  });

  test('answers as it is when the time to wait is over', async () => {
    const id = await create('AT');
    await room.client.put(`/segments/${id}/rules`, { rules: [isIn('IT')] });
    const { status, body } = await room.client.get(`/segments/${id}?waitFor=revision&waitSeconds=1`);
    expect({ status, state: body.recalculation.state }).toEqual({
      status: 200,
      state: expect.stringMatching(/queued|running/),
    });
  });

  test('refuses to wait for anything else, or longer than a call may take', async () => {
    const id = await create('AT');
    for (const query of ['waitFor=members', 'waitFor=revision&waitSeconds=26', 'waitSeconds=0']) {
      expect((await room.client.get(`/segments/${id}?${query}`)).status).toBe(422);
    }
  });

  test('is fresh up to the changes that its list shows; other segments are as fresh as they were', async () => {
    const [germans, danes] = [await create('DE'), await create('DK')];
    const before = new Date().toISOString();
    await moveTo('DE', 'cleo');
    expect((await room.client.segment(germans)).freshAsOf < new Date().toISOString()).toBe(true);
    expect((await room.client.segment(germans)).freshAsOf <= before).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { recalculation, freshAsOf } = await room.client.segment(germans);
    expect(freshAsOf <= before).toBe(true);
    expect(recalculation.state).toBe('done');
    await room.project();
    expect(await room.client.members(germans)).toContain('cleo');
    expect((await room.client.segment(danes)).memberCount).toBe(0);
  });

  test('and a count that is behind by some of its members says so, wherever it is told how fresh it is', async () => {
    const id = await create('PT');
    await moveTo('PT', 'pia');
    await room.project();
    await moveTo('PT', 'pete');
    const sent = new Date().toISOString();
    // All of it is processed, and not all of it is listed.
    await vi.waitFor(async () => expect((await room.world.queueHealth.freshAsOf()) > sent).toBe(true), 10_000);
    const of = async (path: string) => (await room.client.get(path)).body;
    const [listed] = (await of(`/segments?ids=${id}`)).segments;
    for (const behind of [await room.client.segment(id), listed, await of('/health')]) {
      expect(behind.freshAsOf < sent).toBe(true);
    }
    expect(listed.memberCount).toBe(1);
    await room.project();
    for (const shown of [await room.client.segment(id), await of('/health')]) {
      expect(shown.freshAsOf > sent).toBe(true);
    }
    expect((await room.client.segment(id)).memberCount).toBe(2);
  });
});
