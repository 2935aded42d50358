import { beforeAll, describe, expect, test } from 'vitest';
import type { Answer, Json } from '../api-client.ts';
import { useApiRoom } from './api-room.ts';

const room = useApiRoom();
const api = () => room.client;

const isGerman = { type: 'lead_metadata', field: 'country', operator: 'equals', value: 'DE' };
const isHot = { type: 'engagement_level', operator: 'equals', value: 'Hot' };
const viewedPricing = {
  type: 'event_metadata',
  eventType: 'Page View',
  field: 'path',
  operator: 'contains',
  value: '/pricing',
};
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

let serial = 0;
const create = (content: object = {}): Promise<Json> => api().create({ name: `Segment ${++serial}`, ...content });
const profile = (leadId: string, attributes: object, minutes = 10, more: object = {}) => ({
  leadId,
  occurredAt: ago(minutes),
  attributes,
  ...more,
});
const view = (leadId: string, eventId: string, path: string, minutes: number) => ({
  leadId,
  eventId,
  eventType: 'Page View',
  occurredAt: ago(minutes),
  metadata: { path },
});

/** Asserts a problem, and answers the paths of its errors. */
function expectProblem(answer: Answer, status: number, code: string): string[] {
  expect(answer).toMatchObject({ status, contentType: 'application/problem+json', body: { status, code } });
  return (answer.body.errors ?? []).map(({ path }: Json) => path);
}

/** Twelve leads: even ones German, every third hot; two of them viewed the prices. */
const everyLead = Array.from({ length: 12 }, (_, index) => `lead-${String(index).padStart(2, '0')}`);
beforeAll(async () => {
  await room.change(
    'profileChanges',
    ...everyLead.map((leadId, index) =>
      profile(leadId, { country: index % 2 === 0 ? 'DE' : 'AT', number: index }, 60, { changeId: `p-${index}` }),
    ),
  );
  await room.change(
    'levelChanges',
    ...everyLead
      .filter((_, index) => index % 3 === 0)
      .map((leadId) => ({ leadId, occurredAt: ago(50), engagementLevel: 'Hot' })),
  );
  await room.change('leadEvents', view('lead-00', 'e-1', '/pricing', 40), view('lead-00', 'e-2', '/pricing/eu', 30));
  await room.change('leadEvents', view('lead-01', 'e-3', '/pricing', 30), view('lead-02', 'e-4', '/blog', 30));
  await room.settle();
});

describe('an explanation', () => {
  test('says of each rule what it asks, what the lead has, and whether it holds', async () => {
    const never = { ...viewedPricing, times: { atMost: 0 } };
    const group = { type: 'group', match: 'any', rules: [isHot, never] };
    const { id, rules } = await create({ active: true, rules: [isGerman, viewedPricing, group] });
    await room.settle();
    const { status, body } = await api().get(`/leads/lead-00/segments/${id}/explanation`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      leadId: 'lead-00',
      segmentId: id,
      active: true,
      member: true,
      source: 'rules',
      since: expect.any(String),
      match: 'all',
      sentence: expect.stringContaining('country is "DE" and '),
      holds: true,
      rules: [
        { ruleId: rules[0].id, type: 'lead_metadata', sentence: 'country is "DE"', holds: true, value: 'DE' },
        {
          ruleId: rules[1].id,
          holds: true,
          value: { count: expect.any(Number), newest: [{ eventId: 'e-2' }, { eventId: 'e-1' }].slice(0, 1) },
        },
        {
          holds: true,
          match: 'any',
          rules: [
            { holds: true, value: 'Hot' },
            { holds: false, value: { count: 1 } },
          ],
        },
      ],
      lastTransition: { type: 'entered', sequence: 1, reason: 'recalculated', cause: { kind: 'segment_saved' } },
    });
    expect((await api().get(`/leads/lead-02/segments/${id}/explanation`)).body).toMatchObject({
      member: false,
      holds: false,
      rules: [{ holds: true }, { holds: false, value: { count: 0, orMore: false, newest: [] } }, { holds: true }],
    });
  });

  test('names the change that caused the last transition', async () => {
    const { id } = await create({ active: true, rules: [{ ...isGerman, value: 'FR' }] });
    const changes = [profile('lead-11', { country: 'FR' }, 5, { changeId: 'to-france' })];
    await room.settle();
    await room.change('profileChanges', ...changes);
    await room.settle();
    expect((await api().get(`/leads/lead-11/segments/${id}/explanation`)).body.lastTransition).toMatchObject({
      type: 'entered',
      reason: 'rules',
      cause: { kind: 'profile_change', changeId: 'to-france' },
      revision: 1,
    });
  });

  test('answers for a segment that is not active, from the raw events where nothing else is kept', async () => {
    const { id } = await create({ rules: [{ ...viewedPricing, value: '/pricing/eu', withinDays: 1 }] });
    expect((await api().get(`/leads/lead-00/segments/${id}/explanation`)).body).toMatchObject({
      active: false,
      member: false,
      holds: true,
      rules: [{ holds: true, value: { count: 1, newest: [{ eventId: 'e-2' }] } }],
    });
  });

  test('answers 404 for a lead or a segment that does not exist', async () => {
    const { id } = await create();
    expectProblem(await api().get(`/leads/nobody/segments/${id}/explanation`), 404, 'not_found');
    const missing = await api().get('/leads/lead-00/segments/seg_missing/explanation');
    expectProblem(missing, 404, 'not_found');
    expect(missing.body.detail).toContain('seg_missing');
  });
});

