import { DeleteCommand, GetCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { storeLevels } from '../../shared/vocabulary/level-store.ts';
import type { Json } from '../api-client.ts';
import type { BusListener } from './bus-listener.ts';
import { useRunningStack } from './running-stack.ts';

const running = useRunningStack();
const api = () => running.current.api;
const settle = () => running.current.settle();
const table = () => running.current.file.tables.segments!;

const path = '/vocabulary/levels/engagement';
const temperatures = ['Cold', 'Warm', 'Hot', 'Very Hot'];
const reversed = [...temperatures].reverse();
const engagement = (operator: string, value: unknown) => ({ type: 'engagement_level', operator, value });
const catalogVersion = async (): Promise<number> => {
  const read = new GetCommand({ TableName: table(), Key: { pk: 'catalog', sk: 'catalog' }, ConsistentRead: true });
  return (await running.current.dynamodb.send(read)).Item!.version;
};
const movesOf = async ({ id }: Json) => {
  const moves = (await bus.details()).filter(({ segment, lead }) => segment.id === id && lead);
  return moves.map(({ lead, sequence, reason }) => `${lead.id} ${sequence} ${reason}`).sort();
};
const runOf = async ({ id }: Json) => (await api().segment(id)).recalculation;
const problem = (status: number, code: string) => ({ status, contentType: 'application/problem+json', body: { code } });

let bus: BusListener;
let hot: Json;
let warmest: Json;
let fit: Json;
beforeAll(async () => {
  const stack = running.current;
  bus = await stack.listenToBus('moves', { source: ['lead-segments'] });
  await stack.send(
    'levelChanges',
    ...temperatures.map((engagementLevel) => ({
      leadId: engagementLevel.replace(' ', '-').toLowerCase(),
      occurredAt: new Date().toISOString(),
      engagementLevel,
      profileLevel: 'Okay Fit',
    })),
  );
  await settle();
  hot = await api().create({ name: 'Hot', active: true, rules: [engagement('at_least', 'Hot')] });
  warmest = await api().create({ name: 'Warmest', active: true, rules: [engagement('in', ['Hot', 'Very Hot'])] });
  const isFit = { type: 'profile_level', operator: 'at_least', value: 'Okay Fit' };
  fit = await api().create({ name: 'Fit', active: true, rules: [isFit] });
  await settle();
});

test('levels are told in their order, and saved in another', async () => {
  expect((await api().get('/vocabulary')).body.levels.engagement).toEqual(temperatures);
  const answer = await api().put('/vocabulary/levels/account', { levels: ['C', 'B', 'A'] });
  const levels = {
    engagement: temperatures,
    profile: ['Poor Fit', 'Okay Fit', 'Strong Fit', 'Perfect Fit'],
    account: ['C', 'B', 'A'],
  };
  expect(answer).toMatchObject({ status: 200, body: { levels } });
  expect((await api().get('/vocabulary')).body.levels).toEqual(levels);
});

test('what is not a list of different names is refused with its path, and moves nothing', async () => {
  const version = await catalogVersion();
  for (const [body, paths] of [
    [{ levels: [] }, ['/levels']],
    [{ levels: ['Cold', ' cold'] }, ['/levels/1']],
    [{ levels: ['Cold'], kind: 'profile' }, ['/kind']],
    [['Cold'], ['']],
  ] as const) {
    const answer = await api().put(path, body);
    expect(answer).toMatchObject(problem(422, 'invalid'));
    expect(answer.body.errors.map((error: Json) => error.path)).toEqual(paths);
  }
  expect(await api().put('/vocabulary/levels/mood', { levels: ['Good'] })).toMatchObject(problem(404, 'not_found'));
  expect(await api().put('/vocabulary/levels/toString', { levels: ['a'] })).toMatchObject(problem(404, 'not_found'));
  expect(await catalogVersion()).toBe(version);
});

describe('another order', () => {
  test('recalculates the segments that compare by it: members and events follow', async () => {
    const runs = [await runOf(warmest), await runOf(fit)];
    expect(await api().members(hot.id)).toEqual(['hot', 'very-hot']);
    expect((await api().put(path, { levels: reversed })).status).toBe(200);
    await settle();
    expect(await api().members(hot.id)).toEqual(['cold', 'hot', 'warm']);
    expect(await movesOf(hot)).toEqual([
      'cold 1 recalculated',
      'hot 1 recalculated',
      'very-hot 1 recalculated',
      'very-hot 2 recalculated',
      'warm 1 recalculated',
    ]);
    expect(await runOf(hot)).toMatchObject({ state: 'done', done: 4, entering: 2, leaving: 1, failed: 0 });
    expect(await api().segment(hot.id)).toMatchObject({ revision: 1, memberCount: 3 });
    expect([await runOf(warmest), await runOf(fit)]).toEqual(runs);
  });

  test('counts for leads that come later, for previews and for their warnings', async () => {
    const occurredAt = new Date().toISOString();
    await running.current.send('levelChanges', { leadId: 'later', occurredAt, engagementLevel: 'COLD' });
    await settle();
    expect(await api().members(hot.id)).toContain('later');
    await api().put(path, { levels: ['Hot', 'Cold', 'Frozen'] });
    await settle();
    expect(await api().members(hot.id)).toEqual(['cold', 'hot', 'later']);
    const rules = [engagement('at_least', 'Cold'), engagement('not_equals', 'Warm')];
    const { body } = await api().post('/preview', { fresh: true, rules, segmentId: hot.id });
    expect(body).toMatchObject({ total: 2, leaving: { total: 1 } });
    expect(body.warnings).toMatchObject([{ code: 'unknown_level', path: '/rules/1/value' }]);
  });

  test('that is the one there is moves nothing', async () => {
    const [version, run] = [await catalogVersion(), await runOf(hot)];
    expect((await api().put(path, { levels: ['Hot', 'Cold', 'Frozen'] })).status).toBe(200);
    expect(await catalogVersion()).toBe(version);
    expect(await runOf(hot)).toEqual(run);
  });

  test('of several kinds at the same time all hold', async () => {
    const orders = { engagement: reversed, profile: ['Okay Fit', 'Poor Fit'], account: ['A', 'B'] };
    const answers = await Promise.all(
      Object.entries(orders).map(([kind, levels]) => api().put(`/vocabulary/levels/${kind}`, { levels })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await api().get('/vocabulary')).body.levels).toEqual(orders);
    await settle();
    expect(await api().members(fit.id)).toEqual(['cold', 'hot', 'very-hot', 'warm']);
  });
});

describe('the minute schedule', () => {
  test('begins the runs of a change of levels that died before it began them', async () => {
    const before = await runOf(hot);
    expect(await api().members(hot.id)).toEqual(['cold', 'hot', 'later', 'warm']);
    const save = { savedInCatalog: (await catalogVersion()) + 1, savedAt: new Date().toISOString() };
    await storeLevels(running.current.dynamodb, table(), 'engagement', temperatures, save);
    await settle();
    expect(await runOf(hot)).toEqual(before);
    running.current.fire('TendJobs');
    await settle();
    expect(await api().members(hot.id)).toEqual(['hot', 'very-hot']);
    expect(await runOf(hot)).toMatchObject({ state: 'done', entering: 1, leaving: 3 });
    const repaired = await runOf(hot);
    running.current.fire('TendJobs');
    await settle();
    expect(await runOf(hot)).toEqual(repaired);
  });

  test('begins a run that is missing altogether, and none for inactive segments', async () => {
    for (const { id } of [hot, warmest]) {
      const Key = { pk: 'recalculations', sk: id };
      await running.current.dynamodb.send(new DeleteCommand({ TableName: table(), Key }));
    }
    await api().patch(`/segments/${warmest.id}`, { active: false });
    running.current.fire('TendJobs');
    await settle();
    expect(await runOf(hot)).toMatchObject({ state: 'done', entering: 0, leaving: 0 });
    expect(await runOf(warmest)).toBeUndefined();
  });
});

test('no function failed on the way', () => {
  expect(running.current.problems).toEqual([]);
});
