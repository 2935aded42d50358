import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pathPart } from '../../shared/http/path-parts.ts';
import type { Json } from '../api-client.ts';
import type { BusListener } from './bus-listener.ts';
import { type ChangeQueue, useRunningStack } from './running-stack.ts';

const running = useRunningStack();
const api = () => running.current.api;
const send = (queue: ChangeQueue, ...messages: (object | string)[]) => running.current.send(queue, ...messages);
const settle = () => running.current.settle();

const day = 86_400_000;
const start = Date.now();
/** An ISO date-time so many milliseconds before this file was started. */
const ago = (ms: number) => new Date(start - ms).toISOString();
const dayAgo = (days: number) => ago(days * day).slice(0, 10);

let bus: BusListener;
beforeAll(async () => {
  bus = await running.current.listenToBus('everything', { source: ['lead-segments'] });
});
const eventsOf = async (segmentId: string) =>
  (await bus.details()).filter(({ id, segment }) => segment.id === segmentId && /:\d+$/.test(id));

const lead = (field: string, operator: string, value?: unknown) => ({ type: 'lead_metadata', field, operator, value });
const company = (field: string, operator: string, value?: unknown) => ({
  ...lead(field, operator, value),
  type: 'account_metadata',
});
const engagement = (operator: string, value?: unknown) => ({ type: 'engagement_level', operator, value });
const profile = (operator: string, value?: unknown) => ({ type: 'profile_level', operator, value });
const tier = (operator: string, value?: unknown) => ({ type: 'account_level', operator, value });
const event = (eventType: string, more: object = { operator: 'exists' }) => ({
  type: 'event_metadata',
  eventType,
  ...more,
});
const group = (match: string, ...rules: object[]) => ({ type: 'group', match, rules });

/** The common world: four leads, one of whom nobody knows more than that she visited; and two companies. */
const profiles: { leadId: string; attributes: Json; [key: string]: unknown }[] = [
  {
    leadId: 'ada',
    occurredAt: ago(5 * day),
    changeId: 'crm-1',
    accountId: 'acme',
    attributes: {
      country: 'DE',
      seniority: 'VP',
      job_title: 'Engineering Lead',
      visits: 12,
      newsletter: true,
      tags: ['Trial', 'EU'],
      signed_up: dayAgo(3),
      constructor: 'built',
    },
  },
  {
    leadId: 'bob',
    occurredAt: ago(4 * day),
    accountId: 'globex',
    attributes: { country: 'de ', seniority: 'Manager', job_title: 'Sales', visits: '7', signed_up: dayAgo(40) },
  },
  { leadId: 'cleo', occurredAt: ago(3 * day), attributes: { country: 'US', job_title: null, newsletter: false } },
];
const levels = [
  { leadId: 'ada', occurredAt: ago(day), changeId: 'score-1', engagementLevel: 'Hot', profileLevel: 'Strong Fit' },
  { leadId: 'bob', occurredAt: ago(day), engagementLevel: 'cold' },
  { leadId: 'cleo', occurredAt: ago(day), engagementLevel: 'Very Hot', profileLevel: 'Poor Fit' },
];
const events = [
  ['ada', 'e1', 'Page View', 0.1, { path: '/pricing/teams', seconds: 40 }],
  ['ada', 'e2', 'Page View', 10, { path: '/Pricing', seconds: 3 }],
  ['ada', 'e3', 'Page View', 40, { path: '/home' }],
  ['ada', 'e4', 'Form Submit', 2, { form_id: 'demo-request', score: 9 }],
  ['bob', 'e5', 'Page View', 9, { path: '/home', seconds: 90 }],
  ['dora', 'e6', 'Webinar Attend', 1, undefined],
] as const;
const accounts = [
  {
    accountId: 'acme',
    occurredAt: ago(9 * day),
    attributes: { industry: 'Steel', employees: 900 },
    accountLevel: 'Target',
  },
  { accountId: 'globex', occurredAt: ago(8 * day), attributes: { industry: 'Software' }, accountLevel: 'Standard' },
];

type Expectation = readonly [name: string, rules: object[], leadIds: string[]];

