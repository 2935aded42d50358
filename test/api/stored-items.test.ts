import { readFileSync, writeFileSync } from 'node:fs';
import {
  BatchWriteItemCommand,
  paginateScan,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, test, vi } from 'vitest';
import type { Item } from '../../shared/aws/read-items.ts';
import { chunk } from '../../shared/batch/batch.ts';
import { useApiRoom } from './api-room.ts';

/**
 * What a release left in tables and queues, and what it answered of it. A release that changes a format adds a file of its
 * own, written with `WRITE_STORED_ITEMS=true npx vitest run test/api/stored-items.test.ts`, and keeps the one before.
 */
interface StoredItems {
  readonly tables: Readonly<Record<string, readonly Item[]>>;
  readonly messages: Readonly<Record<'JOBS' | 'DUE_LEADS', readonly string[]>>;
  /** The members of each segment, by its name, once all messages are handled. */
  readonly members: Readonly<Record<string, readonly string[]>>;
}

const file = 'test/fixtures/stored-items-1.json';
const tables = ['Segments', 'Leads', 'Accounts', 'Events', 'Memberships', 'Transitions'];
const room = useApiRoom();

const idsByName = async (): Promise<Map<string, string>> => {
  const { segments } = (await room.client.get('/segments?limit=100')).body;
  return new Map(segments.map(({ name, id }: { name: string; id: string }) => [name, id]));
};

async function membersByName(): Promise<Record<string, string[]>> {
  const members: Record<string, string[]> = {};
  for (const [name, id] of await idsByName()) members[name] = await room.client.members(id);
  return members;
}

/** Takes changes in and projects them: a room projects only the last write of each document. */
const change: typeof room.change = async (queue, ...messages) => {
  await room.change(queue, ...messages);
  await room.project();
};

/** A world with one of each thing that is stored, and messages that are still under way. */
async function makeWorld(): Promise<void> {
  const now = Date.now();
  const occurredAt = new Date(now - 60_000).toISOString();
  const rule = (field: string, operator: string, value: unknown) => ({ type: 'lead_metadata', field, operator, value });
  const create = async (name: string, ...rules: object[]): Promise<string> =>
    (await room.client.create({ name, active: true, rules, tags: ['kept'], metadata: { owner: 'ops' } })).id;
  await room.client.put('/vocabulary/levels/engagement', { levels: ['Cold', 'Warm', 'Hot'] });
  await room.client.put('/vocabulary/hidden', { hidden: ['lead:secret'] });
  const germans = await create('Germans', rule('country', 'equals', 'DE'));
  await create('Hot', { type: 'engagement_level', operator: 'at_least', value: 'Warm' });
  await create('Visitors', {
    type: 'event_metadata',
    eventType: 'Page View',
    operator: 'exists',
    times: { atLeast: 2 },
  });
  await create('Recent visitors', {
    type: 'event_metadata',
    eventType: 'Page View',
    operator: 'exists',
    withinDays: 7,
  });
  await create('Of software companies', {
    type: 'account_metadata',
    field: 'industry',
    operator: 'equals',
    value: 'Software',
  });
  await create('Hot Germans', { type: 'segment', segmentId: germans, operator: 'in' });
  const gone = await create('Gone', rule('country', 'equals', 'FR'));
  await change('accountChanges', { accountId: 'acme', occurredAt, attributes: { industry: 'Software' } });
  await change(
    'profileChanges',
    { leadId: 'ada', occurredAt, attributes: { country: 'DE', score: 42, 'odd|name=%': 'x:y' }, accountId: 'acme' },
    { leadId: 'bob', occurredAt, attributes: { country: 'FR', tags: ['a', 'b'] } },
    { leadId: 'cleo', occurredAt, attributes: { country: null, vip: true } },
    { leadId: 'dora', occurredAt, attributes: { country: 'DE' } },
  );
  await change('levelChanges', { leadId: 'ada', occurredAt, engagementLevel: 'Hot' });
  await change(
    'leadEvents',
    ...[1, 2].map((n) => ({ leadId: 'bob', eventId: `e${n}`, eventType: 'Page View', occurredAt, metadata: { n } })),
    // Leaves its window in a minute.
    {
      leadId: 'cleo',
      eventId: 'e3',
      eventType: 'Page View',
      occurredAt: new Date(now - 7 * 86_400_000 + 60_000).toISOString(),
    },
  );
  await room.settle();
  await room.client.post(`/segments/${germans}/members`, { action: 'pin', leadIds: ['cleo'], reason: 'asked for' });
  await room.client.post(`/segments/${germans}/members`, { action: 'exclude', leadIds: ['dora'] });
  await room.project();
  await room.client.put(`/segments/${germans}/rules`, { rules: [rule('country', 'in', ['DE', 'AT'])] });
  await room.settle();
  await room.client.delete(`/segments/${gone}`);
  await change('profileChanges', { leadId: 'eve', occurredAt, attributes: { country: 'DE' } });
  await room.client.delete('/leads/eve');
  await room.client.post(`/segments/${germans}/exports`, {});
  await room.project();
}

async function itemsOf(TableName: string): Promise<Item[]> {
  const items: Item[] = [];
  for await (const { Items = [] } of paginateScan({ client: room.room.clients.dynamodb }, { TableName })) {
    items.push(...(Items as Item[]));
  }
  return items;
}

async function restore(stored: StoredItems): Promise<void> {
  for (const [table, items] of Object.entries(stored.tables)) {
    for (const group of chunk(items, 25)) {
      const RequestItems = { [table]: group.map((Item) => ({ PutRequest: { Item: { ...Item } } })) };
      await room.room.clients.dynamodb.send(new BatchWriteItemCommand({ RequestItems }));
    }
  }
}

