import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import { beforeAll, describe, expect, test } from 'vitest';
import { shardOf, shards } from '../../shared/lead/shard.ts';
import type { Json } from '../api-client.ts';
import type { BusListener } from './bus-listener.ts';
import { useRunningStack } from './running-stack.ts';

const running = useRunningStack();
const api = () => running.current.api;
const settle = () => running.current.settle();
const isGerman = { type: 'lead_metadata', field: 'country', operator: 'equals', value: 'DE' };
const minute = 60_000;

let bus: BusListener;
let segmentId = '';

/** Has every shard reconciled once, and answers what health says then. */
async function rotate(): Promise<Json> {
  for (const _ of shards) {
    running.current.fire('Reconcile');
    await settle();
  }
  return (await api().get('/health')).body.reconciliation;
}

const tableOf = (name: string) => running.current.file.tables[name]!;
const rowKey = (leadId: string) => ({ pk: `${segmentId}#${shardOf(leadId)}`, sk: leadId });
const listingKey = (leadId: string) => ({ ...rowKey(leadId), sk: `#excluded#${leadId}` });
const countKey = () => ({ pk: '#counts#0', sk: segmentId });
const read = async (table: string, Key: Record<string, string>): Promise<Json> =>
  (await running.current.dynamodb.send(new GetCommand({ TableName: tableOf(table), Key, ConsistentRead: true }))).Item;
const remove = (Key: Record<string, string>) =>
  running.current.dynamodb.send(new DeleteCommand({ TableName: tableOf('memberships'), Key }));
const set = (table: string, Key: Record<string, string>, name: string, value: unknown) =>
  running.current.dynamodb.send(
    new UpdateCommand({
      TableName: tableOf(table),
      Key,
      UpdateExpression: 'SET #name = :value',
      ExpressionAttributeNames: { '#name': name },
      ExpressionAttributeValues: { ':value': value },
    }),
  );

/** Writes a document that announces nothing, as if its stream record had been lost. */
async function rewrite(leadId: string, change: (item: Json) => object): Promise<void> {
  const item = await read('leads', { shard: shardOf(leadId), leadId });
  const Item = { ...item, version: item.version + 1, outbox: '', ...change(item) };
  await running.current.dynamodb.send(new PutCommand({ TableName: tableOf('leads'), Item }));
}
const exited = ({ memberships }: Json) => ({ memberships: memberships.replace(`${segmentId}=1 `, `${segmentId}=2 `) });

beforeAll(async () => {
  bus = await running.current.listenToBus('everything', { source: ['lead-segments'] });
  segmentId = (await api().create({ name: 'German', active: true, rules: [isGerman] })).id;
  const profiles = ['ada', 'bob', 'cleo', 'dora', 'eve'].map((leadId) => ({
    leadId,
    occurredAt: new Date().toISOString(),
    attributes: { country: leadId === 'eve' ? 'FR' : 'DE' },
  }));
  await running.current.send('profileChanges', ...profiles);
  await settle();
  await api().delete(`/segments/${segmentId}/members/dora?exclude=true&reason=asked%20us`);
  await settle();
});

