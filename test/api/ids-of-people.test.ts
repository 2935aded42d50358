import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAccountStore } from '../../shared/account/account-store.ts';
import { createReadPacer } from '../../shared/aws/read-pacer.ts';
import { pathPart } from '../../shared/http/path-parts.ts';
import { idInKey, isAfterInKeys } from '../../shared/id/id-in-key.ts';
import { createDueReader, type DueLead } from '../../shared/lead/due-lead-store.ts';
import { leadKey } from '../../shared/lead/lead-item.ts';
import { shardOf } from '../../shared/lead/shard.ts';
import { excludedKey, memberKey } from '../../shared/projection/row-keys.ts';
import { createStoredRowStore } from '../../shared/reconciliation/stored-row-store.ts';
import type { Json } from '../api-client.ts';
import { anyId } from '../id/any-id.ts';
import { useApiRoom } from './api-room.ts';

/** Ids as mail addresses and other scripts have them, some of which begin another; and any others. */
const leadIds = [
  ...new Set([
    "test.o'neil@x.example",
    "o'neil!#x@x.example",
    'müller&söhne@büro.example',
    '東京',
    '東京@x.example',
    '𠮷野家@x.example',
    'a',
    "a'b",
    'a#b',
    'a%23b',
    'a/b?c=%2f',
    'a~',
    'a?b{c}',
    '#account',
    '#excluded#a',
    '..',
    ...fc.sample(anyId, { numRuns: 40, seed: 1 }),
  ]),
];
const room = useApiRoom();
const at = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const pathOf = (leadId: string) => `/leads/${pathPart(leadId)}`;
/** Ids in the order of lists: by shard, then as their keys sort. */
const inOrder = (ids: readonly string[]) =>
  [...ids].sort((a, b) =>
    shardOf(a) === shardOf(b) ? (isAfterInKeys(a, b) ? 1 : -1) : shardOf(a) < shardOf(b) ? -1 : 1,
  );

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
  const profiles = leadIds.map((leadId) => ({
    leadId,
    accountId: '#%/𠮷',
    occurredAt: at(9),
    attributes: { country: 'DE' },
  }));
  await room.change('profileChanges', ...profiles);
  const some = leadIds.filter((_, index) => index % 2 === 0);
  const events = some.flatMap((leadId) =>
    ['#', '!', '%', '𠮷', 'ｚ'].map((eventId) => ({ leadId, eventId, eventType: 'Page View', occurredAt: at(5) })),
  );
  await room.change('leadEvents', ...events);
  await room.settle();
  expect(new Set(await room.client.members(byEvent.id))).toEqual(new Set(some));

  // Whoever saves now reads the raw events, joined with the leads by their ids.
  const later = { ...viewed, operator: 'not_exists' };
  const preview = await room.client.post('/preview', { match: 'all', rules: [later], sampleSize: 50 });
  const counted: string[] = preview.body.sample.map(({ leadId }: { leadId: string }) => leadId);
  expect(new Set(counted)).toEqual(new Set(leadIds.filter((leadId) => !some.includes(leadId))));
  const joined = await room.client.create({ name: 'Also', active: true, rules: [later] });
  const byId = await room.client.create({ name: 'By id', active: true, rules: [isOne] });
  await room.settle();
  expect(new Set(await room.client.members(joined.id))).toEqual(new Set(counted));
  const ofExample = leadIds.filter((leadId) => leadId.endsWith('@x.example'));
  expect(new Set(await room.client.members(byId.id))).toEqual(new Set(ofExample));
  const overlap = await room.client.get(`/segments/${byEvent.id}/overlap?with=${byId.id}`);
  expect(overlap.body.both).toBe(ofExample.filter((leadId) => some.includes(leadId)).length);

  const listed = await everyPage('/leads?limit=3', ({ leads }) => leads);
  expect(listed).toEqual(inOrder(leadIds));
  const membersOf = (query: string) => everyPage(`/segments/${joined.id}/members?${query}`, (page) => page.members);
  expect(await membersOf('limit=2')).toEqual(inOrder(counted));
  for (const prefix of ['a', '#', '!', '%', '𠮷', '東京']) {
    const begin = counted.filter((leadId) => leadId.startsWith(prefix));
    expect(await membersOf(`limit=2&prefix=${encodeURIComponent(prefix)}`)).toEqual(inOrder(begin));
  }
  expect(new Set(await membersOf('limit=2&order=since'))).toEqual(new Set(counted));
  const lookup = await room.client.post('/memberships/lookup', { leadIds, segmentIds: [joined.id] });
  const isIn = ({ segments }: Json) => segments.length === 1;
  expect(lookup.body.results.filter(isIn).map(({ leadId }: Json) => leadId)).toEqual(
    leadIds.filter((leadId) => counted.includes(leadId)),
  );

  const excluded = counted.slice(0, 9);
  await room.client.post(`/segments/${joined.id}/members`, { leadIds: excluded, action: 'exclude' });
  await room.settle();
  expect(await membersOf('limit=2&source=excluded')).toEqual(inOrder(excluded));
  expect(await membersOf('limit=50')).toEqual(inOrder(counted.slice(9)));

  for (const leadId of leadIds) {
    expect((await room.client.get(pathOf(leadId))).body).toMatchObject({ leadId, attributes: { country: 'DE' } });
    expect((await room.client.request('DELETE', pathOf(leadId))).status).toBe(204);
  }
  await room.settle();
  expect((await room.client.get('/leads')).body.leads).toEqual([]);
  expect(await room.client.members(byId.id)).toEqual([]);
});