/** Rules of each of the six types and of a group, and who they match in that world: of segments that are there before it. */
const expectations: Expectation[] = [
  ['text, folded', [lead('country', 'equals', 'de')], ['ada', 'bob']],
  ['a number, also as text', [lead('visits', 'greater_than', 6)], ['ada', 'bob']],
  ['a range', [lead('visits', 'between', [10, 12])], ['ada']],
  ['a boolean', [lead('newsletter', 'equals', false)], ['cleo']],
  ['of the company', [company('industry', 'starts_with', 's')], ['ada', 'bob']],
  ['an engagement level', [engagement('at_least', 'Hot')], ['ada', 'cleo']],
  ['no engagement level', [engagement('is_empty')], ['dora']],
  ['a profile level', [profile('in', ['Strong Fit', 'Perfect Fit'])], ['ada']],
  ['not a profile level', [profile('not_equals', 'Poor Fit')], ['ada', 'bob', 'dora']],
  ['an account level', [tier('at_least', 'Qualified')], ['ada']],
  ['never an event', [event('Page View', { operator: 'not_exists' })], ['cleo', 'dora']],
  [
    'two things of the same event',
    [
      event('Page View', {
        field: 'path',
        operator: 'contains',
        value: 'pricing',
        and: [{ field: 'seconds', operator: 'greater_than', value: 10 }],
      }),
    ],
    ['ada'],
  ],
  ['none of a group', [group('none', engagement('is_not_empty'), event('Page View'))], ['dora']],
];

/** Further rules, asked of previews only: no test here needs a segment of them. */
const questions: Expectation[] = [
  ['not equal, so also those without', [lead('country', 'not_equals', 'DE')], ['cleo', 'dora']],
  ['one of a list', [lead('country', 'in', ['US', 'FR'])], ['cleo']],
  ['any element of a list', [lead('tags', 'equals', 'trial')], ['ada']],
  ['empty', [lead('job_title', 'is_empty')], ['cleo', 'dora']],
  ['the last days', [lead('signed_up', 'in_last_days', 7)], ['ada']],
  ['long ago', [lead('signed_up', 'more_than_days_ago', 30)], ['bob']],
  ['a name that every object has', [lead('constructor', 'is_not_empty')], ['ada']],
  ['not of the company, so also those without one', [company('employees', 'is_empty')], ['bob', 'cleo', 'dora']],
  ['an event', [event('Webinar Attend')], ['dora']],
  ['what an event was about', [event('Page View', { field: 'path', operator: 'contains', value: 'pricing' })], ['ada']],
  [
    'twice, within 30 days',
    [event('Page View', { operator: 'exists', times: { atLeast: 2 }, withinDays: 30 })],
    ['ada'],
  ],
  ['three times ever', [event('Page View', { operator: 'exists', times: { atLeast: 3 } })], ['ada']],
  ['at most once', [event('Page View', { operator: 'exists', times: { atMost: 1 } })], ['bob', 'cleo', 'dora']],
  ['a group', [group('any', lead('country', 'equals', 'US'), tier('equals', 'Standard'))], ['bob', 'cleo']],
  ['both', [engagement('at_least', 'Hot'), group('all', profile('equals', 'Poor Fit'))], ['cleo']],
];

/** Made when the leads were there already. */
const later = expectations.filter(([name]) =>
  ['text, folded', 'of the company', 'a profile level', 'two things of the same event'].includes(name),
);
const byTemplate: Record<string, string[]> = {
  'Cold Leads': ['bob'],
  'Sales-Ready': ['cleo'],
  'Hot Leads': ['ada'],
  'Strong Fit, Hot': ['ada'],
  'Poor Fit, Hot': [],
  'Demo Requestors': ['ada'],
  'Pricing-Page Visitors': ['ada'],
  'Webinar Attendees': ['dora'],
  'Senior Decision-Makers': ['ada'],
  'Engineering Roles': ['ada'],
  'Warm Leads': [],
  'Strong Fit, Cold': [],
};