describe('a timeline', () => {
  test('has every entry and exit of the lead, newest first, page by page', async () => {
    const { id, name } = await create({ active: true, rules: [{ ...isGerman, value: 'CH' }] });
    await room.settle();
    for (const [index, country] of ['CH', 'FR', 'CH'].entries()) {
      await room.change('profileChanges', profile('traveller', { country }, 9 - index, { changeId: `t-${index}` }));
      await room.settle();
    }
    const pages = await api().pages('/leads/traveller/timeline', 2);
    expect(pages.every(({ transitions }) => transitions.length <= 2)).toBe(true);
    const ofSegment = pages.flatMap(({ transitions }) => transitions).filter(({ segment }: Json) => segment.id === id);
    expect(ofSegment).toMatchObject([
      { type: 'entered', segment: { id, name }, sequence: 3, reason: 'rules', cause: { changeId: 't-2' } },
      { type: 'exited', sequence: 2, cause: { kind: 'profile_change', changeId: 't-1' } },
      { type: 'entered', sequence: 1, revision: 1, occurredAt: expect.any(String) },
    ]);
    for (const transition of ofSegment) expect(transition).not.toHaveProperty('silent');
  });

  test('says which were silent, and keeps the name of a segment that is gone', async () => {
    const { id, name } = await create({ active: true, rules: [isHot] });
    await room.settle();
    await api().put(`/segments/${id}/rules?notify=false`, { rules: [{ ...isGerman, value: 'nowhere' }] });
    await room.settle();
    expect((await api().delete(`/segments/${id}`)).status).toBe(204);
    const { body } = await api().get('/leads/lead-03/timeline');
    const ofSegment = body.transitions.filter(({ segment }: Json) => segment.id === id);
    expect(ofSegment).toMatchObject([{ type: 'exited', silent: true, segment: { name } }, { type: 'entered' }]);
  });

  test('is empty for a lead that was never in a segment; 404 and 422 for what cannot be', async () => {
    await room.change('profileChanges', profile('loner', { country: 'IS' }));
    await room.settle();
    expect((await api().get('/leads/loner/timeline')).body).toEqual({ transitions: [] });
    expectProblem(await api().get('/leads/nobody/timeline'), 404, 'not_found');
    expect(expectProblem(await api().get('/leads/loner/timeline?limit=0'), 422, 'invalid')).toEqual(['/limit']);
    const foreign = btoa('{"shard":1}');
    expect(expectProblem(await api().get(`/leads/loner/timeline?cursor=${foreign}`), 422, 'invalid')).toEqual([
      '/cursor',
    ]);
  });
});

/** Every page of a search, as the ids it found. */
async function search(query: object, limit = 500): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const { status, body } = await api().post('/leads/search', { ...query, limit, ...(cursor && { cursor }) });
    expect(status).toBe(200);
    expect(body.leads.length).toBeLessThanOrEqual(limit);
    found.push(...body.leads.map(({ leadId }: Json) => leadId));
    cursor = body.cursor;
  } while (cursor);
  return found.sort();
}
const isOurs = { type: 'lead_metadata', field: 'number', operator: 'exists' };

describe('the list of leads', () => {
  test('has every lead once, each as by itself, page by page', async () => {
    const pages = await api().pages('/leads', 5);
    const leads = pages.flatMap((page) => page.leads);
    expect(leads.map(({ leadId }) => leadId)).toEqual(expect.arrayContaining(everyLead));
    expect(new Set(leads.map(({ leadId }) => leadId)).size).toBe(leads.length);
    const one = leads.find(({ leadId }) => leadId === 'lead-03');
    expect(one).toEqual((await api().get('/leads/lead-03')).body);
    expect(one).toMatchObject({ attributes: { country: 'AT', number: 3 }, engagementLevel: 'Hot' });
  });

  test.each([
    ['limit=501', '/limit'],
    ['cursor=%25', '/cursor'],
    [`cursor=${btoa('{"shard":0,"after":""}')}`, '/cursor'],
    [`cursor=${btoa('{"before":"x"}')}`, '/cursor'],
  ])('refuses %s', async (query, path) => {
    expect(expectProblem(await api().get(`/leads?${query}`), 422, 'invalid')).toEqual([path]);
  });
});

