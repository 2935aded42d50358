import { setTimeout as sleep } from 'node:timers/promises';
import { paginateScan } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { useApiRoom } from './api-room.ts';

const room = useApiRoom();
/** The queues' own clock looks every 50 ms what is due by then. */
const pass = async (milliseconds: number) => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + milliseconds });
  await sleep(200);
};
afterEach(() => void vi.useRealTimers());

const german = { type: 'lead_metadata', field: 'country', operator: 'equals', value: 'DE' };
const profile = (leadId: string, occurredAt: number, changeId: string) => ({
  ...{ leadId, changeId, occurredAt: new Date(occurredAt).toISOString() },
  attributes: { country: 'DE' },
});
const tableOf = async (TableName: string): Promise<string> => {
  const items: object[] = [];
  for await (const { Items = [] } of paginateScan({ client: room.room.clients.dynamodb }, { TableName })) {
    items.push(...Items);
  }
  return JSON.stringify(items);
};

test('a deleted lead’s id is forgotten, and the lead is known by its hash all the same', async () => {
  const { id } = (await room.client.post('/segments', { name: 'German', active: true, rules: [german] })).body;
  const before = Date.now();
  await room.change('profileChanges', profile('ada-canary', before - 1_000, 'change-canary'));
  await room.settle();
  expect((await room.client.request('DELETE', '/leads/ada-canary')).status).toBe(204);
  await room.settle();
  expect(await tableOf('Leads')).toContain('ada-canary');
  expect(await tableOf('Leads')).not.toContain('change-canary');

  await pass(16 * 60_000);
  await room.doJobs();
  expect(await tableOf('Leads')).not.toContain('canary');
  expect((await room.client.get('/leads/ada-canary')).status).toBe(404);

  await room.change('profileChanges', profile('ada-canary', before, 'c-2'));
  expect((await room.client.get('/leads/ada-canary')).status).toBe(404);

  await room.change('profileChanges', profile('ada-canary', Date.now(), 'c-3'));
  await room.settle();
  const { body } = await room.client.get('/leads/ada-canary/timeline');
  expect(body.transitions).toMatchObject([{ type: 'entered', sequence: 3, segment: { id } }]);
  expect((await room.client.request('DELETE', '/leads/ada-canary')).status).toBe(204);
  await room.settle();
  await pass(16 * 60_000);
  await room.doJobs();
  expect(await tableOf('Leads')).not.toContain('canary');
});

describe('a lead that is kept out', () => {
  const visit = (leadId: string, eventId: string) => ({
    ...{ leadId, eventId, eventType: 'Page View', occurredAt: new Date().toISOString() },
    metadata: { path: '/canary' },
  });
  const erase = (leadId: string, keepOut: boolean) =>
    room.client.request('DELETE', `/leads/${leadId}?keepOut=${keepOut}`);
  const keptOutMessages = async () => (await room.client.get('/health')).body.keptOutMessages;

  test('stays so: its messages are counted and not stored, also when its id is forgotten', async () => {
    await room.change('profileChanges', profile('bob', Date.now() - 1_000, 'c-1'));
    await room.settle();
    expect((await erase('bob', true)).status).toBe(204);
    await room.settle();
    const before = await keptOutMessages();
    for (const minutes of [0, 16]) {
      await pass(minutes * 60_000);
      await room.doJobs();
      await room.change('profileChanges', profile('bob', Date.now() + 60_000, 'c-2'));
      await room.change('leadEvents', visit('bob', 'e-1'));
      expect((await room.client.get('/leads/bob')).status).toBe(404);
      expect(await tableOf('Events')).not.toContain('canary');
    }
    expect(await keptOutMessages()).toBe(before + 4);
    expect(await tableOf('Leads')).not.toContain('bob');
  });

  test('need not be there, and can be let in again', async () => {
    expect((await erase('nobody-yet', true)).status).toBe(204);
    expect((await erase('nobody-yet', true)).status).toBe(204);
    await room.change('profileChanges', profile('nobody-yet', Date.now(), 'c-1'));
    expect((await room.client.get('/leads/nobody-yet')).status).toBe(404);
    expect((await room.client.request('DELETE', '/leads/nobody-yet')).status).toBe(404);
    expect((await erase('nobody-yet', false)).status).toBe(204);
    await room.change('profileChanges', profile('nobody-yet', Date.now() + 1_000, 'c-2'));
    expect((await room.client.get('/leads/nobody-yet')).status).toBe(200);
    expect((await erase('never-there', false)).status).toBe(204);
    expect((await erase('not an id', true)).status).toBe(404);
  });
});
