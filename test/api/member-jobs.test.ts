import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { QueueFunction } from '../../functions/queues/queue-frame.ts';
import type { Json } from '../api-client.ts';
import { useApiRoom } from './api-room.ts';

const opened = useApiRoom();
const api = () => opened.client;
const isFrench = { type: 'lead_metadata', field: 'country', operator: 'equals', value: 'FR' };
const sawPricing = {
  type: 'event_metadata',
  eventType: 'Page View',
  field: 'path',
  operator: 'contains',
  value: '/pri',
};
const occurredAt = new Date(Date.now() - 60_000).toISOString();
const leadIds = Array.from({ length: 12 }, (_, index) => `lead-${index}`);
let worker: QueueFunction;
let segmentId = '';

beforeAll(async () => {
  worker = (await import('../../functions/queues/jobs.ts')).handler;
  const profile = (leadId: string, index: number) => ({
    leadId,
    occurredAt,
    attributes: { country: index % 2 ? 'FR' : 'DE' },
  });
  await opened.change('profileChanges', ...leadIds.map(profile));
  const event = (leadId: string) => ({
    leadId,
    eventId: leadId,
    eventType: 'Page View',
    occurredAt,
    metadata: { path: '/pricing' },
  });
  await opened.change('leadEvents', event('lead-1'), event('lead-2'));
  segmentId = (await api().create({ name: 'Guests', active: true })).id;
  await opened.settle();
});

const ask = (body: object, of = segmentId) => api().post(`/segments/${of}/member-jobs`, body);
async function begun(body: object, of = segmentId): Promise<Json> {
  const answer = await ask(body, of);
  expect([answer.status, answer.body]).toEqual([202, expect.objectContaining({ state: 'queued' })]);
  expect(answer.location).toBe(`/segments/${of}/member-jobs/${answer.body.jobId}`);
  return answer.body;
}
const read = async ({ segmentId: of, jobId }: Json): Promise<Json> =>
  (await api().get(`/segments/${of}/member-jobs/${jobId}`)).body;
const members = async (of = segmentId) => {
  await opened.settle();
  return api().members(of);
};
const done = async (body: object): Promise<Json> => {
  const job = await begun(body);
  await opened.settle();
  return read(job);
};

describe('all leads that match', () => {
  test('are added, with who did it and why, and removed again', async () => {
    const job = await done({ rules: [isFrench], reason: 'Fair in Lyon' });
    expect(job).toEqual({
      ...{ jobId: expect.stringMatching(/^job_/), segmentId, action: 'add', reason: 'Fair in Lyon', author: 'local' },
      ...{ state: 'done', leads: 12, of: 12, done: 6, unchanged: 0, refused: 0, refusals: [] },
      ...{ match: 'all', rules: [isFrench], sentence: 'country is "FR"' },
      ...{ createdAt: expect.any(String), startedAt: expect.any(String), finishedAt: expect.any(String) },
    });
    expect(await members()).toEqual(leadIds.filter((_, index) => index % 2).sort());
    const { body } = await api().get(`/segments/${segmentId}/members?limit=1`);
    expect(body.members[0]).toMatchObject({ source: 'manual', author: 'local', reason: 'Fair in Lyon' });

    const everyMember = { type: 'segment', segmentId, operator: 'in' };
    expect(await done({ rules: [everyMember, sawPricing], action: 'pin' })).toMatchObject({ done: 1, unchanged: 0 });
    expect(await done({ rules: [everyMember], action: 'pin' })).toMatchObject({ done: 5, unchanged: 1 });
    expect(await done({ rules: [everyMember], action: 'exclude' })).toMatchObject({ done: 6, unchanged: 0 });
    expect(await members()).toEqual([]);
    const any = { match: 'any', rules: [isFrench, sawPricing] };
    expect(await done({ ...any, action: 'lift' })).toMatchObject({ done: 6, unchanged: 1 });
    expect(await done({ ...any, action: 'remove' })).toMatchObject({ done: 0, unchanged: 7 });
  });

  test('are changed once, whatever is sent twice', async () => {
    const headers = { 'idempotency-key': 'twice' };
    const send = () => api().post(`/segments/${segmentId}/member-jobs`, { rules: [sawPricing] }, headers);
    const [first, second] = [await send(), await send()];
    expect(second).toMatchObject({ status: 202, location: first.location, body: first.body });
    const letters = await opened.room.takeJobs();
    expect(letters.map(({ body }) => JSON.parse(body))).toEqual([
      { kind: 'member_job', segmentId, jobId: first.body.jobId, attempt: 0 },
    ]);
    const { body } = letters[0]!;
    for (const bodies of [[body, body], [body]]) expect(await opened.room.deliver(worker, bodies)).toEqual([]);
    expect(await read(first.body)).toMatchObject({ state: 'done', done: 2, unchanged: 0 });
    expect(await members()).toEqual(['lead-1', 'lead-2']);
  });

  test('wait for a message of their own where time was up', async () => {
    const job = await begun({ rules: [sawPricing], action: 'remove' });
    const [letter] = await opened.room.takeJobs();
    expect(await opened.room.deliver(worker, [letter!.body], { remainingMs: 1_000 })).toEqual([]);
    expect(await read(job)).toMatchObject({ state: 'running', leads: 0, of: 12 });
    await opened.settle();
    expect(await read(job)).toMatchObject({ state: 'done', done: 2 });
  });
});

