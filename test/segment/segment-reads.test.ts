import { beforeAll, describe, expect, test } from 'vitest';
import { noteLanes, runsPartition } from '../../shared/aws/segments-keys.ts';
import { putItems } from '../../shared/aws/write-items.ts';
import { compileCatalog } from '../../shared/catalog/catalog.ts';
import type { Segment } from '../../shared/catalog/segment.ts';
import type { Transition } from '../../shared/lead/outbox.ts';
import { shardOf, shards } from '../../shared/lead/shard.ts';
import { lastDays } from '../../shared/projection/activity.ts';
import { createActivityStore, type TransitionPosition } from '../../shared/projection/activity-store.ts';
import { createAnnouncementStore } from '../../shared/projection/announcement-store.ts';
import { createListedRowStore } from '../../shared/projection/listed-row-store.ts';
import { createMemberCountStore } from '../../shared/projection/member-count-store.ts';
import { countKey, dayKey, lanes, membersName } from '../../shared/projection/row-keys.ts';
import { createTransitionStore } from '../../shared/projection/transition-store.ts';
import { createUnlistedReader } from '../../shared/projection/unlisted.ts';
import { createRunStore } from '../../shared/recalculation/run-store.ts';
import { createSegmentView } from '../../shared/segment/segment-view.ts';
import { defaultLevels } from '../../shared/vocabulary/levels.ts';
import { useWorkerRoom } from '../queues/worker-room.ts';

const room = useWorkerRoom();
const start = Date.parse('2026-03-10T12:00:00.000Z');
const at = new Date(start).toISOString();
const segmentOf = (number: number): Segment => ({
  id: `seg_${String(number).padStart(4, '0')}`,
  name: `Segment ${number}`,
  description: '',
  active: true,
  match: 'all',
  rules: [],
  revision: 1,
  savedInCatalog: 1,
  savedAt: at,
  silent: false,
  conditions: [],
  createdAt: at,
  updatedAt: at,
});

/** The calls to DynamoDB that work makes, as the client sends them, by name. */
async function callsOf(work: () => Promise<unknown>): Promise<Record<string, number>> {
  const calls: Record<string, number> = {};
  const stack = room.clients.dynamodb.middlewareStack;
  stack.add(
    (next, context) => (args) => {
      const name = String(context.commandName);
      calls[name] = (calls[name] ?? 0) + 1;
      return next(args);
    },
    { step: 'finalizeRequest', name: 'countCalls' },
  );
  await work();
  stack.remove('countCalls');
  return calls;
}

describe('a page of segments', () => {
  const segments = Array.from({ length: 500 }, (_, index) => segmentOf(index));
  const counted = [
    { lane: '0', shard: '00' },
    { lane: '7', shard: shards.at(-1)! },
  ];
  const withMembers = segments.filter((_, index) => index % 10 === 0);
  let view: ReturnType<typeof createSegmentView>;

  beforeAll(async () => {
    const { dynamodb, documents } = room.clients;
    const counts = counted.flatMap(({ lane, shard }) =>
      withMembers.map(({ id }, index) => ({ ...countKey(id, lane), [membersName(shard)]: { N: String(index + 1) } })),
    );
    await putItems(dynamodb, 'Memberships', counts);
    const run = (id: string, state: string) => ({
      pk: { S: runsPartition },
      sk: { S: id },
      segmentId: { S: id },
      runId: { S: 'r1' },
      state: { S: state },
      startedAt: { S: at },
    });
    const ended = {
      finishedAt: { S: at },
      totals: { M: { done: { N: '9' }, entering: { N: '2' }, leaving: { N: '1' }, failed: { N: '0' } } },
    };
    const runs = segments
      .slice(0, 50)
      .map(({ id }, index) => (index < 2 ? run(id, 'running') : { ...run(id, 'done'), ...ended }));
    await putItems(dynamodb, 'Segments', runs);
    const catalog = compileCatalog(1, [], { levels: defaultLevels, eventRetentionDays: 400 });
    view = createSegmentView({
      memberCounts: createMemberCountStore(dynamodb, 'Memberships'),
      recalculations: createRunStore(documents, 'Segments', { current: async () => catalog }),
      leadTotal: {
        readByShard: async () => new Map(),
        read: async () => 10_000,
        add: async () => {},
        correct: async () => {},
      },
      unlisted: createUnlistedReader({
        announcements: createAnnouncementStore(room.clients, 'Segments'),
        listed: createListedRowStore(dynamodb, 'Memberships'),
      }),
      freshAsOf: async () => at,
    });
  });

  test('costs one query a lane for counts and for what is not listed yet, one for runs, one for rounds where a run has not ended, and one for each of those', async () => {
    let shown: Awaited<ReturnType<typeof view.many>> = [];
    const calls = await callsOf(async () => {
      shown = await view.many(segments);
    });
    expect(calls).toEqual({ QueryCommand: lanes.length + noteLanes.length + 1 + 1 + 2 });
    expect(shown.map(({ memberCount }) => memberCount)).toEqual(
      segments.map((_, index) => (index % 10 === 0 ? 2 * (index / 10 + 1) : 0)),
    );
    expect(shown[2]?.recalculation).toMatchObject({ state: 'done', done: 9 });
    expect(shown[1]?.recalculation).toMatchObject({ state: 'running', done: 0 });
  });

  test('of two segments costs one call for counts, and nothing is counted twice', async () => {
    const calls = await callsOf(async () => {
      const shown = await view.many(segments.slice(100, 102));
      expect(shown.map(({ memberCount }) => memberCount)).toEqual([22, 0]);
    });
    expect(calls).toEqual({ QueryCommand: noteLanes.length + 1, BatchGetItemCommand: 1 });
  });

  test('with no active segment costs none', async () => {
    const inactive = segments.slice(0, 9).map((segment) => ({ ...segment, active: false }));
    const calls = await callsOf(async () => {
      expect((await view.many(inactive)).map(({ memberCount }) => memberCount)).toEqual(Array(9).fill(0));
    });
    expect(calls.BatchGetItemCommand).toBeUndefined();
    expect(calls.QueryCommand).toBe(1 + 1 + 2);
    expect(await view.many([])).toEqual([]);
  });
});

