import { beforeAll, describe, expect, test } from 'vitest';
import { shards } from '../../shared/lead/shard.ts';
import type { Json } from '../api-client.ts';
import { useRunningStack } from './running-stack.ts';

const stack = useRunningStack();
const api = () => stack.current.api;

const leadIds = Array.from({ length: 40 }, (_, index) => `lead-${String(index).padStart(2, '0')}`);
const visitors = leadIds.filter((_, index) => index % 4 === 0);
const germans = leadIds.filter((_, index) => index % 2 === 0);
const occurredAt = new Date(Date.now() - 60_000).toISOString();

const isGerman = { type: 'lead_metadata', field: 'country', operator: 'equals', value: 'DE' };
const visited = {
  type: 'event_metadata',
  eventType: 'Page View',
  field: 'path',
  operator: 'contains',
  value: '/pricing',
};
/** Thirty types of events, each read by itself on every shard: more than can be read within the least time budget. */
const slowRules = [
  visited,
  ...Array.from({ length: 30 }, (_, index) => ({
    type: 'event_metadata',
    eventType: `Rare ${index}`,
    operator: 'exists',
  })),
];

beforeAll(async () => {
  await stack.current.send(
    'profileChanges',
    ...leadIds.map((leadId) => ({
      leadId,
      occurredAt,
      attributes: { country: germans.includes(leadId) ? 'DE' : 'AT', note: 'a | b' },
    })),
  );
  await stack.current.send(
    'leadEvents',
    ...visitors.map((leadId) => ({
      eventId: `view-${leadId}`,
      leadId,
      eventType: 'Page View',
      occurredAt,
      metadata: { path: '/pricing' },
    })),
  );
  await stack.current.settle();
});

describe('a preview', () => {
  test('that is done in time is exact, and there is nothing to poll', async () => {
    const { status, body } = await api().post('/preview', {
      rules: [isGerman, visited],
      timeBudgetMs: 20_000,
      sampleSize: 100,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ total: 10, exact: true, leads: 40, share: 0.25, size: 'broad', warnings: [] });
    expect(body.sample.map(({ leadId }: Json) => leadId).sort()).toEqual(visitors);
    expect(body.sample[0].attributes).toEqual({ country: 'DE' });
    for (const name of ['previewId', 'progress', 'low', 'high']) expect(body).not.toHaveProperty(name);
  });

  test('that is not done in time is estimated, counted in the background, and exact in the end', async () => {
    const segment = await api().create({ name: 'Germans', active: true, rules: [isGerman] });
    await stack.current.settle();
    const question = { match: 'any', rules: slowRules, segmentId: segment.id, sampleSize: 3 };
    const { status, body } = await api().post('/preview', { ...question, timeBudgetMs: 100 });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      exact: false,
      leads: 40,
      progress: { of: shards.length },
      previewId: expect.stringMatching(/^prv_/),
    });
    expect(body.progress.done).toBeLessThan(shards.length);
    for (const { low, total, high, of } of [
      { ...body, of: 10 },
      { ...body.entering, of: 0 },
      { ...body.leaving, of: 10 },
    ]) {
      expect(low).toBeLessThanOrEqual(total);
      expect(total).toBeLessThanOrEqual(high);
      expect(low).toBeLessThanOrEqual(of);
      expect(high).toBeGreaterThanOrEqual(of);
    }
    expect(body.warnings).toHaveLength(30);

    await stack.current.settle();
    const { status: polled, body: done } = await api().get(`/previews/${body.previewId}`);
    expect(polled).toBe(200);
    expect(done).toMatchObject({
      total: 10,
      exact: true,
      leads: 40,
      size: 'broad',
      entering: { total: 0, sample: [] },
      leaving: { total: 10 },
      previewId: body.previewId,
      progress: { done: shards.length, of: shards.length },
      warnings: body.warnings,
    });
    expect(done.sample).toHaveLength(3);
    expect(done.leaving.sample).toHaveLength(3);
    expect(done).not.toHaveProperty('low');

    const { body: atOnce } = await api().post('/preview', { ...question, timeBudgetMs: 20_000 });
    expect(atOnce).toMatchObject({ total: 10, exact: true, leaving: { total: 10 } });
  });

  test('that nobody asked for is not found', async () => {
    for (const previewId of ['prv_01JT8Q5M3V6W0N9X2Z4A7B8C1D', 'x'.repeat(2_000)]) {
      const { status, body } = await api().get(`/previews/${previewId}`);
      expect([status, body.code]).toEqual([404, 'not_found']);
    }
  });

  test.each([99, 20_001, 150.5, '3000'])('with a time budget of %s is refused', async (timeBudgetMs) => {
    const { status, body } = await api().post('/preview', { rules: [isGerman], timeBudgetMs });
    expect(status).toBe(422);
    expect(body.errors).toMatchObject([{ path: '/timeBudgetMs' }]);
  });
});
