import { beforeAll, expect, test } from 'vitest';
import type { Json } from '../api-client.ts';
import { useApiRoom } from './api-room.ts';

const opened = useApiRoom();
const isGerman = { type: 'lead_metadata', field: 'country', operator: 'equals', value: 'DE' };
let segmentId = '';
let changes = 0;

/** Has leads say where they are, one after the other, at moments of their own. */
async function come(country: string, ...leadIds: readonly string[]): Promise<void> {
  for (const leadId of leadIds) {
    const occurredAt = new Date(Date.now() - 60_000 + ++changes).toISOString();
    const attributes = { country, note: leadId === 'us-2' ? 'new' : '' };
    await opened.change('profileChanges', { leadId, occurredAt, attributes });
    await opened.settle();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

async function list(query: Record<string, string> = {}): Promise<{ ids: string[]; members: Json[]; pages: number }> {
  const members: Json[] = [];
  let cursor: string | undefined;
  let pages = 0;
  do {
    const parameters = new URLSearchParams({ ...query, ...(cursor !== undefined && { cursor }) });
    const { status, body } = await opened.client.get(`/segments/${segmentId}/members?${parameters}`);
    expect([status, body]).toEqual([200, expect.anything()]);
    members.push(...body.members);
    cursor = body.cursor;
    pages++;
  } while (cursor !== undefined);
  return { ids: members.map(({ leadId }) => leadId), members, pages };
}

const inOrder = ['us-2', 'de-1', 'us-1', 'de-4', 'de-3', 'de-2'];
beforeAll(async () => {
  segmentId = (await opened.client.create({ name: 'Germans', active: true, rules: [isGerman] })).id;
  await opened.settle();
  await come('DE', 'de-1', 'de-2', 'de-3', 'gone', 'de-4');
  await come('FR', 'gone', 'de-1', 'us-1');
  await opened.client.post(`/segments/${segmentId}/members`, { leadIds: ['us-1'], action: 'pin' });
  await opened.settle();
  await come('DE', 'de-1');
  await opened.client.post(`/segments/${segmentId}/members`, { leadIds: ['de-4'], action: 'pin' });
  await come('DE', 'us-2');
  await opened.settle();
});

test('order=since: those who entered last come first, however small the pages are', async () => {
  expect((await list({ order: 'since' })).ids).toEqual(inOrder);
  const one = await list({ order: 'since', limit: '1' });
  expect(one.ids).toEqual(inOrder);
  expect(one.pages).toBeGreaterThanOrEqual(inOrder.length);
  const all = await list();
  expect([...all.ids].sort()).toEqual([...inOrder].sort());
});

test('q: those with a text in their name or id, in either order, however small the pages are', async () => {
  await opened.client.put('/vocabulary/display', { name: ['note', 'country'] });
  expect((await list({ q: 'NEW de', display: 'true' })).members).toMatchObject([
    { leadId: 'us-2', displayName: 'new DE' },
  ]);
  expect((await list({ q: 'de-', order: 'since', limit: '1' })).ids).toEqual(['de-1', 'de-4', 'de-3', 'de-2']);
  expect((await list({ q: 'us', limit: '1' })).ids.sort()).toEqual(['us-1', 'us-2']);
  expect((await list({ q: 'us', source: 'pinned' })).ids).toEqual(['us-1']);
  expect((await list({ q: 'nobody' })).ids).toEqual([]);
});

test('since and until, newest first; until itself is left out', async () => {
  const { members } = await list({ order: 'since' });
  const sinceOf = (leadId: string) => members.find((member) => member.leadId === leadId).since;
  expect((await list({ since: sinceOf('us-1') })).ids).toEqual(['us-2', 'de-1', 'us-1']);
  expect((await list({ until: sinceOf('us-1') })).ids).toEqual(['de-4', 'de-3', 'de-2']);
  expect((await list({ since: sinceOf('de-3'), until: sinceOf('us-1'), limit: '1' })).ids).toEqual(['de-4', 'de-3']);
  const offset = sinceOf('us-1').replace('Z', '+00:00');
  expect((await list({ since: offset })).ids).toEqual(['us-2', 'de-1', 'us-1']);
  expect((await list({ since: sinceOf('us-1'), until: sinceOf('us-1') })).ids).toEqual([]);
  expect((await list({ until: '9999-12-31T23:59:59-23:59' })).ids).toEqual(inOrder);
  expect((await list({ until: '0000-01-01T00:00:00Z' })).ids).toEqual([]);
});

test('source and prefix choose, in any order', async () => {
  expect((await list({ order: 'since', source: 'pinned' })).ids).toEqual(['us-1', 'de-4']);
  expect((await list({ order: 'since', prefix: 'us-' })).ids).toEqual(['us-2', 'us-1']);
  expect((await list({ prefix: 'us-', limit: '1' })).ids.sort()).toEqual(['us-1', 'us-2']);
  expect((await list({ prefix: 'de-3' })).ids).toEqual(['de-3']);
  expect((await list({ prefix: 'd' })).ids).toHaveLength(4);
  expect((await list({ prefix: 'e' })).ids).toEqual([]);
  await opened.client.post(`/segments/${segmentId}/members`, { leadIds: ['gone'], action: 'exclude' });
  await opened.settle();
  expect((await list({ source: 'excluded', prefix: 'go' })).ids).toEqual(['gone']);
  expect((await list({ source: 'excluded', prefix: 'de' })).ids).toEqual([]);
});

test('fields: attributes of each member, without what is empty', async () => {
  const { members } = await list({ order: 'since', fields: 'country,note' });
  expect(members.map(({ attributes }) => attributes.country)).toEqual(['DE', 'DE', 'FR', 'DE', 'DE', 'DE']);
  expect(members.slice(0, 2).map(({ attributes }) => attributes)).toEqual([
    { country: 'DE', note: 'new' },
    { country: 'DE' },
  ]);
  expect((await list({ prefix: 'us-2', fields: '' })).members[0].attributes).toEqual({});
  expect((await list({ prefix: 'us-2' })).members[0]).not.toHaveProperty('attributes');
});

test('long attributes make pages short, and no member is lost', async () => {
  const long = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`long${index}`, 'x'.repeat(4_000)]));
  const leadIds = Array.from({ length: 9 }, (_, index) => `long-${index}`);
  const occurredAt = new Date(Date.now() - 1_000).toISOString();
  await opened.change(
    'profileChanges',
    ...leadIds.map((leadId) => ({ leadId, occurredAt, attributes: { ...long, country: 'DE' } })),
  );
  await opened.settle();
  const fields = Object.keys(long).join(',');
  for (const order of [{}, { order: 'since' }]) {
    const { ids, pages } = await list({ ...order, prefix: 'long-', fields });
    expect([...ids].sort()).toEqual(leadIds);
    expect(pages).toBeGreaterThan(1);
  }
});

