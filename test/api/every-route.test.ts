import { beforeAll, describe, expect, test, vi } from 'vitest';
import { sendMessages } from '../../shared/aws/send-messages.ts';
import { exampleMapping } from '../../shared/http/import-answers.ts';
import { noBody, type PlainAnswer, type Route } from '../../shared/http/route.ts';
import { keyOf, type RouteKey, routes, routesByName } from '../../shared/http/routes.ts';
import { suggestMapping } from '../../shared/import/suggest-mapping.ts';
import { shards } from '../../shared/lead/shard.ts';
import { inspectFile } from '../../shared/table/inspect.ts';
import type { Json } from '../api-client.ts';
import { useApiRoom } from './api-room.ts';

const opened = useApiRoom();
const { room } = opened;

interface Asked {
  readonly parts?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The routes that were answered, each answer being what the route declares. */
const answered = new Set<string>();

/** Asks the API itself, as `ann`. The answer's body is as JSON carries it. */
async function ask(routeKey: RouteKey, { parts = {}, query = {}, body, headers = {} }: Asked = {}) {
  const answer: PlainAnswer & { body?: Json } = await opened.api({
    ...{ routeKey, parameters: parts, query, headers, author: 'ann' },
    rawQuery: new URLSearchParams(query).toString(),
    body: (whenMissing) => body ?? whenMissing,
  });
  answered.add(routeKey);
  return answer;
}

const occurredAt = new Date(Date.now() - 60_000).toISOString();
const isGerman = { type: 'lead_metadata', field: 'country', operator: 'equals', value: 'DE' };
const viewed = {
  type: 'event_metadata',
  eventType: 'Page View',
  field: 'path',
  operator: 'contains',
  value: '/pricing',
};

/** With what parts keys and paths in it, and what sorts otherwise by bytes. */
const leadIds = ["!o'neil#0%23@x.example", '#1/?', '%2', '𠮷3'] as const;

/** Four leads of one account: the first two German, the first one hot, and a reader of prices. */
async function sendChanges(): Promise<void> {
  const industry = { accountId: 'acme', occurredAt, accountLevel: 'Target', attributes: { industry: 'Software' } };
  await opened.change('accountChanges', industry);
  const countries = ['DE', 'DE', 'AT', 'AT'];
  const leads = countries.map((country, index) => ({
    ...{ leadId: leadIds[index]!, changeId: `c-${index}`, occurredAt, accountId: 'acme' },
    attributes: { country, number: index, opted: true, tags: ['a', 'b'] },
  }));
  await opened.change('profileChanges', ...leads);
  await opened.change('levelChanges', {
    leadId: leadIds[0],
    occurredAt,
    engagementLevel: 'Hot',
    profileLevel: 'Strong Fit',
  });
  const view = {
    leadId: leadIds[0],
    occurredAt,
    eventId: 'e-1',
    eventType: 'Page View',
    metadata: { path: '/pricing' },
  };
  await opened.change('leadEvents', view);
}

const places = { germans: '', others: '' };
const germans = () => ({ segmentId: places.germans });

beforeAll(async () => {
  await sendChanges();
  const create = async (content: object): Promise<string> =>
    (await ask('POST /segments', { body: { active: true, ...content } })).body.id;
  places.germans = await create({ name: 'Germans', rules: [isGerman] });
  places.others = await create({ name: 'Others', rules: [{ ...isGerman, value: 'AT' }] });
  await opened.settle();
});

describe('segments', () => {
  test('POST /segments creates one', async () => {
    const body = { name: 'Fresh', description: 'Both', match: 'any', rules: [isGerman, viewed] };
    const answer = await ask('POST /segments', { body });
    expect(answer).toMatchObject({
      status: 201,
      headers: { etag: '"1"', location: `/segments/${answer.body.id}` },
      body: {
        ...{ name: 'Fresh', description: 'Both', active: false, match: 'any', revision: 1, updatedBy: 'ann' },
        ...{ memberCount: 0, share: 0, size: 'none', sentence: expect.stringContaining('country is "DE" or ') },
      },
    });
  });

  test('GET /segments lists them page by page, with how far each is', async () => {
    const first = await ask('GET /segments', { query: { limit: '1' } });
    expect(first.body.segments).toMatchObject([
      {
        ...{ id: places.germans, memberCount: 2, share: 0.5, size: 'too_narrow' },
        recalculation: { state: 'done', entering: 2 },
      },
    ]);
    const { cursor } = first.body;
    expect((await ask('GET /segments', { query: { limit: '1', cursor } })).body.segments[0].id).toBe(places.others);
  });

  test('GET /segments/{segmentId}/dependants tells what refers to one', async () => {
    const rules = [{ type: 'segment', segmentId: places.germans, operator: 'in' }];
    const { id } = (await ask('POST /segments', { body: { name: 'Referring', rules } })).body;
    const { body } = await ask('GET /segments/{segmentId}/dependants', { parts: germans() });
    expect(body).toEqual({ dependants: [{ id, name: 'Referring', active: false, direct: true }] });
    expect(await ask('DELETE /segments/{segmentId}', { parts: { segmentId: id } })).toMatchObject({ status: 204 });
  });

  test('GET /segments/{segmentId} tells one, with its last recalculation', async () => {
    expect(await ask('GET /segments/{segmentId}', { parts: germans() })).toMatchObject({
      status: 200,
      headers: { etag: '"1"' },
      body: {
        ...{ id: places.germans, sentence: 'country is "DE"', memberCount: 2 },
        recalculation: { state: 'done', done: 4, of: 4, entering: 2, leaving: 0, failed: 0 },
      },
    });
  });

  test('PATCH /segments/{segmentId} changes one, at the revision that is known', async () => {
    const { id } = (await ask('POST /segments', { body: { name: 'To change' } })).body;
    const change = { parts: { segmentId: id }, body: { description: 'Changed' }, headers: { 'if-match': '"1"' } };
    expect(await ask('PATCH /segments/{segmentId}', change)).toMatchObject({
      headers: { etag: '"2"' },
      body: { description: 'Changed', revision: 2 },
    });
    await expect(ask('PATCH /segments/{segmentId}', change)).rejects.toMatchObject({ code: 'revision_moved' });
    const nothing = { ...change, body: {}, headers: {} };
    expect((await ask('PATCH /segments/{segmentId}', nothing)).body.revision).toBe(2);
  });

  test('POST /segments/{segmentId}/copy copies one', async () => {
    const { status, headers, body } = await ask('POST /segments/{segmentId}/copy', { parts: germans() });
    expect([status, headers?.location]).toEqual([201, `/segments/${body.id}`]);
    expect(body).toMatchObject({ name: 'Germans (copy)', active: false, rules: [isGerman] });
    const [first] = (await ask('GET /segments/{segmentId}/revisions', { parts: { segmentId: body.id } })).body
      .revisions;
    expect(first).toMatchObject({ copiedFrom: places.germans, author: 'ann', changes: [expect.any(String)] });
  });

  test('POST /segments/{segmentId}/recalculate evaluates all leads again', async () => {
    const answer = await ask('POST /segments/{segmentId}/recalculate', { parts: { segmentId: places.others } });
    expect(answer).toMatchObject({ status: 202, body: { recalculation: { state: 'running', done: 0, of: 4 } } });
    await opened.settle();
    const { body } = await ask('GET /segments/{segmentId}', { parts: { segmentId: places.others } });
    expect(body.recalculation).toMatchObject({ state: 'done', entering: 0, leaving: 0 });
  });

  test('DELETE /segments/{segmentId} deletes one', async () => {
    const parts = { segmentId: (await ask('POST /segments', { body: { name: 'To delete' } })).body.id };
    expect(await ask('DELETE /segments/{segmentId}', { parts })).toEqual({ status: 204 });
    await expect(ask('GET /segments/{segmentId}', { parts })).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('rules', () => {
  let parts = { segmentId: '', ruleId: '' };
  beforeAll(async () => {
    const { id } = (await ask('POST /segments', { body: { name: 'Ruled', rules: [isGerman] } })).body;
    parts = { ...parts, segmentId: id };
  });

  test('PUT /segments/{segmentId}/rules saves them, GET tells them in English', async () => {
    const body = { match: 'any', rules: [isGerman, { ...viewed, eventType: 'Unheard' }] };
    expect(await ask('PUT /segments/{segmentId}/rules', { parts, body })).toMatchObject({
      status: 200,
      headers: { etag: '"2"' },
      body: { match: 'any', revision: 2 },
    });
    const told = await ask('GET /segments/{segmentId}/rules', { parts });
    expect(told.body).toMatchObject({
      rules: body.rules,
      sentence: expect.stringContaining('country is "DE"'),
      warnings: [{ code: 'unknown_event_type', path: '/rules/1/eventType' }],
    });
    expect(Object.keys(told.body.sentences)).toEqual(told.body.rules.map(({ id }: Json) => id));
  });

  test('POST /segments/{segmentId}/rules adds one, GET tells it, PUT replaces it, DELETE removes it', async () => {
    const added = await ask('POST /segments/{segmentId}/rules', { parts, body: viewed });
    parts = { ...parts, ruleId: added.body.id };
    expect(added).toMatchObject({
      status: 201,
      headers: { etag: '"3"', location: `/segments/${parts.segmentId}/rules/${parts.ruleId}` },
      body: viewed,
    });
    const one = await ask('GET /segments/{segmentId}/rules/{ruleId}', { parts });
    expect(one).toEqual({ status: 200, headers: { etag: '"3"' }, body: added.body });
    const replaced = { ...viewed, value: '/docs' };
    const put = await ask('PUT /segments/{segmentId}/rules/{ruleId}', { parts, body: replaced });
    expect(put).toEqual({ status: 200, headers: { etag: '"4"' }, body: { ...replaced, id: parts.ruleId } });
    const removed = await ask('DELETE /segments/{segmentId}/rules/{ruleId}', { parts });
    expect(removed).toEqual({ status: 204, headers: { etag: '"5"' } });
  });

  test('GET /segments/{segmentId}/revisions tells what was changed, POST …/restore goes back', async () => {
    const restored = await ask('POST /segments/{segmentId}/revisions/{revision}/restore', {
      parts: { ...parts, revision: '1' },
    });
    expect(restored).toMatchObject({ status: 200, body: { revision: 6, match: 'all', rules: [isGerman] } });
    const first = await ask('GET /segments/{segmentId}/revisions', { parts, query: { limit: '2' } });
    expect(first.body.revisions).toMatchObject([
      { revision: 6, restored: 1, author: 'ann', savedAt: restored.body.updatedAt },
      { revision: 5, changes: [expect.stringContaining('rule removed')] },
    ]);
    const one = await ask('GET /segments/{segmentId}/revisions/{revision}', { parts: { ...parts, revision: '5' } });
    expect(one).toMatchObject({ status: 200, body: first.body.revisions[1] });
    const { cursor } = first.body;
    const rest = await ask('GET /segments/{segmentId}/revisions', { parts, query: { cursor } });
    expect(rest.body.revisions).toHaveLength(4);
    expect(rest.body).not.toHaveProperty('cursor');
  });
});

describe('members', () => {
  test('GET /segments/{segmentId}/members lists them page by page', async () => {
    const first = await ask('GET /segments/{segmentId}/members', { parts: germans(), query: { limit: '1' } });
    const { cursor } = first.body;
    const second = await ask('GET /segments/{segmentId}/members', { parts: germans(), query: { limit: '1', cursor } });
    const members: Json[] = [...first.body.members, ...second.body.members];
    expect(members.map(({ leadId }) => leadId).sort()).toEqual([leadIds[0], leadIds[1]]);
    expect(members[0]).toEqual({ leadId: members[0].leadId, since: expect.any(String), source: 'rules' });
  });

  test('GET /segments/{segmentId}/activity tells of a span who came and went in it', async () => {
    const of = (query: Record<string, string>) =>
      ask('GET /segments/{segmentId}/activity', { parts: germans(), query });
    const { occurredAt: last } = (await of({})).body.transitions[0];
    const upTo = (await of({ until: last })).body.transitions;
    const from = (await of({ since: last })).body.transitions;
    expect(from.length).toBeGreaterThan(0);
    expect(upTo.length + from.length).toBe(2);
    expect(from.every(({ occurredAt }: Json) => occurredAt === last)).toBe(true);
    expect((await of({ since: '2030-01-01T00:00:00Z' })).body.transitions).toEqual([]);
  });

  test('GET /segments/{segmentId}/activity tells who came and went', async () => {
    const { body } = await ask('GET /segments/{segmentId}/activity', { parts: germans(), query: { days: '2' } });
    expect(body.days).toHaveLength(2);
    expect(body.days.map(({ entered, exited }: Json) => entered - exited).reduce((a: number, b: number) => a + b)).toBe(
      2,
    );
    expect(body.transitions).toHaveLength(2);
    expect(body.transitions[0]).toEqual({
      ...{ leadId: expect.any(String), occurredAt: expect.any(String), type: 'entered', sequence: 1 },
      ...{ reason: 'recalculated', cause: { kind: 'segment_saved', occurredAt: expect.any(String) } },
    });
  });

  test('POST and DELETE /segments/{segmentId}/members do manually what rules would not', async () => {
    const parts = { segmentId: places.others };
    const added = await ask('POST /segments/{segmentId}/members', {
      parts,
      body: { leadIds: [leadIds[0], leadIds[2], 'nobody', leadIds[0]], action: 'pin', reason: 'A friend' },
    });
    expect(added.body.results).toEqual([
      { leadId: leadIds[0], result: 'done', member: true, wasMember: false },
      { leadId: leadIds[2], result: 'done', member: true, wasMember: true },
      { leadId: 'nobody', result: 'unknown_lead' },
      { leadId: leadIds[0], result: 'repeated' },
    ]);
    await opened.settle();
    const pinned = await ask('GET /segments/{segmentId}/members', { parts, query: { source: 'pinned' } });
    expect(pinned.body.members).toContainEqual({
      ...{ leadId: leadIds[0], since: expect.any(String), source: 'pinned', author: 'ann', reason: 'A friend' },
    });
    const out = { parts: { ...parts, leadId: leadIds[0] }, query: { exclude: 'true' } };
    expect(await ask('DELETE /segments/{segmentId}/members/{leadId}', out)).toEqual({ status: 204 });
    await opened.settle();
    const excluded = await ask('GET /segments/{segmentId}/members', { parts, query: { source: 'excluded' } });
    expect(excluded.body.members).toMatchObject([{ leadId: leadIds[0], source: 'excluded', author: 'ann' }]);
    const again = await ask('POST /segments/{segmentId}/members', { parts, body: { leadIds: [leadIds[0]] } });
    expect(again.body.results).toEqual([
      { leadId: leadIds[0], result: 'done', member: true, wasMember: false, wasExcluded: true },
    ]);
    expect(await ask('DELETE /segments/{segmentId}/members/{leadId}', { parts: out.parts })).toEqual({ status: 204 });
    await opened.settle();
  });

  test('POST /memberships/lookup tells which leads are in which segments', async () => {
    const body = { leadIds: [leadIds[1], 'nobody'], segmentIds: [places.germans] };
    expect((await ask('POST /memberships/lookup', { body })).body).toEqual({
      results: [
        { leadId: leadIds[1], segments: [{ id: places.germans, since: expect.any(String), source: 'rules' }] },
        { leadId: 'nobody', segments: [], unknown: true },
      ],
    });
  });

  test('GET /segments/{segmentId}/overlap counts who is in both', async () => {
    const answer = await ask('GET /segments/{segmentId}/overlap', { parts: germans(), query: { with: places.others } });
    expect(answer.body).toEqual({
      ...{ segmentId: places.germans, with: places.others, onlyHere: 2, onlyThere: 2, both: 0, of: 4 },
    });
  });

  test('GET /overlap counts who is in which', async () => {
    const segmentIds = [places.germans, places.others];
    const { body } = await ask('GET /overlap', { query: { segmentIds: segmentIds.join() } });
    const regions = [
      { segmentIds: [places.germans], leads: 2 },
      { segmentIds: [places.others], leads: 2 },
    ];
    expect(body).toEqual({ segmentIds, regions: [...regions, { segmentIds, leads: 0 }], of: 4 });
  });

  test('GET /segments/{segmentId}/export answers CSV', async () => {
    const query = { fields: 'country,number' };
    const { status, headers, file } = await ask('GET /segments/{segmentId}/export', { parts: germans(), query });
    expect([status, headers?.['content-type']]).toEqual([200, 'text/csv; charset=utf-8']);
    const [heading, ...rows] = String(file).trimEnd().split('\r\n');
    expect(heading).toMatch(/^\ufeffleadId,since,source,.*,accountLevel,country,number$/);
    expect(rows).toHaveLength(2);
    const forData = await ask('GET /segments/{segmentId}/export', {
      parts: germans(),
      query: { ...query, for: 'data' },
    });
    expect(String(forData.file).split('\r\n')[0]).toMatch(
      /^leadId,since,source,.*,accountLevel,attributeKinds,country,number$/,
    );
  });

  test('GET /segments/{segmentId}/export begins one where members are many, GET /exports/{exportId} tells how far it is', async () => {
    const counted = vi.spyOn(opened.world, 'memberCounts').mockResolvedValue(new Map([[places.germans, 200_000]]));
    const begun = await ask('GET /segments/{segmentId}/export', { parts: germans(), query: { for: 'data' } });
    counted.mockRestore();
    const { exportId } = begun.body;
    expect(begun).toEqual({
      ...{ status: 202, headers: { location: `/exports/${exportId}` }, body: { exportId, state: 'queued' } },
    });
    expect((await room.take('PROMPT_JOBS')).map(({ body }) => JSON.parse(body))).toMatchObject([
      { kind: 'export', exportId },
    ]);
    const parts = { exportId };
    expect((await ask('GET /exports/{exportId}', { parts })).body).toMatchObject({
      format: 'csv',
      state: 'queued',
      rows: 0,
    });
    const job = (await opened.world.exportJobs.get(exportId))!;
    expect(job.purpose).toBe('data');
    await opened.world.exportJobs.change(job, { state: 'done', rows: 2, finishedAt: occurredAt });
    expect((await ask('GET /exports/{exportId}', { parts })).body).toMatchObject({
      ...{ state: 'done', rows: 2, finishedAt: occurredAt, url: expect.stringContaining(exportId) },
    });
  });
});

describe('manual changes by rules', () => {
  const path = '/segments/{segmentId}/member-jobs';

  test('POST begins one, GET lists it and tells how far it is, and it is cancelled', async () => {
    const body = { rules: [isGerman], action: 'lift', reason: 'x' };
    const begun = await ask(`POST ${path}`, { parts: germans(), body });
    const { jobId } = begun.body;
    expect(begun).toMatchObject({
      ...{ status: 202, headers: { location: `/segments/${places.germans}/member-jobs/${jobId}` } },
      body: { state: 'queued', action: 'lift', author: 'ann', of: 4 },
    });
    expect((await room.take('PROMPT_JOBS')).map(({ body }) => JSON.parse(body))).toMatchObject([
      { kind: 'member_job', jobId },
    ]);
    expect((await ask(`GET ${path}`, { parts: germans() })).body.jobs).toMatchObject([{ jobId, leads: 0 }]);
    const parts = { ...germans(), jobId };
    expect((await ask(`GET ${path}/{jobId}`, { parts })).body).toMatchObject({ jobId, rules: [isGerman] });
    const cancelled = await ask(`POST ${path}/{jobId}/cancel`, { parts });
    expect(cancelled).toMatchObject({ status: 200, body: { state: 'cancelled' } });
  });
});

describe('imports', () => {
  const parts = { importId: '' };
  const mapping = {
    kind: 'leads',
    leadId: 'Email',
    events: [],
    columns: [],
    constants: [],
    slugIds: false,
    exactIds: false,
  };
  const files = new Map<string, unknown>();

  beforeAll(async () => {
    // What keeps files is tested in imports.test.ts.
    const { importFiles } = opened.world;
    vi.spyOn(importFiles, 'get').mockImplementation(async (_id, part) => files.get(part));
    vi.spyOn(importFiles, 'put').mockImplementation(async (_id, part, _name, content) => void files.set(part, content));
    const inspection = await inspectFile(async function* () {
      yield Buffer.from('Email,Born,Company,Revenue\nann@x.example,03/04/1990,Acme,1\n');
    });
    files.set('inspection', { inspection, suggestion: suggestMapping(inspection.columns) });
  });

  /** As the worker would leave it. */
  const become = async (change: object) => {
    const { importJobs } = opened.world;
    await importJobs.change((await importJobs.get(parts.importId))!, change);
  };

  test('POST /imports begins one, GET /imports lists it', async () => {
    const begun = await ask('POST /imports', { body: { fileName: 'people.csv' } });
    parts.importId = begun.body.importId;
    expect(begun).toMatchObject({
      ...{ status: 201, headers: { location: `/imports/${parts.importId}` } },
      body: {
        state: 'awaiting_upload',
        author: 'ann',
        upload: { method: 'PUT', url: expect.stringContaining('X-Amz-') },
      },
    });
    expect((await ask('GET /imports')).body.imports).toMatchObject([parts]);
  });

  test('POST /imports/{importId}/inspect has its file looked at, GET /imports/{importId} tells what is in it', async () => {
    const asked = await ask('POST /imports/{importId}/inspect', { parts, body: { separator: ',' } });
    expect(asked).toMatchObject({ status: 202, body: { state: 'inspecting' } });
    expect((await room.take('IMPORTS')).map(({ body }) => JSON.parse(body))).toMatchObject([
      { kind: 'import', ...parts },
    ]);
    await become({ state: 'ready', inspection: '2', file: { etag: 'e', bytes: 40 } });
    expect((await ask('GET /imports/{importId}', { parts })).body).toMatchObject({
      inspection: { columns: [{ name: 'Email' }, { name: 'Born', orElse: [{ kind: 'date', order: 'MDY' }] }, {}, {}] },
    });
  });

  test('PUT /imports/{importId}/mapping, POST /imports/{importId}/dry-run, /start and /cancel', async () => {
    const mapped = await ask('PUT /imports/{importId}/mapping', { parts, body: mapping });
    expect(mapped).toMatchObject({ status: 200, body: { state: 'ready', mapping } });
    const tried = await ask('POST /imports/{importId}/dry-run', { parts });
    expect(tried).toMatchObject({ status: 202, body: { state: 'trying' } });
    await become({ state: 'ready' });
    expect(await ask('POST /imports/{importId}/start', { parts })).toMatchObject({
      ...{ status: 202, body: { state: 'queued', progress: { rows: 0, ofBytes: 40 } } },
    });
    expect(await ask('POST /imports/{importId}/cancel', { parts })).toMatchObject({
      ...{ status: 202, body: { state: 'cancelling' } },
    });
  });

  test('GET /imports/{importId}/refused tells where the refused rows are', async () => {
    await become({ state: 'cancelled', hasRefused: true });
    expect(await ask('GET /imports/{importId}/refused', { parts })).toMatchObject({
      ...{ status: 200, body: { url: expect.stringContaining(parts.importId) } },
    });
  });
});

describe('saved mappings', () => {
  const parts = { name: 'Fairs' };
  const body = { kind: 'accounts', accountId: 'Id', columns: [], constants: [], slugIds: false, exactIds: false };

  test('PUT /import-mappings/{name} saves one, GET /import-mappings lists them', async () => {
    expect(await ask('PUT /import-mappings/{name}', { parts, body })).toMatchObject({
      ...{ status: 200, body: { name: 'Fairs', author: 'ann', mapping: body } },
    });
    expect((await ask('GET /import-mappings')).body.mappings).toMatchObject([{ name: 'Fairs' }]);
  });

  test('GET /import-mappings/{name} tells one, DELETE forgets it', async () => {
    expect((await ask('GET /import-mappings/{name}', { parts })).body.mapping).toEqual(body);
    expect(await ask('DELETE /import-mappings/{name}', { parts })).toEqual({ status: 204 });
  });
});

describe('previews', () => {
  test('POST /preview tells who would match, enter and leave', async () => {
    const body = { rules: [{ ...isGerman, value: 'AT' }], segmentId: places.germans, timeBudgetMs: 20_000 };
    expect((await ask('POST /preview', { body })).body).toMatchObject({
      ...{ total: 2, exact: true, leads: 4, share: 0.5, warnings: [] },
      ...{ entering: { total: 2, sample: [{}, {}] }, leaving: { total: 2 } },
      sample: [
        { leadId: expect.any(String), attributes: { country: 'AT' }, account: { accountId: 'acme', attributes: {} } },
        {},
      ],
    });
  });

  test('GET /previews/{previewId} tells the rest of one that was not exact in time', async () => {
    const { catalog, previews } = opened.world;
    const { context } = await catalog.current();
    const question = { match: 'all' as const, rules: [], sampleSize: 1, now: Date.now(), context };
    const { previewId } = await previews.begin(question, []);
    expect((await ask('GET /previews/{previewId}', { parts: { previewId } })).body).toMatchObject({
      ...{ previewId, exact: false, progress: { done: 0, of: shards.length } },
      ...{ low: expect.any(Number), high: expect.any(Number) },
    });
    const answer = await ask('DELETE /previews/{previewId}', { parts: { previewId } });
    expect(answer).toMatchObject({ status: 204 });
  });
});

describe('leads', () => {
  const parts = { leadId: leadIds[0] };

  test('GET /leads lists them page by page, GET /leads/{leadId} tells one', async () => {
    const first = await ask('GET /leads', { query: { limit: '3' } });
    const rest = await ask('GET /leads', { query: { cursor: first.body.cursor } });
    const all: Json[] = [...first.body.leads, ...rest.body.leads];
    expect(all.map(({ leadId }) => leadId).sort()).toEqual([leadIds[0], leadIds[1], leadIds[2], leadIds[3]]);
    const { body } = await ask('GET /leads/{leadId}', { parts });
    expect(all).toContainEqual(body);
    expect(body).toEqual({
      ...{ leadId: leadIds[0], engagementLevel: 'Hot', profileLevel: 'Strong Fit', updatedAt: expect.any(String) },
      ...{ engagementLevelAsOf: occurredAt, profileLevelAsOf: occurredAt },
      attributes: { country: 'DE', number: 0, opted: true, tags: ['a', 'b'] },
      account: { accountId: 'acme', accountLevel: 'Target', attributes: { industry: 'Software' } },
    });
  });

  test('POST /leads/search finds those that match', async () => {
    const found = await ask('POST /leads/search', { body: { rules: [isGerman, viewed] } });
    expect(found.body.leads).toMatchObject([{ leadId: leadIds[0] }]);
    const byText = await ask('POST /leads/search', { body: { rules: [isGerman], q: '#1/' } });
    expect(byText.body.leads).toMatchObject([{ leadId: leadIds[1] }]);
    const first = await ask('POST /leads/search', { body: { rules: [isGerman], limit: 1 } });
    const { cursor } = first.body;
    const second = await ask('POST /leads/search', { body: { rules: [isGerman], cursor } });
    expect([...first.body.leads, ...second.body.leads]).toHaveLength(2);
  });

  test('GET /leads/{leadId}/segments tells where it is', async () => {
    expect((await ask('GET /leads/{leadId}/segments', { parts })).body).toEqual({
      segments: [{ id: places.germans, name: 'Germans', since: expect.any(String), source: 'rules' }],
    });
  });

  test('GET /leads/{leadId}/segments/{segmentId}/explanation tells why', async () => {
    const group = {
      type: 'group',
      match: 'any',
      rules: [viewed, { type: 'segment', segmentId: places.germans, operator: 'in' }],
    };
    const { id } = (await ask('POST /segments', { body: { name: 'Grouped', rules: [isGerman, group] } })).body;
    const path = 'GET /leads/{leadId}/segments/{segmentId}/explanation';
    expect((await ask(path, { parts: { ...parts, segmentId: id } })).body).toMatchObject({
      ...{ leadId: leadIds[0], segmentId: id, active: false, member: false, holds: true },
      rules: [
        { sentence: 'country is "DE"', holds: true, value: 'DE' },
        { match: 'any', rules: [{ value: { count: 1, newest: [{ eventId: 'e-1' }] } }, { value: { member: true } }] },
      ],
    });
    expect((await ask(path, { parts: { ...parts, ...germans() } })).body).toMatchObject({
      ...{ member: true, source: 'rules', since: expect.any(String) },
      lastTransition: { type: 'entered', sequence: 1, reason: 'recalculated', cause: { kind: 'segment_saved' } },
    });
    const pinned = { leadId: leadIds[2], segmentId: places.others };
    expect((await ask(path, { parts: pinned })).body.byHand).toMatchObject({ kind: 'pinned', author: 'ann' });
  });

  test('GET /leads/{leadId}/timeline tells its entries and exits, newest first', async () => {
    const first = await ask('GET /leads/{leadId}/timeline', { parts, query: { limit: '1' } });
    expect(first.body.transitions).toMatchObject([
      { type: 'exited', segment: { id: places.others, name: 'Others' }, reason: 'removed_by_hand', revision: 1 },
    ]);
    const { cursor } = first.body;
    const rest = await ask('GET /leads/{leadId}/timeline', { parts, query: { cursor } });
    expect(rest.body.transitions.at(-1)).toMatchObject({ type: 'entered', segment: { id: places.germans } });
  });

  test('GET /leads/{leadId}/events tells what it did, newest first', async () => {
    const { body } = await ask('GET /leads/{leadId}/events', { parts, query: { limit: '1' } });
    expect(body).toEqual({
      events: [expect.objectContaining({ eventType: 'Page View', metadata: expect.anything() })],
    });
    const others = await ask('GET /leads/{leadId}/events', { parts, query: { eventType: 'Call' } });
    expect(others.body).toEqual({ events: [] });
  });

  test('DELETE /leads/{leadId} deletes one', async () => {
    const gone = { leadId: leadIds[3] };
    expect(await ask('DELETE /leads/{leadId}', { parts: gone })).toEqual({ status: 204 });
    await expect(ask('GET /leads/{leadId}', { parts: gone })).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('changes', () => {
  test('POST /changes queues them', async () => {
    const change = { leadId: leadIds[0], occurredAt, changeId: 'c-9', engagementLevel: 'Warm' };
    const wrong = { kind: 'level_change', leadId: 'lead 0', occurredAt };
    const changes = [{ kind: 'level_change', ...change }, wrong];
    expect(await ask('POST /changes', { body: { changes } })).toEqual({
      status: 202,
      body: {
        results: [
          { result: 'queued' },
          { result: 'refused', errors: [expect.objectContaining({ path: '/changes/1/leadId' })] },
        ],
      },
    });
    expect((await room.take('LEVEL_CHANGES')).map(({ body }) => JSON.parse(body))).toEqual([change]);
  });
});

describe('what rules can use', () => {
  test('GET /vocabulary tells what was seen', async () => {
    const { body } = await ask('GET /vocabulary');
    // Values are told once five leads share them.
    expect(body.lead.fields).toContainEqual({ name: 'country', kinds: ['text'], values: [] });
    expect(body.account.fields).toEqual([{ name: 'industry', kinds: ['text'], values: [] }]);
    expect(body.events).toMatchObject([{ eventType: 'Page View', fields: [{ name: 'path' }] }]);
    expect(body.levels.engagement).toEqual(['Cold', 'Warm', 'Hot', 'Very Hot']);
  });

  test('PUT /vocabulary/levels/{kind} sets levels', async () => {
    const saved = { parts: { kind: 'engagement' }, body: { levels: ['Low', 'High'] } };
    const { body } = await ask('PUT /vocabulary/levels/{kind}', saved);
    expect(body.levels).toMatchObject({ engagement: ['Low', 'High'], account: expect.any(Array) });
    expect((await ask('GET /vocabulary')).body.levels).toEqual(body.levels);
  });

  test('PUT /vocabulary/hidden sets what is not offered', async () => {
    const hidden = ['event:Page View', 'lead:number'];
    expect(await ask('PUT /vocabulary/hidden', { body: { hidden } })).toMatchObject({ status: 200, body: { hidden } });
    const { body } = await ask('GET /vocabulary');
    expect(body.lead.fields.map(({ name }: Json) => name)).toEqual(['country', 'leadId', 'opted', 'tags']);
    expect(body).toMatchObject({ events: [], hidden });
    await ask('PUT /vocabulary/hidden', { body: { hidden: [] } });
  });

  test('GET /vocabulary/values counts who has which', async () => {
    // Fewer than five leads share a value here.
    const counted = { values: [], leads: 3, exact: true };
    expect((await ask('GET /vocabulary/values', { query: { field: 'lead:country' } })).body).toEqual(counted);
    for (const field of ['', 'lead:', 'event:Page View', 'country'])
      await expect(ask('GET /vocabulary/values', { query: { field } })).rejects.toMatchObject({ status: 422 });
  });

  test('PUT /vocabulary/display sets what leads are shown by', async () => {
    const display = { name: ['country', 'number'] };
    expect((await ask('GET /vocabulary')).body.display).toEqual({ name: [], isGuess: true });
    expect(await ask('PUT /vocabulary/display', { body: display })).toMatchObject({ status: 200, body: { display } });
    expect((await ask('GET /vocabulary')).body.display).toEqual(display);
    const shown = { leadId: leadIds[1], displayName: expect.stringMatching(/^DE \d+$/) };
    expect((await ask('GET /leads/{leadId}', { parts: { leadId: leadIds[1] } })).body).toMatchObject(shown);
    const members = await ask('GET /segments/{segmentId}/members', { parts: germans(), query: { display: 'true' } });
    expect(members.body.members).toContainEqual(expect.objectContaining(shown));
    const activity = await ask('GET /segments/{segmentId}/activity', { parts: germans(), query: { display: 'true' } });
    expect(activity.body.transitions).toContainEqual(expect.objectContaining(shown));
    const preview = { rules: [{ type: 'lead_metadata', field: 'leadId', operator: 'equals', value: leadIds[1] }] };
    expect((await ask('POST /preview', { body: preview })).body.sample).toMatchObject([{ ...shown, attributes: {} }]);
    await ask('PUT /vocabulary/display', { body: { name: [] } });
  });

  test('GET /templates tells common segments, each a body of POST /segments', async () => {
    const { templates } = (await ask('GET /templates')).body;
    expect(templates).toHaveLength(12);
    expect((await ask('POST /segments', { body: templates[0] })).body).toMatchObject(templates[0]);
  });
});

describe('the service', () => {
  test('GET /health tells how fresh everything is', async () => {
    expect((await ask('GET /health')).body).toMatchObject({
      status: 'ok',
      parkedEvents: 0,
      keptOutMessages: 0,
      failedBatches: 0,
      queues: { leadEvents: {} },
    });
  });

  test('GET /health/dead-letters tells why messages were given up, and leaves them there', async () => {
    const { room } = opened;
    const given = ['sent on 2026-05-04', 'sent on 2026-05-05'].map((reason) => ({
      body: '{}',
      attributes: { reason },
    }));
    await sendMessages(room.clients.sqs, room.urlOf('PROFILE_CHANGES_DEAD_LETTERS'), [...given, { body: '{}' }]);
    // How many there are is remembered for two seconds.
    const { queues } = await vi.waitFor(async () => {
      const { body } = await ask('GET /health/dead-letters');
      expect(body.queues).toHaveLength(1);
      return body;
    }, 10_000);
    expect(queues).toEqual([
      {
        ...{ queue: 'profileChanges', deadLetters: 3, looked: 3, oldestSentAt: expect.any(String) },
        reasons: [{ reason: 'sent on N', messages: 2 }, { messages: 1 }],
      },
    ]);
    expect(await room.take('PROFILE_CHANGES_DEAD_LETTERS')).toHaveLength(3);
  });

  test('GET /openapi.json tells every route', async () => {
    const { body } = await ask('GET /openapi.json');
    expect(Object.keys(body.paths)).toHaveLength(new Set(routes.map(({ path }) => path)).size);
  });
});

describe('what the contract gives as an example of a body', () => {
  const withExample = Object.values<Route>(routesByName).filter(({ example }) => example !== undefined);

  test('is there for every route that takes one', () => {
    const takeOne = routes.filter(({ body }) => body !== noBody);
    expect(withExample.map(keyOf)).toEqual(takeOne.map(keyOf));
  });

  test.each(withExample.map((route) => [keyOf(route) as RouteKey, route.example]))('%s takes it', async (key, body) => {
    const { id, rules } = (await ask('POST /segments', { body: { name: key, active: true, rules: [viewed] } })).body;
    const { importId } = (await ask('POST /imports', { body: { fileName: 'people.csv' } })).body;
    const { importJobs } = opened.world;
    await importJobs.change((await importJobs.get(importId))!, { state: 'ready', inspection: '1' });
    await ask('PUT /import-mappings/{name}', { parts: { name: 'Webinar attendees' }, body: exampleMapping });
    const parts = { segmentId: id, ruleId: rules[0].id, kind: 'profile', importId, name: 'Webinar attendees' };
    expect((await ask(key, { parts, body })).status).toBeLessThan(300);
  });
});

// What is left is declared, but nobody knows what it answers.
test('every declared route was answered here', () => {
  expect(routes.map(keyOf).filter((key) => !answered.has(key))).toEqual([]);
});