describe('a job', () => {
  test('can be cancelled once, before its end', async () => {
    const job = await begun({ rules: [isFrench] });
    const cancel = () => api().post(`/segments/${segmentId}/member-jobs/${job.jobId}/cancel`);
    expect(await cancel()).toMatchObject({ status: 200, body: { state: 'cancelled', finishedAt: expect.any(String) } });
    expect(await cancel()).toMatchObject({ status: 409, body: { code: 'job_ended' } });
    await opened.settle();
    expect(await read(job)).toMatchObject({ state: 'cancelled', leads: 0, done: 0 });
    expect(await members()).toEqual([]);
  });

  test('fails when its segment is deactivated or deleted, and can still be read', async () => {
    const { id } = await api().create({ name: 'Short-lived', active: true });
    const { id: other } = await api().create({ name: 'Shorter', active: true });
    const [first, second] = [await begun({ rules: [isFrench] }, id), await begun({ rules: [isFrench] }, other)];
    await api().patch(`/segments/${id}`, { active: false });
    await api().delete(`/segments/${other}`);
    await opened.settle();
    expect(await read(first)).toMatchObject({ state: 'failed', failureReason: expect.stringContaining('deactivated') });
    expect(await read(second)).toMatchObject({ state: 'failed', failureReason: expect.stringContaining('deleted') });
    expect((await ask({ rules: [isFrench] }, id)).body.code).toBe('segment_inactive');
    expect((await ask({ rules: [isFrench] }, other)).status).toBe(404);
    expect((await api().get(`/segments/${other}/member-jobs`)).status).toBe(404);
  });

  test('that cannot be queued has failed', async () => {
    const { id } = await api().create({ name: 'Unqueued', active: true });
    vi.spyOn(console, 'error').mockReturnValueOnce();
    const queue = vi.spyOn(opened.room.clients.sqs, 'send').mockRejectedValue(new Error('no queue'));
    expect((await ask({ rules: [isFrench] }, id)).status).toBe(500);
    queue.mockRestore();
    const { jobs } = (await api().get(`/segments/${id}/member-jobs`)).body;
    expect(jobs).toMatchObject([{ state: 'failed', failureReason: expect.stringContaining('not be queued') }]);
  });

  test('is in the list of its segment, newest first, page by page', async () => {
    const { id } = await api().create({ name: 'Listed', active: true });
    const jobIds: string[] = [];
    for (const action of ['add', 'pin', 'exclude'])
      jobIds.unshift((await begun({ rules: [isFrench], action }, id)).jobId);
    await opened.room.takeJobs();
    const pages = await api().pages(`/segments/${id}/member-jobs`, 2);
    expect(pages.flatMap(({ jobs }) => jobs.map(({ jobId }: Json) => jobId))).toEqual(jobIds);
    expect(pages[0]!.jobs[0]).toMatchObject({ action: 'exclude', state: 'queued' });
    expect(pages[0]!.jobs[0]).not.toHaveProperty('rules');
  });
});

test.each([
  ['no rules', {}, '/rules', 'required'],
  ['empty rules, which match nobody', { rules: [] }, '/rules', 'empty'],
  [
    'a segment that is not there',
    { rules: [{ type: 'segment', segmentId: 'seg_x', operator: 'in' }] },
    '/rules/0/segmentId',
    'not_found',
  ],
  ['another action', { rules: [isFrench], action: 'drop' }, '/action', 'unknown_value'],
  ['ids', { rules: [isFrench], leadIds: ['lead-1'] }, '/leadIds', 'unknown_key'],
])('%s: 422', async (_what, body, path, code) => {
  expect(await ask(body)).toMatchObject({ status: 422, body: { errors: [{ path, code }] } });
});

test.each([['job_00000000000000000000000000'], ['exp_00000000000000000000000000'], ['x']])(
  'there is no job %s',
  async (jobId) => {
    expect((await api().get(`/segments/${segmentId}/member-jobs/${jobId}`)).body.code).toBe('not_found');
    expect((await api().post(`/segments/${segmentId}/member-jobs/${jobId}/cancel`)).body.code).toBe('not_found');
  },
);
