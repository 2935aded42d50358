import { expect, test } from 'vitest';
import { compileCatalog } from '../../shared/catalog/catalog.ts';
import type { Segment } from '../../shared/catalog/segment.ts';
import type { Recalculation, ShardProgress } from '../../shared/recalculation/recalculation.ts';
import { createRunTender } from '../../shared/recalculation/tend-runs.ts';
import { defaultLevels } from '../../shared/vocabulary/levels.ts';

const minute = (count: number) => new Date(Date.parse('2026-03-10T12:00:00.000Z') + count * 60_000).toISOString();
const now = Date.parse(minute(10));
const segment = (id: string, active = true): Segment => ({
  ...{ id, name: id, description: '', active, match: 'all', rules: [], revision: 1, conditions: [] },
  ...{ savedInCatalog: 5, savedAt: minute(0), silent: false, createdAt: minute(0), updatedAt: minute(0) },
});
const run = (segmentId: string, more: Partial<Recalculation> = {}): Recalculation => ({
  ...{ segmentId, runId: '000000000005-a', state: 'running', startedAt: minute(0), queuedAt: minute(0) },
  ...more,
});
const progress: ShardProgress[] = [
  {
    ...{ shard: '03', runId: '000000000005-a', done: 1, entering: 0, leaving: 0, failed: 0 },
    ...{ isFinished: false, progressedAt: minute(0) },
  },
];

/** What is done, in order, about runs of segments; `isRetried`: nobody else begins the next attempt first. */
async function tend(
  segments: readonly Segment[],
  runs: readonly Recalculation[],
  { isQueueEmpty = true, isRetried = true } = {},
): Promise<string[]> {
  const done: string[] = [];
  const catalog = compileCatalog(5, segments, { levels: defaultLevels, eventRetentionDays: 400 });
  await createRunTender({
    now: () => now,
    newRunId: (version) => `${String(version).padStart(12, '0')}-new`,
    catalog: { current: async () => catalog },
    isQueueEmpty: async () => isQueueEmpty,
    recalculations: {
      all: async () => [...runs],
      allRounds: async () => [],
      progress: async () => progress,
      begin: async (segmentId, runId) => {
        done.push(`begin ${segmentId} ${runId}`);
        return run(segmentId, { runId });
      },
      beginNextAttempt: async ({ segmentId }) => {
        done.push(`next attempt ${segmentId}`);
        return isRetried;
      },
      giveUp: async ({ segmentId }) => {
        done.push(`give up ${segmentId}`);
      },
      forget: async ({ segmentId }) => {
        done.push(`forget ${segmentId}`);
      },
    },
    starter: {
      start: async ({ segmentId, runId, attempt = 1 }, through = [], restarts = 0) => {
        done.push(`start ${segmentId} ${runId} attempt ${attempt}, ${through.length} shards on, restarts ${restarts}`);
      },
    },
  })();
  return done;
}

test('a run that no save came to begin is begun and started', async () => {
  expect(await tend([segment('a')], [])).toEqual([
    'begin a 000000000005-new',
    'start a 000000000005-new attempt 1, 0 shards on, restarts 0',
  ]);
});

test('a run without progress goes on where its shards are, and is given up when that does not help', async () => {
  expect(await tend([segment('a')], [run('a', { restarts: 2 })])).toEqual([
    'start a 000000000005-a attempt 1, 1 shards on, restarts 3',
  ]);
  expect(await tend([segment('a')], [run('a', { restarts: 5 })])).toEqual(['give up a']);
});

test('nothing is done about a run that is done, or whose messages may wait in the queue', async () => {
  expect(await tend([segment('a')], [run('a', { state: 'done', finishedAt: minute(1) })])).toEqual([]);
  expect(await tend([segment('a')], [run('a')], { isQueueEmpty: false })).toEqual([]);
});

test('a failed run is tried again when its time has come, by one of those who look', async () => {
  const failed = run('a', { state: 'failed', finishedAt: minute(1), retryAt: minute(9) });
  expect(await tend([segment('a')], [failed])).toEqual([
    'next attempt a',
    'start a 000000000005-a attempt 2, 1 shards on, restarts 0',
  ]);
  expect(await tend([segment('a')], [failed], { isRetried: false })).toEqual(['next attempt a']);
  expect(await tend([segment('a')], [{ ...failed, retryAt: minute(11) }])).toEqual([]);
});

test('the run of a segment that is not active any more is forgotten', async () => {
  expect(await tend([segment('a', false)], [run('a'), run('gone')])).toEqual(['forget a', 'forget gone']);
});
