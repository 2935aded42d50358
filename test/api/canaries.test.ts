import { type AttributeValue, paginateScan } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { shardOf } from '../../shared/lead/shard.ts';
import { useApiRoom } from './api-room.ts';

/**
 * A lead with values that occur nowhere else is erased; then everything that is stored, queued and logged is searched for
 * them. What may still have them is listed in docs/privacy.md, and here.
 */
const room = useApiRoom();
const leadId = 'canary-id';
const now = Date.now() - 60_000;
const occurredAt = new Date(now).toISOString();
const tables = ['Segments', 'Leads', 'Accounts', 'Events', 'Memberships', 'Transitions'];
const queues = [
  'PROFILE_CHANGES',
  'LEVEL_CHANGES',
  'LEAD_EVENTS',
  'ACCOUNT_CHANGES',
  'JOBS',
  'DUE_LEADS',
  'PROMPT_JOBS',
  'BACKGROUND_JOBS',
];
const logged: string[] = [];

const rules = [{ type: 'lead_metadata', field: 'email', operator: 'is_not_empty' }];
const segmentOf = (name: string, of: object[] = rules) => room.client.create({ name, active: true, rules: of });

/** Every stored item, as text, with its table: attributes that are binary or JSON within JSON included. */
async function storedItems(): Promise<{ table: string; key: string; text: string }[]> {
  const found: { table: string; key: string; text: string }[] = [];
  for (const table of tables) {
    for await (const { Items = [] } of paginateScan({ client: room.room.clients.dynamodb }, { TableName: table })) {
      for (const item of Items) {
        const asText = (_: string, value: unknown) =>
          value instanceof Uint8Array ? Buffer.from(value).toString() : value;
        found.push({ table, key: `${textOf(item.pk)}|${textOf(item.sk)}`, text: JSON.stringify(item, asText) });
      }
    }
  }
  return found;
}

const textOf = (value: AttributeValue | undefined) => value?.S ?? '';

beforeAll(async () => {
  for (const method of ['log', 'warn', 'error', 'info'] as const) {
    vi.spyOn(console, method).mockImplementation((...parts) => void logged.push(parts.map(String).join(' ')));
  }
  const { id } = await segmentOf('With e-mail');
  const other = await segmentOf('Others', [
    { type: 'lead_metadata', field: 'nothing', operator: 'equals', value: 'x' },
  ]);
  await room.change('accountChanges', {
    ...{ accountId: 'canary-account', occurredAt, accountLevel: 'canary-account-level' },
    attributes: { name: 'canary-account-name' },
  });
  const attributes = { email: 'canary-value@example.com', name: 'canary-value name', tags: ['canary-value tag'] };
  await room.change('profileChanges', {
    ...{ leadId, changeId: 'canary-value-change', occurredAt, accountId: 'canary-account', attributes },
  });
  await room.settle();
  const levels = { engagementLevel: 'canary-value-hot', profileLevel: 'canary-value-fit' };
  await room.change('levelChanges', { leadId, changeId: 'canary-value-levels', occurredAt, ...levels });
  await room.change('leadEvents', {
    ...{ leadId, eventId: 'canary-value-event', eventType: 'Page View', occurredAt },
    metadata: { path: '/canary-value', deep: { query: 'canary-value' } },
  });
  await room.settle();

  // Copies: a preview with a sample, kept answers, a manual change with a reason.
  const preview = await room.client.post(
    '/preview',
    { rules, sampleSize: 5, timeBudgetMs: 100 },
    { 'idempotency-key': 'p' },
  );
  expect(preview.status).toBe(200);
  const pending = await room.world.previews.begin(
    {
      ...{ match: 'all', rules: [], sampleSize: 5, now },
      context: (await room.world.catalog.current()).context,
    },
    [
      {
        ...{ shard: shardOf(leadId), leads: 1, isFinished: true },
        matching: { total: 1, sample: [{ leadId, attributes: { email: 'canary-value@example.com' } }] },
        ...{ entering: { total: 0, sample: [] }, leaving: { total: 0, sample: [] } },
      },
    ],
  );
  expect((await room.client.get(`/previews/${pending.previewId}`)).body.sample).toHaveLength(1);
  const acts = { action: 'exclude', leadIds: [leadId], reason: 'canary-value reason' };
  const members = (segmentId: string, key: string) =>
    room.client.post(`/segments/${segmentId}/members`, acts, { 'idempotency-key': key });
  expect((await members(other.id, 'm')).status).toBe(200);
  const { jobId } = (await room.client.post(`/segments/${id}/member-jobs`, { rules })).body;
  await room.room.takeJobs();
  const job = (await room.world.memberJobs.get(id, jobId))!;
  await room.world.memberJobs.change(job, { refused: 1, refusals: [{ leadId, detail: 'canary-value' }] });
  const change = { kind: 'profile_change', leadId, occurredAt, attributes: { city: 'canary-value' } };
  expect((await room.client.post('/changes', { changes: [change] }, { 'idempotency-key': 'c' })).status).toBe(202);
  const [sent] = await room.room.take('PROFILE_CHANGES');
  await room.change('profileChanges', JSON.parse(sent!.body));
  await room.settle();
  expect(await room.client.members(id)).toEqual([leadId]);
  const everywhere = (await storedItems()).filter(({ text }) => text.includes('canary'));
  expect(new Set(everywhere.map(({ table }) => table))).toEqual(new Set(tables));

  expect((await room.client.request('DELETE', `/leads/${leadId}`)).status).toBe(204);
  await room.settle();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 16 * 60_000 });
  await room.settle();
});
afterAll(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('of an erased lead', () => {
  test('no value is stored anywhere', async () => {
    const remains = (await storedItems()).filter(({ text }) => text.includes('canary-value'));
    expect(remains).toEqual([]);
  });

  test('its id is only where privacy.md says', async () => {
    const remains = (await storedItems()).filter(({ text }) => text.includes('canary-id'));
    const places = new Set(remains.map(({ table, key }) => `${table} ${key.replace(/^seg_\w+#\d+/, 'ROW')}`));
    expect(
      [...places].filter((place) => !/^(Memberships ROW\|canary-id|Segments announcements#\d\|\w+)$/.test(place)),
    ).toEqual([]);
    for (const { table, text } of remains.filter(({ table }) => table === 'Memberships')) {
      expect(table + text).not.toMatch(/"(reason|author)":{"S"/);
    }
  });

  test('its account is known to the accounts only', async () => {
    const remains = (await storedItems()).filter(({ text }) => text.includes('canary-account'));
    expect(remains.map(({ table }) => table)).toEqual(['Accounts']);
    expect(remains[0]?.text).not.toContain('canary-id');
  });

  test('nothing is queued, dead or logged', async () => {
    const all = [...queues, ...queues.map((name) => `${name}_DEAD_LETTERS`), 'DEAD_LETTERS', 'BUS_DEAD_LETTERS'];
    for (const queue of all) expect([queue, await room.room.take(queue)]).toEqual([queue, []]);
    expect(logged.filter((line) => line.includes('canary'))).toEqual([]);
  });

  test('nothing is answered', async () => {
    const { body } = await room.client.get('/vocabulary');
    expect(JSON.stringify(body)).not.toContain('canary');
    expect((await room.client.get('/leads')).body.leads).toEqual([]);
  });
});
