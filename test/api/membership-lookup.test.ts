import { beforeAll, expect, test, vi } from 'vitest';
import { unknownLead } from '../../shared/lead/lead-document.ts';
import type { Json } from '../api-client.ts';
import { useApiRoom } from './api-room.ts';

const opened = useApiRoom();
const occurredAt = new Date(Date.now() - 60_000).toISOString();
const comesFrom = (value: string) => ({ type: 'lead_metadata', field: 'country', operator: 'equals', value });
const lookUp = (body: object) => opened.client.post('/memberships/lookup', body);
const profile = (leadId: string, country: string) => ({ leadId, occurredAt, attributes: { country } });

const ids = { germans: '', anyone: '', frozen: '' };
beforeAll(async () => {
  const create = async (name: string, more: object) => (await opened.client.create({ name, active: true, ...more })).id;
  ids.germans = await create('Germans', { rules: [comesFrom('DE')] });
  ids.anyone = await create('Anyone', { rules: [{ ...comesFrom('DE'), operator: 'is_not_empty', value: undefined }] });
  ids.frozen = await create('Frozen', { rules: [comesFrom('DE')] });
  await opened.settle();
  await opened.change('profileChanges', profile('ann', 'DE'), profile('bob', 'FR'), profile('gone', 'DE'));
  await opened.client.patch(`/segments/${ids.frozen}`, { active: false });
  await opened.client.delete('/leads/gone');
});

const byRules = (id: string) => ({ id, since: expect.any(String), source: 'rules' });

test('tells of each lead the active segments it is in, before anything is projected', async () => {
  const { status, body } = await lookUp({ leadIds: ['bob', 'ann', 'nobody', 'gone', 'ann'] });
  const ann = { leadId: 'ann', segments: expect.toSatisfy((all) => all.length === 2) };
  expect([status, body]).toEqual([
    200,
    {
      results: [
        { leadId: 'bob', segments: [byRules(ids.anyone)] },
        ann,
        { leadId: 'nobody', segments: [], unknown: true },
        { leadId: 'gone', segments: [], unknown: true },
        ann,
      ],
    },
  ]);
});

test('tells only of the segments asked for', async () => {
  const { body } = await lookUp({ leadIds: ['ann', 'bob'], segmentIds: [ids.germans, ids.frozen] });
  expect(body.results).toEqual([
    { leadId: 'ann', segments: [byRules(ids.germans)] },
    { leadId: 'bob', segments: [] },
  ]);
});

test.each<[string, () => object, string[]]>([
  ['no leads', () => ({ leadIds: [] }), ['/leadIds']],
  ['too many leads', () => ({ leadIds: Array.from({ length: 1_001 }, () => 'ann') }), ['/leadIds']],
  ['what is no id', () => ({ leadIds: ['a b'] }), ['/leadIds/0']],
  ['no segments', () => ({ leadIds: ['ann'], segmentIds: [] }), ['/segmentIds']],
  [
    'segments that are not there',
    () => ({ leadIds: ['ann'], segmentIds: ['seg_1', ids.germans, '\ud800'] }),
    ['/segmentIds/0', '/segmentIds/2'],
  ],
  ['a cursor of nothing', () => ({ leadIds: ['ann'], cursor: 'x' }), ['/cursor']],
])('refuses %s', async (_, body, paths) => {
  const answer = await lookUp(body());
  expect([answer.status, answer.body.errors?.map(({ path }: Json) => path)]).toEqual([422, paths]);
});

test('a thousand leads that are in very many segments are answered in several pages', async () => {
  const { active, known } = await opened.world.catalog.current();
  const segment = active.get(ids.germans)!;
  const many = Array.from({ length: 400 }, (_, index) => `seg_${String(index).padStart(26, '0')}`);
  const membership = { sequence: 1, since: 0, source: 'rules', reason: 'rules', cause: { kind: 'by_hand' } } as const;
  const memberships = Object.fromEntries(many.map((id) => [id, membership]));
  vi.spyOn(opened.world.catalog, 'current').mockResolvedValue({
    active: new Map(many.map((id) => [id, segment])),
    known,
  } as never);
  vi.spyOn(opened.world.leads, 'read').mockImplementation(
    async (leadIds) =>
      new Map(leadIds.map((id) => [id, { ...unknownLead(id), version: 1, memberships: memberships as never }])),
  );
  const leadIds = Array.from({ length: 1_000 }, (_, index) => `lead-${index}`);
  const seen: string[] = [];
  let cursor: string | undefined;
  let pages = 0;
  do {
    const { status, body } = await lookUp({ leadIds, ...(cursor !== undefined && { cursor }) });
    expect(status).toBe(200);
    seen.push(...body.results.map(({ leadId }: Json) => leadId));
    cursor = body.cursor;
    pages++;
    const foreign = await lookUp({ leadIds: leadIds.slice(1), cursor });
    if (cursor !== undefined) expect(foreign.status).toBe(422);
  } while (cursor !== undefined);
  expect(seen).toEqual(leadIds);
  expect(pages).toBeGreaterThan(5);
  vi.restoreAllMocks();
});