describe('leads through all four queues', () => {
  const segments = new Map<string, Json>();
  const idOf = (name: string): string => segments.get(name).id;
  const templates = async (): Promise<Json[]> => (await api().get('/templates')).body.templates;
  /** The templates of which there is a segment. */
  const stored = ['Cold Leads', 'Warm Leads', 'Strong Fit, Hot', 'Demo Requestors'];

  beforeAll(async () => {
    for (const [name, rules] of expectations) segments.set(name, await api().create({ name, active: true, rules }));
    for (const template of await templates()) {
      if (stored.includes(template.name)) {
        segments.set(template.name, await api().create({ ...template, active: true }));
      }
    }
    const referring = { name: 'hot but not the company’s', active: true };
    const rules = [
      { type: 'segment', segmentId: idOf('an engagement level'), operator: 'in' },
      { type: 'segment', segmentId: idOf('an account level'), operator: 'not_in' },
    ];
    segments.set(referring.name, await api().create({ ...referring, rules }));

    const [ada, ...others] = profiles;
    await send('profileChanges', ...others, { 'detail-type': 'Profile', source: 'crm', detail: ada });
    const [first, ...laterLevels] = levels;
    await send('levelChanges', ...laterLevels, { Type: 'Notification', Message: JSON.stringify(first) });
    const messages = events.map(([leadId, eventId, eventType, days, metadata]) => ({
      leadId,
      eventId,
      eventType,
      occurredAt: ago(days * day),
      metadata,
    }));
    await send('leadEvents', ...messages);
    await send('accountChanges', ...accounts);
    await settle();
  });

  test.each(expectations.map(([name, , leadIds]) => [name, leadIds] as const))('%s: %j', async (name, leadIds) => {
    expect(await api().members(idOf(name))).toEqual(leadIds);
  });

  test.each(stored)('segment of the template %s', async (name) => {
    expect(await api().members(idOf(name))).toEqual(byTemplate[name]);
  });

  test('a preview of each template counts whom it is made for', async () => {
    const counted: Record<string, string[]> = {};
    for (const { name, match, rules } of await templates()) {
      const { sample } = (await api().post('/preview', { fresh: true, match, rules })).body;
      counted[name] = sample.map(({ leadId }: Json) => leadId).sort();
    }
    expect(counted).toEqual(byTemplate);
  });

  test('a segment that refers to others follows them', async () => {
    expect(await api().members(idOf('hot but not the company’s'))).toEqual(['cleo']);
  });

  test('a preview of the same rules counts the same, in a new and in a stored segment', async () => {
    for (const [name, rules, leadIds] of [...expectations, ...questions]) {
      const { body } = await api().post('/preview', { fresh: true, rules });
      expect({ name, total: body.total, leads: body.leads, exact: body.exact }).toEqual({
        name,
        total: leadIds.length,
        leads: 4,
        exact: true,
      });
      expect(body.sample.map(({ leadId }: Json) => leadId).sort()).toEqual(leadIds);
      if (!segments.has(name)) continue;
      const again = await api().post('/preview', { fresh: true, rules, segmentId: idOf(name) });
      expect(again.body).toMatchObject({ total: leadIds.length, entering: { total: 0 }, leaving: { total: 0 } });
    }
  });

  test('a preview tells who would enter and leave', async () => {
    const segmentId = idOf('text, folded');
    const rules = [lead('country', 'in', ['us', 'DE']), engagement('at_least', 'Hot')];
    const { body } = await api().post('/preview', { fresh: true, rules, segmentId, sampleSize: 1 });
    expect(body).toMatchObject({ total: 2, share: 0.5, size: 'too_narrow' });
    expect(body.sample).toHaveLength(1);
    expect(body.entering).toEqual({
      total: 1,
      sample: [
        { leadId: 'cleo', attributes: { country: 'US' }, engagementLevel: 'Very Hot', profileLevel: 'Poor Fit' },
      ],
    });
    expect(body.leaving).toMatchObject({ total: 1, sample: [{ leadId: 'bob' }] });
    expect(body.leaving.sample[0].account).toEqual({ accountId: 'globex', attributes: {}, accountLevel: 'Standard' });
    const { body: anybody } = await api().post('/preview', { fresh: true, match: 'any', rules, sampleSize: 0 });
    expect(anybody).toMatchObject({ total: 3, sample: [] });
  });

  test('a segment made when the leads were there already has the same members', async () => {
    const ids = new Map<string, string>();
    for (const [name, rules] of later) {
      ids.set(name, (await api().create({ name: `${name}, later`, active: true, rules })).id);
    }
    await settle();
    for (const [name, , leadIds] of later) {
      const id = ids.get(name)!;
      expect({ name, members: await api().members(id) }).toEqual({ name, members: leadIds });
      expect((await api().segment(id)).recalculation).toMatchObject({
        state: 'done',
        done: 4,
        of: 4,
      });
    }
  });

  test('counts, shares and advice are those of the members', async () => {
    const listed = (await api().pages('/segments', 500)).flatMap((page) => page.segments);
    for (const [name, , leadIds] of expectations) {
      const expected = { memberCount: leadIds.length, share: leadIds.length / 4 };
      expect({ name, ...(await api().segment(idOf(name))) }).toMatchObject({ name, ...expected });
      expect(listed.find(({ id }) => id === idOf(name))).toMatchObject(expected);
    }
    expect((await api().segment(idOf('no engagement level'))).size).toBe('too_narrow');
    expect((await api().segment(idOf('not a profile level'))).size).toBe('too_broad');
    expect((await api().segment(idOf('Warm Leads'))).size).toBe('none');
  });

  test('members come in pages of any size, each once, with when and how they became one', async () => {
    const id = idOf('not a profile level');
    for (const limit of [1, 2, 500]) {
      const pages = await api().pages(`/segments/${id}/members`, limit);
      const members = pages.flatMap((page) => page.members);
      expect(members.map(({ leadId }) => leadId).sort()).toEqual(['ada', 'bob', 'dora']);
      for (const { since, source } of members) {
        expect(source).toBe('rules');
        expect(Date.parse(since)).toBeGreaterThanOrEqual(start - 1_000);
      }
    }
  });

  test('the lead’s page has all that is known of it', async () => {
    const { body } = await api().get('/leads/ada');
    expect(body).toEqual({
      leadId: 'ada',
      attributes: profiles[0]!.attributes,
      engagementLevel: 'Hot',
      engagementLevelAsOf: expect.any(String),
      profileLevel: 'Strong Fit',
      profileLevelAsOf: expect.any(String),
      account: { accountId: 'acme', attributes: { industry: 'Steel', employees: 900 }, accountLevel: 'Target' },
      updatedAt: expect.any(String),
    });
    expect((await api().get('/leads/cleo')).body.attributes).toEqual({ country: 'US', newsletter: false });
    expect((await api().get('/leads/dora')).body).toEqual({
      leadId: 'dora',
      attributes: {},
      updatedAt: expect.any(String),
    });
  });

  test('the lead’s segments are those whose member it is', async () => {
    const { body } = await api().get('/leads/bob/segments');
    const withBob = (list: readonly Expectation[]) => list.filter(([, , leadIds]) => leadIds.includes('bob'));
    const names = [
      ...withBob(expectations).map(([name]) => name),
      ...withBob(later).map(([name]) => `${name}, later`),
      'Cold Leads',
    ];
    expect(body.segments.map(({ name }: Json) => name).sort()).toEqual(names.sort());
    expect(body.segments[0]).toEqual({
      id: expect.stringMatching(/^seg_/),
      name: expect.any(String),
      since: expect.any(String),
      source: 'rules',
    });
  });

  test('each entry is one event on the bus, as the contract has it', async () => {
    const segment = segments.get('a profile level');
    const heard = (await bus.heard()).filter(({ detail }) => detail.id === `ada:${segment.id}:1`);
    expect(heard).toHaveLength(1);
    const [{ detail, ...envelope }] = heard as [Json];
    expect(envelope).toMatchObject({ source: 'lead-segments', 'detail-type': 'Lead Entered Segment' });
    expect(detail).toEqual({
      id: `ada:${segment.id}:1`,
      sequence: 1,
      occurredAt: expect.any(String),
      lead: { id: 'ada', attributes: expect.any(Object) },
      segment: { id: segment.id, name: 'a profile level', revision: 1 },
      reason: 'rules',
      cause: { kind: 'level_change', changeId: 'score-1', occurredAt: ago(day) },
      membership: { since: detail.occurredAt, source: 'rules' },
    });
    expect(Date.parse(detail.occurredAt)).toBeGreaterThanOrEqual(start);
    expect(Date.parse(detail.occurredAt)).toBeLessThanOrEqual(Date.now());
    for (const [name, , leadIds] of expectations) {
      const entered = await eventsOf(idOf(name));
      const inNow = new Set(entered.filter(({ sequence }) => sequence % 2 === 1).map((detail) => detail.lead.id));
      for (const leadId of leadIds)
        expect({ name, leadId, entered: inNow.has(leadId) }).toMatchObject({ entered: true });
    }
  });

  test('an exit says since when it had been a member, and what caused it', async () => {
    const segment = segments.get('a number, also as text');
    const entered = (await eventsOf(segment.id)).find((detail) => detail.lead.id === 'bob');
    await send('profileChanges', {
      changeId: 'crm-9',
      leadId: 'bob',
      occurredAt: ago(1_000),
      attributes: { visits: 6 },
    });
    await settle();
    const exit = (await eventsOf(segment.id)).find((detail) => detail.lead.id === 'bob' && detail.sequence === 2);
    expect(exit).toMatchObject({
      id: `bob:${segment.id}:2`,
      lead: { id: 'bob', attributes: { visits: 6, country: 'de ' } },
      reason: 'rules',
      cause: { kind: 'profile_change', changeId: 'crm-9', occurredAt: ago(1_000) },
      membership: { since: entered.occurredAt, source: 'rules' },
    });
    const heard = (await bus.heard()).find(({ detail }) => detail.id === exit.id);
    expect(heard['detail-type']).toBe('Lead Exited Segment');
    expect(await api().members(segment.id)).toEqual(['ada']);
    expect((await api().segment(segment.id)).memberCount).toBe(1);
  });

  test('an entry after saving says so, and by which save', async () => {
    const segment = segments.get('a range');
    const { body: saved } = await api().put(`/segments/${segment.id}/rules`, {
      rules: [lead('visits', 'between', [5, 6])],
    });
    await settle();
    const [exit, entry] = (await eventsOf(segment.id)).slice(-2).sort((a, b) => a.lead.id.localeCompare(b.lead.id));
    expect(exit).toMatchObject({ lead: { id: 'ada' }, sequence: 2, reason: 'recalculated' });
    expect(entry).toMatchObject({
      lead: { id: 'bob' },
      sequence: 1,
      segment: { revision: 2 },
      reason: 'recalculated',
      cause: { kind: 'segment_saved', occurredAt: saved.updatedAt },
    });
    expect(await api().members(segment.id)).toEqual(['bob']);
  });

  test('a silent save changes members without an event, and the next event tells by its number', async () => {
    const segment = segments.get('a boolean');
    const before = (await eventsOf(segment.id)).length;
    await api().put(`/segments/${segment.id}/rules?notify=false`, { rules: [lead('newsletter', 'equals', true)] });
    await settle();
    expect(await api().members(segment.id)).toEqual(['ada']);
    expect(await eventsOf(segment.id)).toHaveLength(before);
    await send('profileChanges', { leadId: 'ada', occurredAt: ago(0), attributes: { newsletter: null } });
    await settle();
    const last = (await eventsOf(segment.id)).at(-1);
    expect(last).toMatchObject({ id: `ada:${segment.id}:2`, reason: 'rules' });
  });

  test('the life of a segment is told: created, changed, activated, recalculated, deactivated, deleted', async () => {
    const { id, name } = await api().create({ name: 'Short life', rules: [engagement('equals', 'Hot')] });
    await api().patch(`/segments/${id}`, { description: 'x' });
    await api().patch(`/segments/${id}`, { active: true });
    await settle();
    expect(await api().members(id)).toEqual(['ada']);
    await api().patch(`/segments/${id}`, { active: false });
    await settle();
    expect(await api().segment(id)).toMatchObject({ active: false, memberCount: 0, size: 'none' });
    expect(await api().members(id)).toEqual([]);
    expect(await api().segmentsOf('ada')).not.toContain(id);
    await api().delete(`/segments/${id}`);
    await settle();
    const heard = (await bus.heard()).filter(({ detail }) => detail.segment.id === id);
    const life = heard.filter((one) => one['detail-type'].startsWith('Segment'));
    expect(life.map((one) => one['detail-type']).sort()).toEqual([
      'Segment Activated',
      'Segment Changed',
      'Segment Created',
      'Segment Deactivated',
      'Segment Deleted',
      'Segment Recalculated',
    ]);
    for (const { detail, ...event } of life) {
      const isRecalculated = event['detail-type'] === 'Segment Recalculated';
      expect(detail).toEqual({
        id: expect.stringContaining(id),
        occurredAt: expect.any(String),
        segment: { id, name, revision: expect.any(Number), active: expect.any(Boolean) },
        ...(isRecalculated && {
          recalculation: { state: 'done', done: expect.any(Number), entering: 1, leaving: 0, failed: 0 },
        }),
      });
    }
    // Neither deactivating nor deleting a segment is an exit.
    const ofLeads = heard.filter((one) => one['detail-type'].startsWith('Lead'));
    expect(ofLeads.map(({ detail }) => detail.sequence)).toEqual([1]);
  });

  test('an inactive segment is frozen, and publishes only real differences when it wakes', async () => {
    const { id } = await api().create({ name: 'Frozen', active: true, rules: [engagement('is_not_empty')] });
    await settle();
    expect(await api().members(id)).toEqual(['ada', 'bob', 'cleo']);
    await api().patch(`/segments/${id}`, { active: false });
    await send('levelChanges', { leadId: 'dora', occurredAt: ago(0), engagementLevel: 'Odd' });
    await send('levelChanges', { leadId: 'bob', occurredAt: ago(0), engagementLevel: null });
    await settle();
    expect(await eventsOf(id)).toHaveLength(3);
    await api().patch(`/segments/${id}`, { active: true });
    await settle();
    expect(await api().members(id)).toEqual(['ada', 'cleo', 'dora']);
    const later = (await eventsOf(id)).slice(3).map((detail) => [detail.lead.id, detail.sequence]);
    expect(later.sort()).toEqual([
      ['bob', 2],
      ['dora', 1],
    ]);
  });

  test('the vocabulary has what was seen, with kinds and values', async () => {
    const { body } = await api().get('/vocabulary');
    const names = body.lead.fields.map(({ name }: Json) => name);
    expect(names).toEqual([...names].sort());
    expect(names).toEqual(expect.arrayContaining(['constructor', 'country', 'visits', 'tags', 'signed_up']));
    const field = (name: string) => body.lead.fields.find((one: Json) => one.name === name);
    // Five leads do not share any of these values.
    expect(field('visits')).toEqual({ name: 'visits', kinds: ['number'], values: [] });
    expect(field('tags')).toEqual({ name: 'tags', kinds: ['list'], values: [] });
    expect(field('newsletter')).toMatchObject({ kinds: ['boolean'], values: ['false', 'true'] });
    expect(field('signed_up').kinds).toEqual(['date']);
    expect(body.account.fields.map(({ name }: Json) => name)).toEqual(['employees', 'industry']);
    expect(body.events.map(({ eventType }: Json) => eventType)).toEqual(['Form Submit', 'Page View', 'Webinar Attend']);
    expect(body.events[1].fields).toContainEqual({ name: 'seconds', kinds: ['number'], values: [] });
  });
});

