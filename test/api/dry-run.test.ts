import { beforeAll, describe, expect, test } from 'vitest';
import type { Json } from '../api-client.ts';
import { useApiRoom } from './api-room.ts';

const room = useApiRoom();
const api = () => room.client;
const isIn = (country: string) => ({ type: 'lead_metadata', field: 'country', operator: 'equals', value: country });
const refers = (segmentId: string, operator = 'in') => ({ type: 'segment', segmentId, operator });
const occurredAt = new Date(Date.now() - 60_000).toISOString();
const ids = { base: '', inside: '', outside: '', far: '' };

/** Three Germans and two Austrians; a segment of the Germans, two that refer to it and one that refers to one of those. */
beforeAll(async () => {
  const countries = ['DE', 'DE', 'DE', 'AT', 'AT'];
  const leads = countries.map((country, index) => ({
    leadId: `l${index}`,
    occurredAt,
    attributes: { country, index },
  }));
  await room.change('profileChanges', ...leads);
  const create = async (name: string, rules: object[]): Promise<string> =>
    (await api().create({ name, active: true, rules })).id;
  ids.base = await create('Base', [isIn('DE')]);
  ids.inside = await create('Inside', [
    refers(ids.base),
    { ...isIn(''), field: 'index', operator: 'greater_than', value: 0 },
  ]);
  ids.outside = await create('Outside', [refers(ids.base, 'not_in')]);
  ids.far = await create('Far', [refers(ids.inside, 'not_in'), isIn('AT')]);
  await room.settle();
});

const dry = (method: string, path: string, body?: object, headers = {}) =>
  api().request(method, `${path}${path.includes('?') ? '&' : '?'}dryRun=true`, { body, headers });
/** Everything that is kept of segments. */
const stored = async () => {
  const { segments } = (await api().get('/segments')).body;
  return Promise.all(
    segments.map(async ({ id }: Json) => {
      const { freshAsOf: _now, ...segment } = await api().segment(id);
      return [segment, await api().members(id), (await api().get(`/segments/${id}/revisions`)).body];
    }),
  );
};

describe('a dry run', () => {
  test('tells what a save of rules would do, here and in segments that refer to it', async () => {
    const { status, body } = await dry('PUT', `/segments/${ids.base}/rules`, { rules: [isIn('AT')] });
    expect({ status, ...body }).toMatchObject({
      ...{ status: 200, dryRun: true, recalculates: true, events: ['Segment Changed'], leads: 5, exact: true },
      segment: { id: ids.base, name: 'Base', active: true, revision: 2, sentence: 'country is "AT"' },
      changes: ['rule removed: country is "DE"', 'rule added: country is "AT"'],
    });
    const moves = Object.fromEntries(
      body.effects.map(({ name, entering, leaving }: Json) => [name, [entering, leaving]]),
    );
    expect(body.effects[0]).toMatchObject({ segmentId: ids.base });
    expect(moves).toEqual({ Base: [2, 3], Inside: [2, 2], Outside: [3, 2], Far: [0, 2] });
  });

  test('tells the truth: the save does just that', async () => {
    const { effects } = (await dry('PUT', `/segments/${ids.base}/rules`, { rules: [isIn('AT')] })).body;
    const before = new Map(
      await Promise.all(Object.values(ids).map(async (id) => [id, await api().members(id)] as const)),
    );
    await api().put(`/segments/${ids.base}/rules`, { rules: [isIn('AT')] });
    await room.settle();
    for (const { segmentId, entering, leaving } of effects) {
      const [was, is] = [before.get(segmentId)!, await api().members(segmentId)];
      expect([
        segmentId,
        is.filter((id) => !was.includes(id)).length,
        was.filter((id) => !is.includes(id)).length,
      ]).toEqual([segmentId, entering, leaving]);
    }
    await api().put(`/segments/${ids.base}/rules`, { rules: [isIn('DE')] });
    await room.settle();
  });

  test('of every write saves nothing', async () => {
    const { rules } = await api().segment(ids.inside);
    const before = await stored();
    const rule = `/segments/${ids.inside}/rules/${rules[0].id}`;
    const writes: [method: string, path: string, body: object | undefined, changes: string | RegExp][] = [
      ['POST', '/segments', { name: 'New', active: true, rules: [isIn('AT')] }, 'created'],
      ['PATCH', `/segments/${ids.base}`, { description: 'x' }, 'description added: "x"'],
      ['PATCH', `/segments/${ids.far}`, { active: false }, 'deactivated'],
      ['DELETE', `/segments/${ids.far}`, undefined, 'deleted'],
      ['POST', `/segments/${ids.base}/copy`, undefined, 'copied from the segment "Base"'],
      ['PUT', `/segments/${ids.base}/rules`, { rules: [] }, /rule removed/],
      ['POST', `/segments/${ids.base}/rules`, isIn('FR'), /rule added/],
      ['PUT', rule, { ...refers(ids.base, 'not_in') }, /rule changed/],
      ['DELETE', rule, undefined, /rule removed/],
      ['POST', `/segments/${ids.base}/revisions/1/restore`, undefined, 'restored revision 1'],
    ];
    for (const [method, path, body, change] of writes) {
      const answer = await dry(method, path, body);
      expect({ method, path, status: answer.status, dryRun: answer.body?.dryRun }).toEqual({
        method,
        path,
        status: 200,
        dryRun: true,
      });
      expect(answer.body.changes.join()).toMatch(change);
    }
    expect(await room.room.takeJobs()).toEqual([]);
    expect(await stored()).toEqual(before);
  });

  test('tells who would enter a segment that is not there yet', async () => {
    const { effects, segment } = (await dry('POST', '/segments', { name: 'New', active: true, rules: [isIn('AT')] }))
      .body;
    expect(effects).toEqual([{ name: 'New', entering: 2, leaving: 0 }]);
    expect(segment).not.toHaveProperty('id');
  });

  test('refuses what saving refuses', async () => {
    const cycle = await dry('PUT', `/segments/${ids.base}/rules`, { rules: [refers(ids.far)] });
    expect([cycle.status, cycle.body.errors[0].path]).toEqual([422, '/rules/0/segmentId']);
    const taken = await dry('POST', '/segments', { name: 'Far' });
    expect([taken.status, taken.body.code]).toEqual([409, 'name_taken']);
    const moved = await dry('PATCH', `/segments/${ids.base}`, { name: 'x' }, { 'if-match': '"99"' });
    expect([moved.status, moved.body.code]).toEqual([412, 'revision_moved']);
    const needed = await dry('DELETE', `/segments/${ids.base}`);
    expect([needed.status, needed.body.code]).toEqual([409, 'segment_referred_to']);
    expect((await api().post('/segments?dryRun=yes', { name: 'x' })).status).toBe(422);
  });
});

describe('a preview', () => {
  test('refuses the references that saving the rules to its segment would refuse', async () => {
    const preview = (rules: object[], segmentId = ids.base) => api().post('/preview', { segmentId, rules });
    for (const rules of [[refers(ids.base)], [refers(ids.far)]]) {
      const { status, body } = await preview(rules);
      expect([status, body.code, body.errors[0].path]).toEqual([422, 'invalid', '/rules/0/segmentId']);
    }
    const { id: asleep } = await api().create({ name: 'Asleep', rules: [isIn('DE')] });
    const { status, body } = await preview([refers(asleep)]);
    expect([status, body.code]).toEqual([409, 'referred_segment_inactive']);
    expect((await api().post('/preview', { rules: [refers(asleep)] })).status).toBe(200);
  });
});
