import { beforeAll, expect, test } from 'vitest';
import { useApiRoom } from './api-room.ts';

const room = useApiRoom();
const isGerman = { type: 'lead_metadata', field: 'country', operator: 'equals', value: 'DE' };
const occurredAt = new Date(Date.now() - 60_000).toISOString();
const ids = { a: '', b: '' };

beforeAll(async () => {
  const leads = Array.from({ length: 6 }, (_, index) => ({
    leadId: `l${index}`,
    occurredAt,
    attributes: { country: 'DE' },
  }));
  await room.change('profileChanges', ...leads);
  for (const name of ['a', 'b'] as const) {
    ids[name] = (await room.client.create({ name, active: true, rules: [isGerman] })).id;
    await room.client.patch(`/segments/${ids[name]}`, { description: 'twice saved' });
  }
  await room.settle();
});

/** Lists of which the first page has a cursor, each with others that its cursor is not for. */
const lists = (): [list: string, others: string[]][] => [
  ['/leads', ['/segments', `/segments/${ids.a}/members`]],
  ['/segments', ['/segments?active=true', '/segments?sort=name']],
  [`/segments/${ids.a}/members`, [`/segments/${ids.b}/members`, `/segments/${ids.a}/members?source=rules`, '/leads']],
  [`/segments/${ids.a}/revisions`, [`/segments/${ids.b}/revisions`]],
  [`/segments/${ids.a}/activity`, [`/segments/${ids.b}/activity`, `/segments/${ids.a}/activity?days=7`]],
  ['/leads/l1/timeline', ['/leads/l2/timeline']],
];

const withQuery = (path: string, query: string) => `${path}${path.includes('?') ? '&' : '?'}${query}`;

test('a cursor goes on in the list it comes from, with any limit, and is refused by every other list', async () => {
  for (const [list, others] of lists()) {
    const { cursor } = (await room.client.get(withQuery(list, 'limit=1'))).body;
    expect({ list, cursor }).toEqual({ list, cursor: expect.any(String) });
    expect((await room.client.get(withQuery(list, `limit=5&cursor=${cursor}`))).status, list).toBe(200);
    for (const other of others) {
      const { status, body } = await room.client.get(withQuery(other, `cursor=${cursor}`));
      expect({ list, other, status, path: body.errors?.[0].path }).toEqual({
        list,
        other,
        status: 422,
        path: '/cursor',
      });
    }
  }
});

test('the cursor of a search goes with its rules', async () => {
  const search = (body: object) => room.client.post('/leads/search', { limit: 2, ...body });
  const { cursor } = (await search({ rules: [isGerman] })).body;
  const rest = await search({ cursor, limit: 4, rules: [isGerman] });
  expect([rest.status, rest.body.leads.length]).toEqual([200, 4]);
  const other = await search({ cursor, rules: [{ ...isGerman, value: 'AT' }] });
  expect([other.status, other.body.errors]).toEqual([422, [expect.objectContaining({ path: '/cursor' })]]);
});
