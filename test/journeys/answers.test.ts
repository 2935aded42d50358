import { beforeAll, describe, expect, test } from 'vitest';
import type { Answer, Json } from './api-client.ts';
import { useRunningStack } from './running-stack.ts';

const running = useRunningStack();
const api = () => running.current.api;

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
  const stack = running.current;
  await stack.send(
    'profileChanges',
    ...everyLead.map((leadId, index) =>
      profile(leadId, { country: index % 2 === 0 ? 'DE' : 'AT', number: index }, 60, { changeId: `p-${index}` }),
    ),
  );
  await stack.send(
    'levelChanges',
    ...everyLead
      .filter((_, index) => index % 3 === 0)
      .map((leadId) => ({ leadId, occurredAt: ago(50), engagementLevel: 'Hot' })),
  );
  await stack.send('leadEvents', view('lead-00', 'e-1', '/pricing', 40), view('lead-00', 'e-2', '/pricing/eu', 30));
  await stack.send('leadEvents', view('lead-01', 'e-3', '/pricing', 30), view('lead-02', 'e-4', '/blog', 30));
  await stack.settle();
});

describe('an explanation', () => {
  test('says of each rule what it asks, what the lead has, and whether it holds', async () => {
    const never = { ...viewedPricing, times: { atMost: 0 } };
    const group = { type: 'group', match: 'any', rules: [isHot, never] };
    const { id, rules } = await create({ active: true, rules: [isGerman, viewedPricing, group] });
    await running.current.settle();
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
    await running.current.settle();
    await running.current.send('profileChanges', ...changes);
    await running.current.settle();
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
    await running.current.settle();
    for (const [index, country] of ['CH', 'FR', 'CH'].entries()) {
      await running.current.send(
        'profileChanges',
        profile('traveller', { country }, 9 - index, { changeId: `t-${index}` }),
      );
      await running.current.settle();
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
    await running.current.settle();
    await api().put(`/segments/${id}/rules?notify=false`, { rules: [{ ...isGerman, value: 'nowhere' }] });
    await running.current.settle();
    expect((await api().delete(`/segments/${id}`)).status).toBe(204);
    const { body } = await api().get('/leads/lead-03/timeline');
    const ofSegment = body.transitions.filter(({ segment }: Json) => segment.id === id);
    expect(ofSegment).toMatchObject([{ type: 'exited', silent: true, segment: { name } }, { type: 'entered' }]);
  });

  test('is empty for a lead that was never in a segment; 404 and 422 for what cannot be', async () => {
    await running.current.send('profileChanges', profile('loner', { country: 'IS' }));
    await running.current.settle();
    expect((await api().get('/leads/loner/timeline')).body).toEqual({ transitions: [] });
    expectProblem(await api().get('/leads/nobody/timeline'), 404, 'not_found');
    expect(expectProblem(await api().get('/leads/loner/timeline?limit=0'), 422, 'invalid')).toEqual(['/limit']);
    const foreign = btoa('{"shard":1}');
    expect(expectProblem(await api().get(`/leads/loner/timeline?cursor=${foreign}`), 422, 'invalid')).toEqual([
      '/cursor',
    ]);
  });
});
