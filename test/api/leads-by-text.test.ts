import { beforeAll, expect, test } from 'vitest';
import { findShownLeads, maximumLooked } from '../../functions/api/find-shown-leads.ts';
import { unknownLead } from '../../shared/lead/lead-document.ts';
import type { Json } from '../api-client.ts';
import { useApiRoom } from './api-room.ts';

const opened = useApiRoom();
const people = {
  'l-1': { first: 'Jürgen', last: 'Groß', mail: 'jg@acme.example' },
  'l-2': { first: 'Ann', last: 'Bauer', mail: 'ann.bauer@acme.example' },
  ann: { first: 'Bob', last: 'Stone', mail: 'bob@other.example' },
  'l-4': { first: 'Joanna', last: 'Stone', mail: null },
};
beforeAll(async () => {
  const occurredAt = new Date(Date.now() - 60_000).toISOString();
  const changes = Object.entries(people).map(([leadId, attributes]) => ({ leadId, occurredAt, attributes }));
  await opened.change('profileChanges', ...changes, { leadId: 'joan', occurredAt, attributes: { first: 'Joan' } });
  await opened.client.put('/vocabulary/display', { name: ['first', 'last'], email: 'mail' });
  await opened.client.delete('/leads/joan');
});

async function found(q: string, limit = 50): Promise<string[]> {
  const pages = await opened.client.pages(`/leads?${new URLSearchParams({ q })}`, limit);
  expect(pages.every(({ leads }) => leads.length <= limit)).toBe(true);
  return pages.flatMap(({ leads }) => leads.map(({ leadId }: Json) => leadId));
}

test.each([
  ['JÜRGEN GROSS', ['l-1']],
  ['stone', ['ann', 'l-4']],
  ['@Acme', ['l-1', 'l-2']],
  ['l-', ['l-1', 'l-2', 'l-4']],
  ['null', []],
  ['joan', ['l-4']],
])('q=%s finds it in names, addresses and ids, however it is written', async (q, leadIds) => {
  expect((await found(q)).sort()).toEqual(leadIds);
  expect((await found(q, 1)).sort()).toEqual(leadIds);
});

test('who has exactly that id comes first, and once', async () => {
  expect(await found('ann', 1)).toEqual(['ann', ...(await found('ann')).slice(1)]);
  expect((await found('ann')).sort()).toEqual(['ann', 'l-2', 'l-4']);
  expect(await found('Ann')).toHaveLength(3);
});

test('a call looks at no more than 5,000 leads, but finds an id beyond them', async () => {
  let read = 0;
  const page = async (shard: string, after: string | undefined, limit: number) => {
    read += limit;
    const leads = Array.from({ length: limit }, (_, at) => unknownLead(`other-${shard}-${Number(after ?? 0) + at}`));
    return { leads, next: String(read) };
  };
  const world = { ...opened.world, leads: { ...opened.world.leads, page } };
  const { leads, next } = await findShownLeads(world, 'ann', undefined, 50);
  expect(leads.map(({ leadId }) => leadId)).toEqual(['ann']);
  expect(next).toEqual({ shard: 0, after: '5000' });
  expect(read).toBe(maximumLooked);
  expect((await findShownLeads(world, 'ann', next, 50)).leads).toEqual([]);
});

test.each([['q='], ['q=%20'], [`q=${'x'.repeat(201)}`]])('%s is refused', async (query) => {
  const { status, body } = await opened.client.get(`/leads?${query}`);
  expect([status, body.errors[0].path]).toEqual([422, '/q']);
});
