import { QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { shards } from '../../shared/lead/shard.ts';
import type { Answer, Json } from '../api-client.ts';
import type { BusListener } from './bus-listener.ts';
import { useRunningStack } from './running-stack.ts';

const running = useRunningStack();
const api = () => running.current.api;
const settle = () => running.current.settle();

const start = Date.now();
let changes = 0;
/** An ISO date-time later than that of every change before. */
const next = () => new Date(start - 3_600_000 + ++changes * 1_000).toISOString();
const isGerman = { type: 'lead_metadata', field: 'country', operator: 'equals', value: 'DE' };

let bus: BusListener;
let serial = 0;
const create = (rules: object[] = [isGerman], more: object = {}) =>
  api().create({ name: `Manual ${++serial}`, active: true, rules, ...more });
const profile = (leadId: string, attributes: Json, more: object = {}) => ({
  leadId,
  occurredAt: next(),
  attributes,
  ...more,
});
const sendProfiles = async (...messages: object[]) => {
  await running.current.send('profileChanges', ...messages);
  await settle();
};
const add = (segmentId: string, leadIds: string[], more: object = {}) =>
  api().post(`/segments/${segmentId}/members`, { leadIds, ...more });
const membersOf = async (segmentId: string, query = '') =>
  (await api().get(`/segments/${segmentId}/members${query}`)).body.members as Json[];
const eventsOf = async (segmentId: string) =>
  (await bus.details())
    .filter(({ id, segment }) => segment.id === segmentId && /:\d+$/.test(id))
    .map(({ lead, sequence, reason }) => `${lead.id} ${sequence} ${reason}`);

function expectProblem(answer: Answer, status: number, code: string, ...paths: string[]): void {
  expect(answer).toMatchObject({ status, contentType: 'application/problem+json', body: { status, code } });
  expect((answer.body.errors ?? []).map(({ path }: Json) => path)).toEqual(paths);
}

beforeAll(async () => {
  bus = await running.current.listenToBus('everything', { source: ['lead-segments'] });
  await sendProfiles(profile('ada', { country: 'DE' }), profile('bob', { country: 'FR' }), profile('cleo', {}));
});

describe('adding members manually', () => {
  test('answers for each lead what came of it, and the lead itself knows at once', async () => {
    const { id } = await create();
    await settle();
    const { status, body } = await add(id, ['bob', 'ada', 'nobody', 'bob'], { reason: 'met at the fair' });
    expect(status).toBe(200);
    expect(body.results).toEqual([
      { leadId: 'bob', result: 'done', member: true, wasMember: false },
      { leadId: 'ada', result: 'unchanged', member: true, wasMember: true },
      { leadId: 'nobody', result: 'unknown_lead' },
      { leadId: 'bob', result: 'repeated' },
    ]);
    expect(await api().segmentsOf('bob')).toContain(id);
    await settle();
    expect(await membersOf(id)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ leadId: 'ada', source: 'rules' }),
        expect.objectContaining({ leadId: 'bob', source: 'manual', author: 'local', reason: 'met at the fair' }),
      ]),
    );
    expect((await api().segment(id)).memberCount).toBe(2);
    expect(await eventsOf(id)).toEqual(expect.arrayContaining(['ada 1 recalculated', 'bob 1 added_by_hand']));
    expect(await membersOf(id, '?source=manual')).toHaveLength(1);
  });

  test('takes a thousand leads in one call', async () => {
    const { id } = await create([]);
    const many = Array.from({ length: 999 }, (_, index) => `none-${index}`);
    const { body } = await add(id, [...many, 'cleo']);
    expect(body.results).toHaveLength(1_000);
    expect(body.results.at(-1)).toMatchObject({ leadId: 'cleo', result: 'done' });
  });

  test('keeps them until something their segment reads differs; pins stay; counts follow', async () => {
    const { id } = await create();
    await settle();
    await add(id, ['bob']);
    await add(id, ['cleo'], { action: 'pin' });
    await sendProfiles(profile('bob', { city: 'Paris', country: 'FR' }), profile('cleo', { city: 'Rome' }));
    expect(await api().members(id)).toEqual(['ada', 'bob', 'cleo']);
    await sendProfiles(profile('bob', { country: 'ES' }), profile('cleo', { country: 'IT' }));
    expect(await api().members(id)).toEqual(['ada', 'cleo']);
    await api().post(`/segments/${id}/recalculate`);
    await settle();
    expect(await api().members(id)).toEqual(['ada', 'cleo']);
    expect((await api().segment(id)).memberCount).toBe(2);
    expect((await membersOf(id, '?source=pinned')).map(({ leadId }) => leadId)).toEqual(['cleo']);
  });

  test('is refused for what cannot be', async () => {
    const { id } = await create();
    expectProblem(await add(id, []), 422, 'invalid', '/leadIds');
    expectProblem(await add(id, ['not an id']), 422, 'invalid', '/leadIds/0');
    expectProblem(await add(id, ['ada'], { pinned: true }), 422, 'invalid', '/pinned');
    expectProblem(await add(id, ['ada'], { reason: '' }), 422, 'invalid', '/reason');
    const tooMany = Array.from({ length: 1_001 }, (_, index) => `l${index}`);
    expectProblem(await add(id, tooMany), 422, 'invalid', '/leadIds');
    expectProblem(await add('seg_none', ['ada']), 404, 'not_found');
    expectProblem(await api().get(`/segments/${id}/members?source=family`), 422, 'invalid', '/source');
    const { id: frozen } = await create([isGerman], { active: false });
    expectProblem(await add(frozen, ['ada']), 409, 'segment_inactive');
    expectProblem(await api().delete(`/segments/${frozen}/members/ada`), 409, 'segment_inactive');
  });
});

