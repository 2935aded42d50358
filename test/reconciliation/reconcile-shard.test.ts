import { expect, test } from 'vitest';
import { compileCatalog } from '../../shared/catalog/catalog.ts';
import type { Segment } from '../../shared/catalog/segment.ts';
import { TimeUp } from '../../shared/read-budget/time-up.ts';
import { type ReconciliationPorts, reconcileShard } from '../../shared/reconciliation/reconcile-shard.ts';
import { newPass, type ShardPass } from '../../shared/reconciliation/shard-pass.ts';
import { defaultLevels } from '../../shared/vocabulary/levels.ts';

const at = '2026-03-10T12:00:00.000Z';
const message = { shard: '00', passId: 'pass_1' };

/** A shard without leads, whose pass is at that step, and where nothing comes to its turn to be read. */
function world(step: ShardPass['step']) {
  const stored: ShardPass[] = [];
  const outOfTime = () => Promise.reject(new TimeUp());
  const segment: Segment = {
    ...{ id: 'seg_a', name: 'A', description: '', active: true, match: 'all', rules: [], revision: 1, silent: false },
    ...{ savedInCatalog: 1, savedAt: at, conditions: [], createdAt: at, updatedAt: at },
  };
  const ports = {
    now: () => Date.parse(at),
    catalog: { current: async () => compileCatalog(1, [segment], { levels: defaultLevels, eventRetentionDays: 400 }) },
    pages: outOfTime,
    leadTotal: { readByShard: async () => new Map() },
    rows: {
      counts: async () => [],
      // biome-ignore lint/correctness/useYield: a stream that ends before its first page.
      partition: async function* () {
        throw new TimeUp();
      },
    },
    passes: {
      read: async () => ({ ...newPass('00', 'pass_1', at, undefined), step }),
      advance: async (_before: ShardPass, after: ShardPass) => stored.push(after) > 0,
    },
  };
  return { ports: ports as unknown as ReconciliationPorts, stored };
}

test.each(['leads', 'segments'] as const)(
  'a shard is handed over, where it stands, when time is up while its %s wait for their turn to be read',
  async (step) => {
    const { ports, stored } = world(step);
    expect(await reconcileShard(ports, message, () => false)).toEqual({ isFinished: false });
    expect(stored).toEqual([]);
  },
);