async function write(): Promise<void> {
  await makeWorld();
  const bodiesOf = async (queue: string) => (await room.room.take(queue)).map(({ body }) => body);
  const messages = { JOBS: await bodiesOf('JOBS'), DUE_LEADS: await bodiesOf('DUE_LEADS') };
  const left = Object.fromEntries(await Promise.all(tables.map(async (table) => [table, await itemsOf(table)])));
  writeFileSync(file, `${JSON.stringify({ tables: left, messages, members: await membersByName() }, null, 1)}\n`);
}

async function handle(stored: StoredItems): Promise<void> {
  const { handler: jobs } = await import('../../functions/queues/jobs.ts');
  const { handler: dueLeads } = await import('../../functions/queues/due-leads.ts');
  expect(await room.room.deliver(jobs, [...stored.messages.JOBS])).toEqual([]);
  expect(await room.room.deliver(dueLeads, [...stored.messages.DUE_LEADS])).toEqual([]);
  await room.settle();
}

if (process.env.WRITE_STORED_ITEMS === 'true') test('writes what is stored', write);
else {
  describe('what the release before left', () => {
    const stored = JSON.parse(readFileSync(file, 'utf8')) as StoredItems;
    /** Those that time alone moves have left since. */
    const membersNow = { ...stored.members, 'Recent visitors': expect.any(Array) };

    test('is answered as it was', async () => {
      await restore(stored);
      expect(await membersByName()).toEqual(stored.members);
      const ids = await idsByName();
      const germans = await room.client.segment(ids.get('Germans')!);
      expect(germans).toMatchObject({ revision: 2, tags: ['kept'], metadata: { owner: 'ops' }, memberCount: 2 });
      expect((await room.client.get(`/segments/${germans.id}/revisions`)).body.revisions).toHaveLength(2);
      expect((await room.client.get('/vocabulary')).body.levels.engagement).toEqual(['Cold', 'Warm', 'Hot']);
      const { attributes, account } = (await room.client.get('/leads/ada')).body;
      expect(attributes).toEqual({ country: 'DE', score: 42, 'odd|name=%': 'x:y' });
      expect(account).toMatchObject({ accountId: 'acme', attributes: { industry: 'Software' } });
      expect((await room.client.get('/leads/ada/timeline')).body.transitions.length).toBeGreaterThan(2);
      expect((await room.client.get('/leads/eve')).status).toBe(404);
    });

    test('and its messages are handled, and what they do is what they would have done', async () => {
      await handle(stored);
      expect(await membersByName()).toEqual(membersNow);
    });

    test('is changed by new messages', async () => {
      await change('profileChanges', {
        leadId: 'ada',
        occurredAt: new Date().toISOString(),
        attributes: { country: 'FR' },
      });
      expect((await membersByName()).Germans).toEqual(['cleo']);
      await change('profileChanges', {
        leadId: 'ada',
        occurredAt: new Date().toISOString(),
        attributes: { country: 'AT' },
      });
      expect(await membersByName()).toEqual(membersNow);
    });

    test('has nothing to correct when everything is evaluated again', async () => {
      for (const id of (await idsByName()).values()) {
        expect((await room.client.post(`/segments/${id}/recalculate`)).status).toBeLessThan(300);
        await room.settle();
        const { recalculation } = await room.client.segment(id);
        expect(recalculation).toMatchObject({ state: 'done', entering: 0, leaving: 0 });
      }
    });
  });

  describe('what a newer release wrote', () => {
    const mark = (TableName: string, Key: Item, version: number): Promise<unknown> => {
      const input: UpdateItemCommandInput = {
        ...{ TableName, Key, UpdateExpression: 'SET formatVersion = :version' },
        ExpressionAttributeValues: { ':version': { N: String(version) } },
      };
      return room.room.clients.dynamodb.send(new UpdateItemCommand(input));
    };

    test('is not read as what is known: messages come again, calls fail, both with the reason in the log', async () => {
      const errors = vi.spyOn(console, 'error').mockReturnValue();
      const ada = (await itemsOf('Leads')).find(({ leadId }) => leadId?.S === 'ada')!;
      const key = { shard: ada.shard!, leadId: ada.leadId! };
      await mark('Leads', key, 2);
      expect((await room.client.get('/leads/ada')).status).toBe(500);
      const { handler } = await import('../../functions/queues/level-changes.ts');
      const toCold = { leadId: 'ada', occurredAt: new Date().toISOString(), engagementLevel: 'Cold' };
      await expect(room.room.deliver(handler, [toCold])).rejects.toThrow(
        /Lead ada has format 2, and this release reads up to 1/,
      );
      expect(errors.mock.calls.join('\n')).toContain('Lead ada has format 2');
      await mark('Leads', key, 1);
      expect((await room.client.get('/leads/ada')).status).toBe(200);
      expect(await room.room.deliver(handler, [toCold])).toEqual([]);
      errors.mockRestore();
    });

    test('a message goes to the dead letters with the reason, if no newer worker takes it before', async () => {
      const { handler: jobs } = await import('../../functions/queues/jobs.ts');
      const { handler: dueLeads } = await import('../../functions/queues/due-leads.ts');
      const job = { formatVersion: 2, kind: 'account_fan_out', accountId: 'acme' };
      const due = { formatVersion: 2, dueAt: 0, leadIds: ['ada'] };
      expect(await room.room.deliver(jobs, [job])).toEqual([0]);
      expect(await room.room.deliver(dueLeads, [due])).toEqual([0]);
      expect(await room.room.deliver(jobs, [{ ...job, formatVersion: 1 }])).toEqual([]);
    });
  });
}
