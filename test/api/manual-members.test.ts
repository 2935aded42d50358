import { beforeAll, expect, test } from 'vitest';
import type { Json } from '../api-client.ts';
import { useApiRoom } from './api-room.ts';

const opened = useApiRoom();
const occurredAt = new Date(Date.now() - 60_000).toISOString();
const isGerman = { type: 'lead_metadata', field: 'country', operator: 'equals', value: 'DE' };

let segmentId = '';
const act = async (action: string, leadIds: readonly string[] = ['ann', 'bob']) => {
  const { status, body } = await opened.client.post(`/segments/${segmentId}/members`, { action, leadIds, reason: 'x' });
  expect(status).toBe(200);
  return body.results.map(({ leadId, result, member, wasMember }: Json) => [leadId, result, member, wasMember]);
};
const membersNow = async () => {
  await opened.settle();
  return opened.client.members(segmentId);
};

beforeAll(async () => {
  segmentId = (await opened.client.create({ name: 'Germans', active: true, rules: [isGerman] })).id;
  const profile = (leadId: string, country: string) => ({ leadId, occurredAt, attributes: { country } });
  await opened.change('profileChanges', profile('ann', 'DE'), profile('bob', 'FR'));
});

test('every action is done to many leads at once, and tells who is in then', async () => {
  expect(await act('exclude')).toEqual([
    ['ann', 'done', false, true],
    ['bob', 'done', false, false],
  ]);
  expect(await membersNow()).toEqual([]);
  const { body } = await opened.client.get(`/segments/${segmentId}/members?source=excluded`);
  expect(body.members.map(({ leadId }: Json) => leadId).sort()).toEqual(['ann', 'bob']);

  expect(await act('lift')).toEqual([
    ['ann', 'done', true, false],
    ['bob', 'done', false, false],
  ]);
  expect(await membersNow()).toEqual(['ann']);
  const left = await opened.client.get(`/segments/${segmentId}/members?source=excluded`);
  expect(left.body.members).toEqual([]);

  expect(await act('pin')).toEqual([
    ['ann', 'done', true, true],
    ['bob', 'done', true, false],
  ]);
  expect(await act('add')).toEqual([
    ['ann', 'done', true, true],
    ['bob', 'done', true, true],
  ]);
  expect(await act('add')).toEqual([
    ['ann', 'unchanged', true, true],
    ['bob', 'unchanged', true, true],
  ]);
  expect(await act('lift')).toEqual([
    ['ann', 'done', true, true],
    ['bob', 'done', false, true],
  ]);
  expect(await membersNow()).toEqual(['ann']);
  const [member] = (await opened.client.get(`/segments/${segmentId}/members`)).body.members;
  expect(member).toEqual({ leadId: 'ann', since: expect.any(String), source: 'rules' });

  expect(await act('remove', ['ann', 'nobody', 'ann'])).toEqual([
    ['ann', 'done', false, true],
    ['nobody', 'unknown_lead', undefined, undefined],
    ['ann', 'repeated', undefined, undefined],
  ]);
  expect(await act('lift')).toEqual([
    ['ann', 'done', true, false],
    ['bob', 'unchanged', false, false],
  ]);
  expect(await membersNow()).toEqual(['ann']);
});

test('what is lifted does not stand in the explanation, and its exit tells the rules as the reason', async () => {
  await act('pin', ['bob']);
  await act('lift', ['bob']);
  await opened.settle();
  const { body } = await opened.client.get(`/leads/bob/segments/${segmentId}/explanation`);
  expect(body).not.toHaveProperty('byHand');
  expect(body).toMatchObject({ member: false, lastTransition: { reason: 'rules', cause: { kind: 'by_hand' } } });
});

test('another action is refused', async () => {
  const { status, body } = await opened.client.post(`/segments/${segmentId}/members`, {
    ...{ action: 'added', leadIds: ['ann'], pin: true },
  });
  expect([status, body.errors.map(({ path }: Json) => path)]).toEqual([422, ['/action', '/pin']]);
});
