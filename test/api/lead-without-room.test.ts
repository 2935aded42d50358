import { expect, test, vi } from 'vitest';
import { createLeadStores } from '../../functions/lead-stores.ts';
import { unknownLead } from '../../shared/lead/lead-document.ts';
import { useApiRoom } from './api-room.ts';

// A document of 390 KB, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const api = useApiRoom();

test('what a person does about a lead without room for it is refused, not lost; deleting makes room', async () => {
  const { leads } = createLeadStores(api.room.clients);
  const before = unknownLead('full');
  const after = { ...before, version: 1, attributes: { filling: 'x'.repeat(389_850) } };
  expect(await leads.write([{ before, after, outbox: { transitions: [] } }])).toEqual(['written']);
  const { text } = await api.send({ method: 'POST', path: '/segments', body: '{"name":"By hand","active":true}' });
  const members = `/segments/${JSON.parse(text).id}/members`;

  const excluded = await api.send({ method: 'DELETE', path: `${members}/full?exclude=true` });
  expect(JSON.parse(excluded.text)).toMatchObject({ status: 409, code: 'lead_too_large' });
  const added = await api.send({ method: 'POST', path: members, body: '{"leadIds":["full"]}' });
  expect(JSON.parse(added.text).results).toMatchObject([{ leadId: 'full', result: 'refused' }]);

  expect((await api.send({ method: 'DELETE', path: '/leads/full' })).status).toBe(204);
});