describe('a search', () => {
  test.each([2, 500])('finds the leads that match, once, in pages of %d', async (limit) => {
    const even = everyLead.filter((_, index) => index % 2 === 0);
    expect(await search({ rules: [isGerman, isOurs] }, limit)).toEqual(even);
    expect(await search({ match: 'any', rules: [isHot, viewedPricing] }, limit)).toEqual(
      everyLead.filter((_, index) => index % 3 === 0 || index === 1),
    );
  });

  test('knows events that no segment has asked for yet, and memberships', async () => {
    const twice = { ...viewedPricing, times: { atLeast: 2 }, withinDays: 1 };
    expect(await search({ rules: [twice] }, 3)).toEqual(['lead-00']);
    const never = { ...viewedPricing, value: '/blog', times: { atMost: 0 } };
    expect(await search({ rules: [isOurs, never] })).toEqual(everyLead.filter((id) => id !== 'lead-02'));
    const { id } = await create({ active: true, rules: [isHot] });
    await room.settle();
    const inIt = { type: 'segment', segmentId: id, operator: 'in' };
    expect(await search({ rules: [inIt, isGerman] })).toEqual(['lead-00', 'lead-06']);
  });

  test('agrees with the preview of the same rules', async () => {
    const rules = [{ type: 'group', match: 'none', rules: [isHot, viewedPricing] }];
    const { body } = await api().post('/preview', { fresh: true, rules });
    expect((await search({ rules }, 4)).length).toBe(body.total);
  });

  test('of no rules finds nobody', async () => {
    expect((await api().post('/leads/search', { rules: [] })).body).toEqual({ leads: [] });
  });

  test.each<[string, object, string]>([
    ['no rules', {}, '/rules'],
    ['an unknown key', { rules: [], sample: 1 }, '/sample'],
    ['an invalid rule', { rules: [{ ...isHot, value: 7 }] }, '/rules/0/value'],
    ['a limit beyond 500', { rules: [], limit: 501 }, '/limit'],
    ['a foreign cursor', { rules: [], cursor: 'x' }, '/cursor'],
    [
      'a reference to nothing',
      { rules: [{ type: 'segment', segmentId: 'seg_missing', operator: 'in' }] },
      '/rules/0/segmentId',
    ],
  ])('refuses %s', async (_, body, path) => {
    expect(expectProblem(await api().post('/leads/search', body), 422, 'invalid')).toEqual([path]);
  });
});

describe('an overlap', () => {
  test('counts who is only here, only there, and in both', async () => {
    const germans = await create({ active: true, rules: [isGerman, isOurs] });
    const hot = await create({ active: true, rules: [isHot] });
    await room.settle();
    const { status, body } = await api().get(`/segments/${germans.id}/overlap?with=${hot.id}`);
    expect({ status, ...body }).toMatchObject({ status: 200, onlyHere: 4, onlyThere: 2, both: 2 });
    expect(body.of).toBeGreaterThanOrEqual(12);
    expect((await api().get(`/segments/${hot.id}/overlap?with=${germans.id}`)).body).toMatchObject({
      onlyHere: 2,
      onlyThere: 4,
      both: 2,
    });
    await api().patch(`/segments/${hot.id}`, { active: false });
    expect((await api().get(`/segments/${germans.id}/overlap?with=${hot.id}`)).body).toMatchObject({
      onlyHere: 6,
      onlyThere: 0,
      both: 0,
    });
  });

  test('of several segments has every combination', async () => {
    const germans = await create({ active: true, rules: [isGerman, isOurs] });
    const hot = await create({ active: true, rules: [isHot] });
    const none = await create();
    await room.settle();
    const segmentIds = [germans.id, none.id, hot.id];
    const { status, body } = await api().get(`/overlap?segmentIds=${segmentIds}`);
    expect({ status, ...body }).toMatchObject({
      status: 200,
      segmentIds,
      regions: [
        { segmentIds: [germans.id], leads: 4 },
        { segmentIds: [none.id], leads: 0 },
        { segmentIds: [germans.id, none.id], leads: 0 },
        { segmentIds: [hot.id], leads: 2 },
        { segmentIds: [germans.id, hot.id], leads: 2 },
        { segmentIds: [none.id, hot.id], leads: 0 },
        { segmentIds, leads: 0 },
      ],
    });
  });

  test('of several segments needs two to four different ones that exist', async () => {
    const { id } = await create();
    for (const ids of ['', id, `${id},${id}`, `${id},a,b,c,d`])
      expect(expectProblem(await api().get(`/overlap?segmentIds=${ids}`), 422, 'invalid')).toEqual(['/segmentIds']);
    expectProblem(await api().get(`/overlap?segmentIds=${id},seg_missing`), 404, 'not_found');
  });

  test('needs another segment that exists', async () => {
    const { id } = await create();
    expect(expectProblem(await api().get(`/segments/${id}/overlap`), 422, 'invalid')).toEqual(['/with']);
    expect(expectProblem(await api().get(`/segments/${id}/overlap?with=${id}`), 422, 'invalid')).toEqual(['/with']);
    expectProblem(await api().get(`/segments/${id}/overlap?with=seg_missing`), 404, 'not_found');
    expectProblem(await api().get(`/segments/seg_missing/overlap?with=${id}`), 404, 'not_found');
  });
});
