import { paginateScan } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from 'vitest';
import { vocabularyKey } from '../../shared/aws/segments-keys.ts';
import { createKeyedHash } from '../../shared/privacy/keyed-hash.ts';
import { createVocabularyStore } from '../../shared/vocabulary/vocabulary-store.ts';
import type { Json } from '../api-client.ts';
import { useApiRoom } from './api-room.ts';

const room = useApiRoom();
const occurredAt = '2026-05-04T09:00:00Z';

const profile = (leadId: string, attributes: object) => ({ leadId, occurredAt, attributes });
const visit = (leadId: string, metadata: object) => ({
  ...{ leadId, eventId: 'e', eventType: 'Page View', occurredAt },
  metadata,
});
const valuesOf = async () => {
  const { body } = await room.client.get('/vocabulary');
  const fields = [...body.lead.fields, ...body.account.fields, ...body.events.flatMap(({ fields }: Json) => fields)];
  return Object.fromEntries(fields.map(({ name, values }: Json) => [name, values]));
};
const stored = async (): Promise<string> => {
  const texts: string[] = [];
  for await (const { Items = [] } of paginateScan({ client: room.room.clients.dynamodb }, { TableName: 'Segments' })) {
    texts.push(...Items.filter(({ pk }) => pk?.S === 'vocabulary').map((item) => JSON.stringify(item)));
  }
  return texts.join('\n');
};

test('a value is offered, and stored, once five leads share it', async () => {
  for (const leadId of ['a', 'b', 'c', 'd']) {
    await room.change('profileChanges', profile(leadId, { city: 'Ulm' }));
    await room.change('leadEvents', visit(leadId, { path: '/pricing' }));
  }
  await room.change('accountChanges', { accountId: 'acme', occurredAt, attributes: { industry: 'Shipping' } });
  expect(await valuesOf()).toEqual({ leadId: [], city: [], path: [], industry: [] });
  expect(await stored()).not.toMatch(/Ulm|pricing|Shipping/);
  await room.change('profileChanges', profile('e', { city: 'Ulm' }));
  await room.change('leadEvents', visit('e', { path: '/pricing' }));
  expect(await valuesOf()).toEqual({ leadId: [], city: ['Ulm'], path: ['/pricing'], industry: [] });
});

test('what looks personal never is, however many share it', async () => {
  const attributes = {
    email: 'team@example.com',
    phone: '+49 711 123456',
    note: 'please call me back in the morning hours',
  };
  await room.change('profileChanges', ...['a', 'b', 'c', 'd', 'e', 'f'].map((leadId) => profile(leadId, attributes)));
  expect(await valuesOf()).toMatchObject({ email: [], phone: [], note: [] });
  expect(await stored()).not.toMatch(/team@|711|morning/);
});

test('what was not seen for 90 days is forgotten', async () => {
  const in91Days = () => Date.now() + 91 * 86_400_000;
  const hash = createKeyedHash('a key of tests');
  const later = createVocabularyStore(room.room.clients.documents, 'Segments', hash, in91Days);
  expect([...(await later.read()).keys()]).toEqual([]);
});

test('values that an earlier release stored go with the next change', async () => {
  const legacy = new UpdateCommand({
    TableName: 'Segments',
    Key: vocabularyKey('lead:nickname'),
    UpdateExpression: 'ADD kinds :kinds, seen :seen',
    ExpressionAttributeValues: { ':kinds': new Set(['text']), ':seen': new Set(['Adakin']) },
  });
  await room.room.clients.documents.send(legacy);
  expect(await valuesOf()).toMatchObject({ nickname: [] });
  const { createLeadChangeWorker } = await import('../../functions/queues/lead-changes.ts');
  const { profileChangeSchema } = await import('../../shared/lead/change.ts');
  const worker = createLeadChangeWorker('profileChanges', profileChangeSchema, (change) => ({
    kind: 'profile_change',
    ...change,
  }));
  expect(await room.room.deliver(worker, [profile('a', { city: 'Bonn' })])).toEqual([]);
  expect(await stored()).not.toMatch(/Adakin|"seen"/);
  expect(await valuesOf()).toMatchObject({ nickname: [] });
});