describe('the reconciler', () => {
  test('says nothing before it has looked', async () => {
    expect((await api().get('/health')).body).not.toHaveProperty('reconciliation');
  });

  test('takes nothing that changed within five minutes for drift', async () => {
    await set('memberships', rowKey('ada'), 'source', 'manual');
    // Only counts, one a shard, and the list of who is excluded are compared, which follow their rows at once.
    const compared = shards.length + 1;
    expect(await rotate()).toEqual({
      rotationStartedAt: expect.any(String),
      ...{ shards: shards.length, compared, agreed: compared, agreementRate: 1, repaired: 0 },
    });
    expect((await read('memberships', rowKey('ada'))).source).toBe('manual');
  });

  test('finds it once it has been so for five minutes, and repairs it', async () => {
    running.current.advanceClock(6 * minute);
    // Beside those: five leads, and four rows.
    const compared = shards.length + 1 + 5 + 4;
    const found = { compared, agreed: compared - 1, repaired: 1, lastDriftAt: expect.any(String) };
    expect(await rotate()).toMatchObject(found);
    expect((await read('memberships', rowKey('ada'))).source).toBe('rules');
    expect((await bus.details()).filter(({ cause }) => cause?.kind === 'reconciled')).toEqual([]);
  });

  test('finds, repairs and publishes all kinds of damage', async () => {
    const before = (await bus.details()).length;
    const emptyShard = shards.find((shard) => !['ada', 'bob', 'cleo', 'dora'].map(shardOf).includes(shard))!;
    const ghost = await read('memberships', rowKey('ada'));
    await remove(rowKey('ada'));
    await remove(listingKey('dora'));
    await running.current.dynamodb.send(
      new PutCommand({ TableName: tableOf('memberships'), Item: { ...ghost, ...rowKey('ghost') } }),
    );
    await set('memberships', countKey(), `m${emptyShard}`, 7);
    await set('segments', { pk: 'leads', sk: 'total' }, `shard${shardOf('ada')}`, 9);
    // Bob is German all the same; Cleo moved, and nobody heard.
    await rewrite('bob', exited);
    await rewrite('cleo', (item) => ({ ...exited(item), lead: item.lead.replace('country=DE', 'country=FR') }));
    running.current.advanceClock(6 * minute);

    const found = await rotate();
    // Rows of Ada, Cleo and the ghost, a listing, a count, and the decision about Bob, whose row follows by itself.
    expect(found).toMatchObject({ repaired: 6, lastDriftAt: expect.any(String) });
    expect(found.compared - found.agreed).toBe(6);
    expect(found.agreementRate).toBeLessThan(1);

    expect(await api().members(segmentId)).toEqual(['ada', 'bob']);
    expect((await api().segment(segmentId)).memberCount).toBe(2);
    expect((await read('memberships', countKey()))[`m${emptyShard}`]).toBe(0);
    expect((await read('segments', { pk: 'leads', sk: 'total' }))[`shard${shardOf('ada')}`]).toBe(
      ['ada', 'bob', 'cleo', 'dora', 'eve'].filter((leadId) => shardOf(leadId) === shardOf('ada')).length,
    );
    const { body } = await api().get(`/segments/${segmentId}/members?source=excluded`);
    expect(body.members).toEqual([expect.objectContaining({ leadId: 'dora', author: 'local', reason: 'asked us' })]);
    const published = (await bus.details()).slice(before);
    expect(
      published.map(({ lead, sequence, reason, cause }) => [lead.id, sequence, reason, cause.kind]).sort(),
    ).toEqual([
      ['bob', 3, 'recalculated', 'reconciled'],
      ['cleo', 2, 'rules', 'profile_change'],
    ]);
    const { body: timeline } = await api().get('/leads/cleo/timeline');
    expect(timeline.transitions.map(({ sequence }: Json) => sequence)).toEqual([2, 1]);
    expect(running.current.problems.filter((line) => line.includes('said otherwise')).length).toBeGreaterThan(0);
  });

  test('counts, notes and publishes what a projector wrote and never counted', async () => {
    const before = (await bus.details()).length;
    const countOfBob = `m${shardOf('bob')}`;
    const slots = Array.from({ length: 8 }, (_, slot) => ({ pk: `#counts#${slot}`, sk: segmentId }));
    const counted = await Promise.all(slots.map(async (key) => ({ key, item: await read('memberships', key) })));
    const { key, item } = counted.find(({ item }) => item?.[countOfBob] > 0)!;
    const { since } = await read('memberships', rowKey('bob'));
    const at = new Date(since).toISOString();
    const moves = { members: 1, days: { [at.slice(0, 10)]: { entered: 1, exited: 0 } } };
    await set('memberships', key, countOfBob, item[countOfBob] - 1);
    await set('memberships', rowKey('bob'), 'batchId', ulid());
    await set('memberships', rowKey('bob'), 'moves', JSON.stringify(moves));
    const record = { leadId: 'bob', sk: `${at}#${segmentId}#3` };
    expect(await read('transitions', record)).toBeDefined();
    await running.current.dynamodb.send(new DeleteCommand({ TableName: tableOf('transitions'), Key: record }));
    running.current.advanceClock(6 * minute);

    const found = await rotate();
    expect([found.repaired, found.compared - found.agreed]).toEqual([1, 1]);
    expect((await api().segment(segmentId)).memberCount).toBe(2);
    expect(await read('transitions', record)).toBeDefined();
    const published = (await bus.details()).slice(before);
    expect(published.map(({ lead, sequence }) => [lead.id, sequence])).toEqual([['bob', 3]]);
    expect(await rotate()).toMatchObject({ agreementRate: 1 });
  });

  test('finds nothing more in the rotation after that, nor after the deletion of a lead that was kept out', async () => {
    const before = (await bus.details()).length;
    expect((await api().delete('/leads/dora')).status).toBe(204);
    await settle();
    expect(await read('memberships', listingKey('dora'))).toBeUndefined();
    running.current.advanceClock(6 * minute);
    expect(await rotate()).toMatchObject({ agreementRate: 1, repaired: 0, lastDriftAt: expect.any(String) });
    expect((await bus.details()).length).toBe(before);
  });
});