test('the roster of an account has them by pages, and in ranges', async () => {
  const accounts = createAccountStore(room.room.clients.dynamodb, 'Accounts');
  const accountId = '#1';
  const entries = leadIds.map((leadId) => ({ accountId, leadId, documentVersion: 1 }));
  await accounts.enterRoster(entries);
  await accounts.enterRoster(entries.map((entry) => ({ ...entry, documentVersion: 2 })));
  const sorted = [...leadIds].sort((a, b) => (idInKey(a) < idInKey(b) ? -1 : 1));
  const cuts = await accounts.rosterCuts(accountId, 5);
  const inRanges: string[] = [];
  for (const [index, cut] of [...cuts, undefined].entries()) {
    let after = cuts[index - 1];
    do {
      const page = await accounts.roster({ accountId, after, through: cut }, 2);
      inRanges.push(...page.leadIds);
      after = page.next;
    } while (after !== undefined);
  }
  expect(inRanges).toEqual(sorted);
  await accounts.leaveRoster(entries.map((entry) => ({ ...entry, documentVersion: 3 })));
  expect((await accounts.roster({ accountId }, 100)).leadIds).toEqual([]);
});

/** Ids of one shard, in the order of its lists. */
const ofOneShard = inOrder(
  [...new Set(fc.sample(anyId, { numRuns: 900, seed: 2 }))].filter((id) => shardOf(id) === '07'),
);

test('the reconciler reads rows by ranges of leads, and the list of those who are kept out', async () => {
  const { dynamodb } = room.room.clients;
  const segmentId = 'seg_ranges';
  const keptOut = ofOneShard.slice(0, 3);
  for (const Item of [
    ...ofOneShard.map((leadId) => memberKey(segmentId, leadId)),
    ...keptOut.map((leadId) => excludedKey(segmentId, leadId)),
  ]) {
    await dynamodb.send(new PutItemCommand({ TableName: 'Memberships', Item }));
  }
  const rows = createStoredRowStore(dynamodb, 'Memberships', createReadPacer());
  const idsOf = (read: readonly { readonly leadId: string }[]) => read.map(({ leadId }) => leadId);
  const between = async (after: string | undefined, upTo: string | undefined) =>
    idsOf(await rows.between(segmentId, '07', after, upTo, () => false));
  expect(await between(undefined, undefined)).toEqual(ofOneShard);
  for (const [index, after] of ofOneShard.entries()) {
    expect(await between(after, undefined)).toEqual(ofOneShard.slice(index + 1));
    expect(await between(after, ofOneShard[index + 2])).toEqual(ofOneShard.slice(index + 1, index + 3));
  }
  const all: string[] = [];
  for await (const page of rows.partition(segmentId, '07')) all.push(...idsOf(page));
  expect(all).toEqual([...keptOut, ...ofOneShard]);
});

test('leads that fall due are read by pages', async () => {
  const { dynamodb } = room.room.clients;
  for (const leadId of ofOneShard) {
    await dynamodb.send(new PutItemCommand({ TableName: 'Leads', Item: { ...leadKey(leadId), dueAt: { N: '9' } } }));
  }
  const readDue = createDueReader(dynamodb, 'Leads');
  const read: DueLead[] = [];
  for (let isLast = false; !isLast; ) {
    const page = await readDue({ shard: '07', from: 0, after: read.at(-1), until: 10 }, 2);
    read.push(...page.due);
    isLast = page.isLast;
  }
  expect(read.map(({ leadId }) => leadId).sort()).toEqual([...ofOneShard].sort());
});
