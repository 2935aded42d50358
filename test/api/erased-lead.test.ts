import { paginateScan } from '@aws-sdk/client-dynamodb';
import { afterEach, expect, test, vi } from 'vitest';
import { useApiRoom } from './api-room.ts';

const room = useApiRoom();
const pass = (milliseconds: number) => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + milliseconds });
afterEach(() => void vi.useRealTimers());

const german = { type: 'lead_metadata', field: 'country', operator: 'equals', value: 'DE' };
const profile = (leadId: string, occurredAt: number, changeId: string) => ({
  ...{ leadId, changeId, occurredAt: new Date(occurredAt).toISOString() },
  attributes: { country: 'DE' },
});
const leadsTable = async (): Promise<string> => {
  const items: object[] = [];
  for await (const { Items = [] } of paginateScan({ client: room.room.clients.dynamodb }, { TableName: 'Leads' })) {
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
  expect(await leadsTable()).toContain('ada-canary');
  expect(await leadsTable()).not.toContain('change-canary');

  pass(16 * 60_000);
  await room.doJobs();
  expect(await leadsTable()).not.toContain('canary');
  expect((await room.client.get('/leads/ada-canary')).status).toBe(404);

  await room.change('profileChanges', profile('ada-canary', before, 'c-2'));
  expect((await room.client.get('/leads/ada-canary')).status).toBe(404);

  await room.change('profileChanges', profile('ada-canary', Date.now(), 'c-3'));
  await room.settle();
  const { body } = await room.client.get('/leads/ada-canary/timeline');
  expect(body.transitions).toMatchObject([{ type: 'entered', sequence: 3, segment: { id } }]);
  expect((await room.client.request('DELETE', '/leads/ada-canary')).status).toBe(204);
  await room.settle();
  pass(16 * 60_000);
  await room.doJobs();
  expect(await leadsTable()).not.toContain('canary');
});
