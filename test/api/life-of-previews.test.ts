import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { PreviewQuestion } from '../../shared/preview/count-shard.ts';
import { createReadBudgetStore } from '../../shared/preview/read-budget-store.ts';
import { createKeyedHash } from '../../shared/privacy/keyed-hash.ts';
import { rulesInputSchema } from '../../shared/rule/rule.ts';
import { useApiRoom } from './api-room.ts';

const room = useApiRoom();
const pass = (seconds: number) => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1_000 });
afterEach(() => void vi.useRealTimers());

const german = { type: 'lead_metadata', field: 'country', operator: 'equals', value: 'DE' };
const lead = (leadId: string) => ({ leadId, occurredAt: new Date().toISOString(), attributes: { country: 'DE' } });

/** Asks so that there is no time to count anything. */
async function askWithoutTime(more: Partial<PreviewQuestion> = {}, author = 'ada', isFresh = false) {
  const catalog = await room.world.catalog.current();
  const question: PreviewQuestion = {
    ...{ match: 'all', rules: rulesInputSchema.parse([german]), sampleSize: 5, now: Date.now() },
    context: catalog.context,
    ...more,
  };
  return room.world.previewer.ask(question, catalog, 0, { author, isFresh });
}
const poll = async (previewId: string | undefined) => room.client.get(`/previews/${previewId}`);

beforeAll(async () => {
  await room.change('profileChanges', lead('ada'), lead('bob'));
});

describe('a preview that is still counted', () => {
  test('is counted while somebody asks for it', async () => {
    const { previewId } = await askWithoutTime({ sampleSize: 1 });
    for (const seconds of [9, 9, 9]) {
      pass(seconds);
      const { body } = await poll(previewId);
      expect(body).toMatchObject({ exact: false });
      expect(body).not.toHaveProperty('wasPaused');
    }
    await room.doJobs();
    expect((await poll(previewId)).body).toMatchObject({ exact: true, total: 2 });
  });

  test('stops when nobody does, says so, and goes on with the next poll', async () => {
    const { previewId } = await askWithoutTime({ sampleSize: 2 });
    pass(11);
    await room.doJobs();
    expect(await room.world.previews.counts(previewId!)).toEqual(expect.not.arrayContaining([{ isFinished: true }]));
    const { body } = await poll(previewId);
    expect(body).toMatchObject({ exact: false, wasPaused: true, progress: { done: 0 } });
    await room.doJobs();
    expect((await poll(previewId)).body).toMatchObject({ exact: true, total: 2 });
  });

  test('is replaced by a newer one of the same caller for the same segment, not by others', async () => {
    const { id: segmentId } = await room.client.create({ name: 'Previewed', active: true, rules: [german] });
    const first = await askWithoutTime({ segmentId });
    const ofBob = await askWithoutTime({ segmentId, sampleSize: 7 }, 'bob');
    const elsewhere = await askWithoutTime({ sampleSize: 8 });
    const second = await askWithoutTime({ segmentId, sampleSize: 9 });
    const statuses = await Promise.all([first, ofBob, elsewhere, second].map(({ previewId }) => poll(previewId)));
    expect(statuses.map(({ status }) => status)).toEqual([404, 200, 200, 200]);
  });

  test('stays for those who share it when one of them replaces theirs', async () => {
    const { id: segmentId } = await room.client.create({ name: 'Shared', active: true, rules: [german] });
    const ofAda = await askWithoutTime({ segmentId });
    const ofBob = await askWithoutTime({ segmentId }, 'bob');
    expect(ofBob.previewId).toBe(ofAda.previewId);
    await askWithoutTime({ segmentId, sampleSize: 9 });
    expect((await poll(ofBob.previewId)).status).toBe(200);
    await askWithoutTime({ segmentId, sampleSize: 8 }, 'bob');
    expect((await poll(ofBob.previewId)).status).toBe(404);
  });

  test('can be ended', async () => {
    const { previewId } = await askWithoutTime({ sampleSize: 3 });
    expect((await room.client.request('DELETE', `/previews/${previewId}`)).status).toBe(204);
    expect((await poll(previewId)).status).toBe(404);
    expect((await room.client.request('DELETE', `/previews/${previewId}`)).status).toBe(404);
    await room.doJobs();
    expect(await room.world.previews.counts(previewId!)).toEqual([]);
  });
});

test('equal questions share an answer for a minute, unless it is to be fresh', async () => {
  const total = async (more = {}) =>
    (await room.client.post('/preview', { rules: [german], sampleSize: 4, ...more })).body.total;
  const before = await total();
  await room.change('profileChanges', lead(`new-${before}`));
  expect(await total()).toBe(before);
  expect(await total({ sampleSize: 5, match: 'any' })).toBe(before + 1);
  expect(await total({ fresh: true })).toBe(before + 1);
  expect(await total()).toBe(before + 1);
  await room.change('profileChanges', lead('later'));
  pass(61);
  expect(await total()).toBe(before + 2);
});

test('a caller whose budget of the minute is spent is asked to come back', async () => {
  const caller = createKeyedHash('a key of tests')('caller local');
  const { documents } = room.room.clients;
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-12-01T10:00:20Z') });
  await createReadBudgetStore(documents, 'Segments', Date.now).add(caller, 5_000_000);
  const body = JSON.stringify({ rules: [german], sampleSize: 6 });
  const ask = () =>
    room.send({ method: 'POST', path: '/preview', headers: { 'content-type': 'application/json' }, body });
  const answer = await ask();
  expect([answer.status, answer.headers['retry-after'], JSON.parse(answer.text).code]).toEqual([
    ...[429, '40', 'read_budget_spent'],
  ]);
  pass(40);
  expect((await ask()).status).toBe(200);
  const used = await createReadBudgetStore(documents, 'Segments', Date.now).used(caller);
  expect(used).toBeGreaterThanOrEqual(2);
});
