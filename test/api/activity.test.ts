import { expect, test } from 'vitest';
import { useApiRoom } from './api-room.ts';

const opened = useApiRoom();

test('activity names each lead that came and went, however often it did, and those that are gone by their id', async () => {
  const occurredAt = new Date().toISOString();
  const leads = ['emmy', 'gone'].map((leadId) => ({
    ...{ leadId, changeId: `c-${leadId}`, occurredAt },
    attributes: { country: 'DE', first_name: leadId, last_name: 'Noether' },
  }));
  await opened.change('profileChanges', ...leads);
  const rules = [{ type: 'lead_metadata', field: 'country', operator: 'equals', value: 'DE' }];
  const { id } = await opened.client.create({ name: 'Germans', active: true, rules });
  await opened.settle();
  await opened.client.post(`/segments/${id}/members`, { leadIds: ['emmy'], action: 'exclude' });
  await opened.client.request('DELETE', '/leads/gone');
  await opened.settle();
  const { body } = await opened.client.get(`/segments/${id}/activity?display=true`);
  const told = body.transitions.map(({ leadId, displayName, type }: Record<string, string>) => [
    ...[leadId, displayName, type],
  ]);
  expect(told.toSorted()).toEqual([
    ['emmy', 'emmy Noether', 'entered'],
    ['emmy', 'emmy Noether', 'exited'],
  ]);
});