describe('the activity of a segment', () => {
  const segmentId = 'seg_BUSY';
  const activity = () =>
    createActivityStore(room.clients.dynamodb, { memberships: 'Memberships', transitions: 'Transitions' });
  const transition = (sequence: number, occurredAt: number, more: Partial<Transition> = {}): Transition => ({
    segmentId,
    segmentName: 'Busy',
    sequence,
    source: 'rules',
    reason: 'rules',
    cause: { kind: 'profile_change', occurredAt: at },
    revision: 1,
    occurredAt,
    since: occurredAt,
    ...more,
  });
  // A page of a recalculation moves many leads in one moment.
  const stored = Array.from({ length: 120 }, (_, index) => ({
    leadId: `lead-${index % 80}`,
    transition: transition(1 + Math.floor(index / 80), start + Math.floor(index / 60) * 1_000),
  }));

  beforeAll(async () => {
    const store = createTransitionStore(room.clients.dynamodb, 'Transitions', 400);
    await store.put([
      ...stored,
      { leadId: 'lead-1', transition: transition(1, start + 5_000, { segmentId: 'seg_OTHER' }) },
    ]);
    const days = (id: string, lane: string, day: string, entered: number, exited?: number) => ({
      ...dayKey(id, lane, day),
      entered: { N: String(entered) },
      ...(exited !== undefined && { exited: { N: String(exited) } }),
    });
    await putItems(room.clients.dynamodb, 'Memberships', [
      days(segmentId, '0', '2026-03-10', 2, 1),
      days(segmentId, '7', '2026-03-10', 3),
      days(segmentId, '5', '2026-03-08', 4, 4),
      days(segmentId, '5', '2026-03-07', 9, 9),
      days('seg_OTHER', '5', '2026-03-10', 9, 9),
    ]);
  });

  test('has every day, summed over the lanes, at one query each', async () => {
    const calls = await callsOf(async () => {
      expect(await activity().days(segmentId, lastDays(3, start))).toEqual([
        { day: '2026-03-08', entered: 4, exited: 4 },
        { day: '2026-03-09', entered: 0, exited: 0 },
        { day: '2026-03-10', entered: 5, exited: 1 },
      ]);
    });
    expect(calls).toEqual({ QueryCommand: lanes.length });
  });

  test.each([[7], [50], [500]])('lists transitions newest first in pages of %i, each once', async (limit) => {
    const listed: { leadId: string; sequence: number; occurredAt: number }[] = [];
    let after: TransitionPosition | undefined;
    do {
      const calls = await callsOf(async () => {
        const page = await activity().transitions(segmentId, after, limit);
        expect(page.transitions.length).toBeLessThanOrEqual(limit);
        for (const { leadId, transition } of page.transitions) {
          listed.push({ leadId, sequence: transition.sequence, occurredAt: transition.occurredAt });
        }
        after = page.next;
      });
      expect(calls).toEqual({ QueryCommand: shards.length });
    } while (after);
    expect(listed).toHaveLength(stored.length);
    const keys = listed.map(({ leadId, sequence }) => `${leadId} ${sequence}`);
    expect(new Set(keys)).toEqual(new Set(stored.map((one) => `${one.leadId} ${one.transition.sequence}`)));
    const moments = listed.map(({ occurredAt }) => occurredAt);
    expect(moments).toEqual([...moments].sort((a, b) => b - a));
  });

  test('spreads over shards, or these tests would show nothing', () => {
    expect(new Set(stored.map(({ leadId }) => shardOf(leadId))).size).toBeGreaterThan(shards.length / 2);
  });
});
