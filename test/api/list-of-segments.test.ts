import { beforeAll, expect, test } from 'vitest';
import type { Json } from '../api-client.ts';
import { useApiRoom } from './api-room.ts';

const room = useApiRoom();
const occurredAt = new Date(Date.now() - 60_000).toISOString();
const comesFrom = (value: string) => ({ type: 'lead_metadata', field: 'country', operator: 'equals', value });

/** Names of the segments that a query answers, and the rest of the answer. */
async function list(query: Record<string, string>) {
  const { status, body } = await room.client.get(`/segments?${new URLSearchParams(query)}`);
  expect({ status, body }).toMatchObject({ status: 200 });
  return { names: body.segments.map(({ name }: Json) => name), total: body.total, cursor: body.cursor, body };
}
const refused = async (query: string) => {
  const { status, body } = await room.client.get(`/segments?${query}`);
  expect(status).toBe(422);
  return body.errors.map(({ path }: Json) => path);
};

const ids: Record<string, string> = {};
beforeAll(async () => {
  const countries = ['DE', 'DE', 'AT', 'CH', 'CH', 'CH'];
  const leads = countries.map((country, index) => ({
    ...{ leadId: `lead-${index}`, changeId: `c-${index}`, occurredAt, attributes: { country } },
  }));
  await room.change('profileChanges', ...leads);
  const create = async (segment: { name: string; [key: string]: unknown }) => {
    ids[segment.name] = (await room.client.create(segment)).id;
  };
  await create({ name: 'Germans', active: true, rules: [comesFrom('DE')] });
  await create({ name: 'Österreich', active: true, description: 'In Wien', rules: [comesFrom('AT')] });
  await create({ name: 'Swiss', active: true, rules: [comesFrom('CH')] });
  await create({ name: 'Drafted', rules: [{ type: 'segment', segmentId: ids.Swiss, operator: 'in' }] });
  await room.settle();
});

test('is every segment, oldest first, with how many there are', async () => {
  const { names, total, cursor } = await list({});
  expect(names).toEqual(['Germans', 'Österreich', 'Swiss', 'Drafted']);
  expect([total, cursor]).toEqual([4, undefined]);
});

test.each<[Record<string, string>, string[]]>([
  [{ active: 'false' }, ['Drafted']],
  [{ size: 'too_narrow' }, ['Germans', 'Österreich', 'Swiss']],
  [{ size: 'none' }, ['Drafted']],
  [{ q: 'WIEN' }, ['Österreich']],
  [{ name: 'öSTERREICH' }, ['Österreich']],
  [{ author: 'Local', sort: '-name' }, ['Swiss', 'Österreich', 'Germans', 'Drafted']],
  [{ usesField: 'lead:country', sort: '-memberCount' }, ['Swiss', 'Germans', 'Österreich']],
])('of %j is filtered and sorted', async (query, names) => {
  expect(await list(query)).toMatchObject({ names, total: names.length });
});

test('shows counts and recalculations wherever segments are in it', async () => {
  const { body } = await list({ sort: '-memberCount', limit: '2' });
  expect(body).toMatchObject({ total: 4, segments: [{ memberCount: 3 }, { memberCount: 2 }] });
  const named = await list({ ids: `${ids.Swiss},seg_none,${ids.Germans}` });
  expect(named.names).toEqual(['Germans', 'Swiss']);
  expect(named.body.segments).toMatchObject([
    { memberCount: 2, recalculation: { state: 'done' } },
    { memberCount: 3, recalculation: { state: 'done' } },
  ]);
  expect((await list({ refersTo: ids.Swiss! })).names).toEqual(['Drafted']);
});

test('tells how many segments refer to each', async () => {
  const { body } = await list({ sort: 'name' });
  const usedBy = body.segments.map(({ name, usedBy }: Json) => [name, usedBy]);
  expect(usedBy).toEqual([
    ['Drafted', 0],
    ['Germans', 0],
    ['Österreich', 0],
    ['Swiss', 1],
  ]);
});

test('tells entries and exits by day, if it is asked to', async () => {
  const { body } = await list({ name: 'Swiss', activityDays: '2' });
  const today = new Date().toISOString().slice(0, 10);
  expect(body.segments[0].activity).toHaveLength(2);
  expect(body.segments[0].activity[1]).toEqual({ day: today, entered: 3, exited: 0 });
  expect((await list({ name: 'Swiss' })).body.segments[0]).not.toHaveProperty('activity');
  expect(await refused('activityDays=32')).toEqual(['/activityDays']);
});

test('comes page by page in its order, and its cursor goes with no other list', async () => {
  const query = { sort: 'name', limit: '1' };
  const names: string[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const page = await list({ ...query, ...(cursor && { cursor }) });
    expect(page.total).toBe(4);
    names.push(...page.names);
    cursor = page.cursor;
  }
  expect(names).toEqual(['Drafted', 'Germans', 'Österreich', 'Swiss']);
  const { cursor } = await list({ sort: 'name', limit: '3' });
  expect((await list({ sort: 'name', cursor })).names).toEqual(['Swiss']);
  for (const other of ['sort=-name', 'sort=name&active=true', 'sort=name&q=s', 'limit=1']) {
    expect(await refused(`${other}&cursor=${cursor}`)).toEqual(['/cursor']);
  }
});

test.each([
  ['active=1', '/active'],
  ['size=huge', '/size'],
  ['q=', '/q'],
  ['name=%20', '/name'],
  ['sort=members', '/sort'],
  ['usesField=country', '/usesField'],
  ['ids=', '/ids'],
  ['ids=seg_1,,seg_2', '/ids'],
  [`ids=${Array(101).fill('seg_1').join(',')}`, '/ids'],
])('refuses %s', async (query, path) => {
  expect(await refused(query)).toEqual([path]);
});