test('members whose entries have left the history come last', async () => {
  // As if all of it had expired: a history that begins tomorrow, of a segment that is older than it.
  const { world } = opened;
  const kept = { days: world.transitionRetentionDays };
  Object.assign(world, { transitionRetentionDays: 0 });
  const segments = world.segments as { get: (id: string) => Promise<Json> };
  const { get } = segments;
  segments.get = async (id) => ({ ...(await get(id)), createdAt: '2020-01-01T00:00:00.000Z' });
  try {
    const { ids } = await list({ order: 'since', prefix: 'de-', limit: '2' });
    expect([...ids].sort()).toEqual(['de-1', 'de-2', 'de-3', 'de-4']);
  } finally {
    segments.get = get;
    Object.assign(world, { transitionRetentionDays: kept.days });
  }
});

test.each([
  ['order=name', '/order'],
  ['since=yesterday', '/since'],
  ['until=2026-03-10', '/until'],
  ['prefix=a%20b', '/prefix'],
  ['fields=unheard', '/fields'],
  ['order=since&source=excluded', '/source'],
  ['since=2026-03-10T00:00:00Z&source=excluded', '/source'],
])('%s is refused', async (query, path) => {
  const { status, body } = await opened.client.get(`/segments/${segmentId}/members?${query}`);
  expect([status, body.errors.map((error: Json) => error.path)]).toEqual([422, [path]]);
});

test('a cursor goes with its order, span and prefix', async () => {
  const { body } = await opened.client.get(`/segments/${segmentId}/members?order=since&limit=1`);
  for (const query of ['', 'order=since&prefix=de-', 'since=2020-01-01T00:00:00Z']) {
    const answer = await opened.client.get(`/segments/${segmentId}/members?${query}&cursor=${body.cursor}`);
    expect(answer.status).toBe(422);
  }
});
