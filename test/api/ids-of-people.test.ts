import { expect, test } from 'vitest';
import { pathPart } from '../../shared/http/path-parts.ts';
import type { Json } from '../api-client.ts';
import { useApiRoom } from './api-room.ts';

/** Ids as mail addresses and other scripts have them, some of which begin another. */
const leadIds = [
  "test.o'neil@x.example",
  'müller&söhne@büro.example',
  '東京',
  '東京@x.example',
  'a',
  "a'b",
  'a~',
  'a?b{c}',
];
const room = useApiRoom();
const at = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const pathOf = (leadId: string) => `/leads/${pathPart(leadId)}`;

/** The lead ids of all pages of a list. */
async function everyPage(path: string, rowsOf: (page: Json) => { leadId: string }[]): Promise<string[]> {
  const listed: string[] = [];
  let cursor: string | undefined;
  do {
    const { body } = await room.client.get(
      cursor === undefined ? path : `${path}&cursor=${encodeURIComponent(cursor)}`,
    );
    listed.push(...rowsOf(body).map(({ leadId }) => leadId));
    cursor = body.cursor;
  } while (cursor !== undefined);
  return listed;
}

test('a path may have accents in either encoding: the lead is found, erased and kept out', async () => {
  const written = (form: 'NFC' | 'NFD') => pathOf('jürgen@x.example'.normalize(form));
  const message = { leadId: 'jürgen@x.example', occurredAt: at(9), attributes: { country: 'DE' } };
  await room.change('profileChanges', message);
  expect((await room.client.get(written('NFD'))).body).toMatchObject({ leadId: 'jürgen@x.example' });
  expect((await room.client.request('DELETE', `${written('NFD')}?keepOut=true`)).status).toBe(204);
  await room.change('profileChanges', { ...message, occurredAt: at(0) });
  expect((await room.client.get(written('NFC'))).status).toBe(404);
});

test('leads with them are found, listed by pages, joined with their own events, told of and erased', async () => {
  const viewed = { type: 'event_metadata', eventType: 'Page View', operator: 'exists' };
  const isOne = { type: 'lead_metadata', field: 'leadId', operator: 'contains', value: '@X.example' };
  const byEvent = await room.client.create({ name: 'Viewed', active: true, rules: [viewed] });
  const profiles = leadIds.map((leadId) => ({ leadId, occurredAt: at(9), attributes: { country: 'DE' } }));
  await room.change('profileChanges', ...profiles);
  const some = leadIds.filter((_, index) => index % 2 === 0);
  const events = some.map((leadId) => ({ leadId, eventId: `e-${leadId}`, eventType: 'Page View', occurredAt: at(5) }));
  await room.change('leadEvents', ...events);
  await room.settle();
  expect(new Set(await room.client.members(byEvent.id))).toEqual(new Set(some));

  // Whoever saves now reads the raw events, joined with the leads by their ids.
  const later = { ...viewed, operator: 'not_exists' };
  const preview = await room.client.post('/preview', { match: 'all', rules: [later], sampleSize: 10 });
  const counted: string[] = preview.body.sample.map(({ leadId }: { leadId: string }) => leadId);
  expect(new Set(counted)).toEqual(new Set(leadIds.filter((leadId) => !some.includes(leadId))));
  const joined = await room.client.create({ name: 'Also', active: true, rules: [later] });
  const byId = await room.client.create({ name: 'By id', active: true, rules: [isOne] });
  await room.settle();
  expect(new Set(await room.client.members(joined.id))).toEqual(new Set(counted));
  const ofExample = leadIds.filter((leadId) => leadId.endsWith('@x.example'));
  expect(new Set(await room.client.members(byId.id))).toEqual(new Set(ofExample));

  const listed = await everyPage('/leads?limit=3', ({ leads }) => leads);
  expect(listed.sort()).toEqual([...leadIds].sort());
  const members = await everyPage(`/segments/${joined.id}/members?limit=2`, (page) => page.members);
  expect(members.sort()).toEqual([...counted].sort());

  for (const leadId of leadIds) {
    expect((await room.client.get(pathOf(leadId))).body).toMatchObject({ leadId, attributes: { country: 'DE' } });
    expect((await room.client.request('DELETE', pathOf(leadId))).status).toBe(204);
  }
  await room.settle();
  expect((await room.client.get('/leads')).body.leads).toEqual([]);
  expect(await room.client.members(byId.id)).toEqual([]);
});