describe('removing and excluding', () => {
  test('removed, a lead is out until its rules are asked again; excluded, it stays out', async () => {
    const { id } = await create();
    await settle();
    await running.current.send('profileChanges', profile('eve', { country: 'DE' }));
    await settle();
    expect((await api().delete(`/segments/${id}/members/ada`)).status).toBe(204);
    expect((await api().delete(`/segments/${id}/members/eve?exclude=true&reason=asked%20us`)).status).toBe(204);
    await settle();
    expect(await api().members(id)).toEqual([]);
    await sendProfiles(profile('ada', { country: 'DE' }), profile('eve', { country: 'DE' }));
    await api().post(`/segments/${id}/recalculate`);
    await settle();
    expect(await api().members(id)).toEqual(['ada']);
    expect(await membersOf(id, '?source=excluded')).toEqual([
      { leadId: 'eve', since: expect.any(String), source: 'excluded', author: 'local', reason: 'asked us' },
    ]);
    const { body } = await add(id, ['eve']);
    expect(body.results).toMatchObject([{ leadId: 'eve', result: 'done', wasExcluded: true }]);
    await settle();
    expect(await membersOf(id, '?source=excluded')).toEqual([]);
    expect(await api().members(id)).toEqual(['ada', 'eve']);
    expect((await eventsOf(id)).filter((event) => event.startsWith('eve'))).toEqual([
      'eve 1 rules',
      'eve 2 excluded',
      'eve 3 added_by_hand',
    ]);
  });

  test('of who is no member changes nothing; of an unknown lead is refused', async () => {
    const { id } = await create();
    await settle();
    expect((await api().delete(`/segments/${id}/members/cleo`)).status).toBe(204);
    expectProblem(await api().delete(`/segments/${id}/members/nobody`), 404, 'not_found');
    expectProblem(await api().delete(`/segments/${id}/members/ada?exclude=yes`), 422, 'invalid', '/exclude');
    expectProblem(await api().delete(`/segments/${id}/members/ada?force=1`), 422, 'invalid', '/force');
  });
});

describe('deleting a lead', () => {
  const leftOf = async (name: string, query: Omit<QueryCommandInput, 'TableName'>) => {
    const TableName = running.current.file.tables[name]!;
    return (await running.current.dynamodb.send(new QueryCommand({ TableName, ...query }))).Items ?? [];
  };

  test('removes what is known of it, publishes its exits, and late messages do not bring it back', async () => {
    const { id } = await create();
    const sawPage = { type: 'event_metadata', eventType: 'Page View', operator: 'exists' };
    const { id: visitors } = await create([sawPage]);
    // A recalculation that still runs may see the stored event before its own worker does, and say so.
    await settle();
    const known = profile('gone', { country: 'DE', name: 'Grace' }, { accountId: 'acme' });
    const view = { eventId: 'v1', leadId: 'gone', eventType: 'Page View', occurredAt: next(), metadata: { path: '/' } };
    const earlier = { ...view, eventId: 'v0', eventType: 'Form Submit' };
    await running.current.send('leadEvents', view);
    await sendProfiles(known);
    expect(await api().segmentsOf('gone')).toEqual(expect.arrayContaining([id, visitors]));
    const { leads } = (await api().post('/preview', { fresh: true, rules: [isGerman] })).body;

    expect((await api().delete('/leads/gone')).status).toBe(204);
    await settle();
    expectProblem(await api().get('/leads/gone'), 404, 'not_found');
    expectProblem(await api().delete('/leads/gone'), 404, 'not_found');
    expect(await api().members(id)).not.toContain('gone');
    expect(await api().members(visitors)).toEqual([]);
    expect(await eventsOf(visitors)).toEqual(['gone 1 rules', 'gone 2 lead_deleted']);

    await running.current.send('leadEvents', view, earlier);
    await sendProfiles(known);
    expectProblem(await api().get('/leads/gone'), 404, 'not_found');
    expect((await api().post('/preview', { fresh: true, rules: [isGerman] })).body.leads).toBe(leads - 1);
    for (const type of ['Page View', 'Form Submit']) {
      for (const shard of shards) {
        const left = await leftOf('events', {
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :lead)',
          ExpressionAttributeValues: { ':pk': `${type}#${shard}`, ':lead': 'gone#' },
        });
        expect(left).toEqual([]);
      }
    }
    expect(
      await leftOf('transitions', {
        KeyConditionExpression: 'leadId = :leadId',
        ExpressionAttributeValues: { ':leadId': 'gone' },
      }),
    ).toEqual([]);
    expect(
      await leftOf('accounts', {
        KeyConditionExpression: 'accountId = :accountId AND sk = :leadId',
        ExpressionAttributeValues: { ':accountId': 'acme', ':leadId': 'gone' },
      }),
    ).toEqual([]);

    const later = { leadId: 'gone', occurredAt: new Date().toISOString(), attributes: { country: 'DE' } };
    await sendProfiles(later);
    expect((await api().get('/leads/gone')).body.attributes).toEqual({ country: 'DE' });
    const segmentIds = await api().segmentsOf('gone');
    expect(segmentIds).toContain(id);
    expect(segmentIds).not.toContain(visitors);
    expect((await eventsOf(id)).filter((event) => event.startsWith('gone'))).toEqual([
      'gone 1 rules',
      'gone 2 lead_deleted',
      'gone 3 rules',
    ]);
  });
});