describe('lead ids with every character they may have', () => {
  const leadId = "a.b_c:d@e+f|g=h-1'&$*?^`{}~!#%/𠮷";
  test('go through queues, pages and events', async () => {
    const { id } = await api().create({ name: 'Odd ids', active: true, rules: [lead('odd', 'equals', true)] });
    await send('profileChanges', { leadId, occurredAt: ago(0), attributes: { odd: true } });
    await send('leadEvents', { leadId, eventId: 'e|=1#/𠮷', eventType: 'Täst/Type ?', occurredAt: ago(0) });
    await settle();
    expect(await api().members(id)).toEqual([leadId]);
    expect((await api().get(`/leads/${pathPart(leadId)}`)).body).toMatchObject({ leadId });
    expect(await api().segmentsOf(leadId)).toContain(id);
    expect((await eventsOf(id)).map((detail) => detail.id)).toEqual([`${leadId}:${id}:1`]);
  });
});

describe('a message that can never be understood', () => {
  const at = ago(0);
  const tomorrow = new Date(start + 2 * day).toISOString();
  const bad: Record<ChangeQueue, [string | object, RegExp][]> = {
    profileChanges: [
      ['not JSON at all', /^is not JSON/],
      ['[]', /JSON object/],
      [{ leadId: 'good', occurredAt: at, attributes: { nested: { a: 1 } } }, /\/attributes\/nested/],
      [{ leadId: 'no good', occurredAt: at, attributes: {} }, /\/leadId/],
      [{ leadId: 'good', attributes: {} }, /\/occurredAt/],
      [{ leadId: 'good', occurredAt: tomorrow, attributes: {} }, /24 hours/],
      [{ detail: { leadId: 7 } }, /\/leadId/],
    ],
    levelChanges: [
      [{ leadId: 'good', occurredAt: at, engagementLevel: 3 }, /\/engagementLevel/],
      [{ Type: 'Notification', Message: 'hello' }, /^is not JSON/],
    ],
    leadEvents: [
      [{ leadId: 'good', eventId: 'x', eventType: 'a#b', occurredAt: at }, /\/eventType.*#/],
      [{ leadId: 'good', eventType: 'Visit', occurredAt: at }, /\/eventId/],
      [{ leadId: 'good', eventId: 'x', eventType: 'Visit', occurredAt: '2026-02-30T00:00:00Z' }, /\/occurredAt/],
    ],
    accountChanges: [
      [{ accountId: '', occurredAt: at }, /\/accountId/],
      [{ accountId: 'good', occurredAt: at, accountLevel: ['Target'] }, /\/accountLevel/],
    ],
  };

  test('goes to that queue’s dead letters with the reason, and holds up no other', async () => {
    const rules = [
      lead('ok', 'equals', true),
      engagement('equals', 'Hot'),
      event('Visit'),
      company('ok', 'equals', true),
    ];
    const { id } = await api().create({ name: 'Got through', active: true, rules });
    const good: Record<ChangeQueue, object> = {
      profileChanges: { leadId: 'good', occurredAt: at, accountId: 'good', attributes: { ok: true } },
      levelChanges: { leadId: 'good', occurredAt: at, engagementLevel: 'Hot' },
      leadEvents: { leadId: 'good', eventId: 'v1', eventType: 'Visit', occurredAt: at },
      accountChanges: { accountId: 'good', occurredAt: at, attributes: { ok: true } },
    };
    for (const [queue, messages] of Object.entries(bad) as [ChangeQueue, [string | object, RegExp][]][]) {
      const [first, ...others] = messages.map(([body]) => body);
      await send(queue, first!, good[queue], ...others);
    }
    await settle();
    expect(await api().members(id)).toEqual(['good']);
    for (const [queue, messages] of Object.entries(bad) as [ChangeQueue, [string | object, RegExp][]][]) {
      const dead = await running.current.deadLettersOf(queue);
      expect(dead).toHaveLength(messages.length);
      for (const [body, reason] of messages) {
        const text = typeof body === 'string' ? body : JSON.stringify(body);
        const letter = dead.find((one) => one.body === text);
        expect(letter?.attributes.reason).toMatch(reason);
        expect(letter?.attributes.messageId).toMatch(/./);
      }
    }
  });

  test('is counted by the health of its queue', async () => {
    await expect
      .poll(async () => (await api().get('/health')).body.queues.profileChanges, { timeout: 60_000, interval: 500 })
      .toMatchObject({ waiting: 0, deadLetters: bad.profileChanges.length });
  });

  test('also when it would make the lead too large; smaller ones sent together with it get through', async () => {
    const attributes = (prefix: string) =>
      Object.fromEntries(Array.from({ length: 45 }, (_, index) => [`${prefix}${index}`, 'x'.repeat(4_000)]));
    const change = (prefix: string) => ({ leadId: 'giant', occurredAt: at, attributes: attributes(prefix) });
    await send('profileChanges', change('a'));
    await settle();
    await send('profileChanges', { leadId: 'giant', occurredAt: at, attributes: { small: 1 } }, change('b'));
    await settle();
    const dead = await running.current.deadLettersOf('profileChanges');
    expect(dead.map(({ body }) => Object.keys(JSON.parse(body).attributes)[0])).toEqual(['b0']);
    expect(dead[0]!.attributes.reason).toMatch(/bytes/);
    const stored = (await api().get('/leads/giant')).body.attributes;
    expect(Object.keys(stored)).toHaveLength(46);
    expect(stored.small).toBe(1);
  });
});

describe('leads too large for one call to the bus together', () => {
  test('are all published, each with its attributes', async () => {
    const { id } = await api().create({ name: 'Large', active: true, rules: [lead('large', 'equals', true)] });
    const attributes = Object.fromEntries(Array.from({ length: 15 }, (_, index) => [`a${index}`, 'ü'.repeat(2_000)]));
    const leadIds = Array.from({ length: 12 }, (_, index) => `large-${index}`);
    const changes = leadIds.map((leadId) => ({
      leadId,
      occurredAt: ago(0),
      attributes: { ...attributes, large: true },
    }));
    for (const change of changes) await send('profileChanges', change);
    await settle();
    const entered = await eventsOf(id);
    expect(entered.map((detail) => detail.lead.id).sort()).toEqual([...leadIds].sort());
    expect(entered.every((detail) => detail.lead.attributes.a0.length === 2_000)).toBe(true);
    expect(await running.current.receiveAll(running.current.file.allQueues.busDeadLetters!)).toEqual([]);
  });
});

describe('a change of an account', () => {
  const target = {
    name: 'Target accounts',
    active: true,
    rules: [tier('equals', 'Target'), company('city', 'equals', 'Ulm')],
  };
  let id: string;
  beforeAll(async () => {
    id = (await api().create(target)).id;
  });
  const eventsHere = async (leadId: string) => (await eventsOf(id)).filter((detail) => detail.lead.id === leadId);
  const link = (leadId: string, accountId: string | null, occurredAt = ago(0)) => ({ leadId, occurredAt, accountId });
  const account = (accountId: string, occurredAt: string, attributes: object, accountLevel?: string | null) => ({
    accountId,
    occurredAt,
    changeId: `${accountId}-${occurredAt.slice(-6)}`,
    attributes,
    ...(accountLevel !== undefined && { accountLevel }),
  });

  test('before its leads are known counts as soon as they link to it', async () => {
    await send('accountChanges', account('early', ago(500), { city: 'Ulm' }, 'Target'));
    await settle();
    await send('profileChanges', link('e1', 'early'));
    await settle();
    expect(await api().members(id)).toEqual(['e1']);
    expect((await api().get('/leads/e1')).body.account).toEqual({
      accountId: 'early',
      attributes: { city: 'Ulm' },
      accountLevel: 'Target',
    });
  });

  test('after its leads reaches every one of them, more than one page of them too', async () => {
    const leadIds = Array.from({ length: 230 }, (_, index) => `many-${index}`);
    await send('profileChanges', ...leadIds.map((leadId) => link(leadId, 'many', ago(100))));
    await settle();
    expect(await api().members(id)).toEqual(['e1']);
    await send('accountChanges', account('many', ago(50), { city: 'Ulm' }, 'Target'));
    await settle();
    expect(await api().members(id)).toEqual(['e1', ...leadIds].sort());
    expect((await api().segment(id)).memberCount).toBe(231);
    const entered = await eventsHere('many-7');
    expect(entered.at(-1)).toMatchObject({ reason: 'rules', cause: { kind: 'account_change', occurredAt: ago(50) } });
    await send('accountChanges', account('many', ago(60), { city: 'Bonn' }, 'Standard'));
    await settle();
    expect((await api().segment(id)).memberCount).toBe(231);
    await send('accountChanges', account('many', ago(40), { city: null }));
    await settle();
    expect(await api().members(id)).toEqual(['e1']);
    expect((await api().segment(id)).memberCount).toBe(1);
  });

  test('at the same time as its leads reaches them whichever comes first', async () => {
    const leadIds = Array.from({ length: 40 }, (_, index) => `race-${index}`);
    await Promise.all([
      send('profileChanges', ...leadIds.map((leadId) => link(leadId, 'race'))),
      send('accountChanges', account('race', ago(30), { city: 'Ulm' }), account('race', ago(29), {}, 'Target')),
    ]);
    await settle();
    expect(await api().members(id)).toEqual(['e1', ...leadIds].sort());
    await send('accountChanges', account('race', ago(28), {}, null));
    await settle();
    expect(await api().members(id)).toEqual(['e1']);
  });

  test('no longer reaches a lead that moved to another account, and the other’s does', async () => {
    await send(
      'accountChanges',
      account('old', ago(500), { city: 'Ulm' }, 'Target'),
      account('new', ago(500), { city: 'Bonn' }, 'Target'),
    );
    await send('profileChanges', link('mover', 'old', ago(400)));
    await settle();
    expect(await api().members(id)).toEqual(['e1', 'mover']);
    await send('profileChanges', link('mover', 'new', ago(300)), link('mover', 'old', ago(350)));
    await settle();
    expect(await api().members(id)).toEqual(['e1']);
    expect((await eventsHere('mover')).at(-1)).toMatchObject({ sequence: 2, cause: { kind: 'profile_change' } });
    await send('accountChanges', account('old', ago(200), { city: 'Bonn' }), account('old', ago(190), { city: 'Ulm' }));
    await settle();
    expect(await api().members(id)).toEqual(['e1']);
    await send('accountChanges', account('new', ago(180), { city: 'Ulm' }));
    await settle();
    expect(await api().members(id)).toEqual(['e1', 'mover']);
    await send('profileChanges', link('mover', null, ago(100)));
    await settle();
    expect(await api().members(id)).toEqual(['e1']);
    expect((await api().get('/leads/mover')).body).not.toHaveProperty('account');
    await send('accountChanges', account('new', ago(90), { city: 'ULM' }));
    await settle();
    expect(await api().members(id)).toEqual(['e1']);
    await send('profileChanges', link('mover', 'old', ago(80)));
    await settle();
    expect(await api().members(id)).toEqual(['e1', 'mover']);
    expect((await eventsHere('mover')).map((detail) => detail.sequence)).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('a rule that time flips', () => {
  const now = () => running.current.now();
  // Time stands still but for jumps: what is told here does not depend on how fast this machine is.
  beforeAll(() => running.current.holdClock());
  afterAll(() => running.current.releaseClock());

  /** Lets time pass until the event is there, without sending anything: time alone must bring it by then. */
  async function eventBy(deadline: number, segmentId: string, sequence: number): Promise<Json> {
    for (;;) {
      const found = (await eventsOf(segmentId)).find((detail) => detail.sequence === sequence);
      if (found || now() >= deadline) return found;
      running.current.advanceClock(500);
      await settle();
    }
  }
  const cases: [string, object, (moment: number) => ['profileChanges' | 'leadEvents', object]][] = [
    [
      'in_last_days',
      lead('seen', 'in_last_days', 1),
      (moment) => ['profileChanges', { attributes: { seen: new Date(moment - day).toISOString() } }],
    ],
    [
      'an event within days',
      event('Timed View', { operator: 'exists', withinDays: 1 }),
      (moment) => [
        'leadEvents',
        { eventId: 't', eventType: 'Timed View', occurredAt: new Date(moment - day).toISOString() },
      ],
    ],
  ];

  test.each(cases)('%s: exits within seconds of its moment, with no further message', async (name, rule, messageOf) => {
    const { id } = await api().create({ name: `Timed: ${name}`, active: true, rules: [rule] });
    const moment = now() + 4_000;
    const [queue, message] = messageOf(moment);
    const leadId = `timed-${queue}`;
    await send(queue, { leadId, occurredAt: ago(0), ...message });
    await settle();
    expect(await api().members(id)).toEqual([leadId]);

    const exit = await eventBy(moment + 5_000, id, 2);
    expect(exit).toMatchObject({ lead: { id: leadId }, reason: 'time_passed', cause: { kind: 'time_passed' } });
    expect(Date.parse(exit.occurredAt)).toBeGreaterThan(moment);
    expect(Date.parse(exit.occurredAt)).toBeLessThan(moment + 5_000);
    await settle();
    expect(await api().members(id)).toEqual([]);
    expect((await api().segment(id)).memberCount).toBe(0);
  });

  test('the complement enters at that moment, also for a segment saved only just before it', async () => {
    const moment = now() + 5_000;
    const occurredAt = new Date(moment - day).toISOString();
    await send('leadEvents', { leadId: 'quiet', eventId: 'q', eventType: 'Quiet View', occurredAt });
    await send('profileChanges', { leadId: 'quiet', occurredAt: ago(0), attributes: { is: 'quiet' } });
    await settle();
    const { id } = await api().create({
      name: 'Quiet for a day',
      active: true,
      rules: [lead('is', 'equals', 'quiet'), event('Quiet View', { operator: 'not_exists', withinDays: 1 })],
    });
    await settle();
    expect(await api().members(id)).toEqual([]);
    const entry = await eventBy(moment + 5_000, id, 1);
    expect(entry).toMatchObject({ lead: { id: 'quiet' }, reason: 'time_passed' });
    expect(Date.parse(entry.occurredAt)).toBeGreaterThan(moment);
  });
});

test('no function failed on the way', () => {
  expect(running.current.problems.filter((line) => !/Message .* refused/.test(line))).toEqual([]);
});
