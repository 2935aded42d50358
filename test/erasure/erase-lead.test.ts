import { describe, expect, test } from 'vitest';
import type { Catalog } from '../../shared/catalog/catalog.ts';
import { createEraser, type ErasurePorts } from '../../shared/erasure/erase-lead.ts';
import { mayHaveRowOf, withoutSampleOf } from '../../shared/erasure/erasure.ts';
import type { ExportJob } from '../../shared/export/export.ts';
import { type LeadDocument, unknownLead } from '../../shared/lead/lead-document.ts';
import { shardOf } from '../../shared/lead/shard.ts';
import type { MemberJob } from '../../shared/member-job/member-job.ts';
import { type ShardCount, uncountedShard } from '../../shared/preview/shard-count.ts';

const deletedAt = Date.parse('2026-05-04T12:00:00Z');
const iso = (hours: number) => new Date(deletedAt + hours * 3_600_000).toISOString();
const membership = (sequence: number, since: number) =>
  ({ sequence, since: deletedAt + since * 3_600_000 }) as LeadDocument['memberships'][string];

describe('an export may have a row of a deleted lead', () => {
  const exportOf = (segmentId: string, hours: number) => ({ segmentId, createdAt: iso(hours) });
  const memberships = {
    left_with_deletion: membership(2, 0),
    left_before: membership(4, -3),
    is_in: membership(3, -9),
  };
  test.each([
    ['that left the segment when it was deleted', exportOf('left_with_deletion', -1), true],
    ['that left it after the export began', exportOf('left_before', -4), true],
    ['that left it before', exportOf('left_before', -2), false],
    ['that is in it', exportOf('is_in', -1), true],
    ['that was never in it', exportOf('another', -1), false],
    ['if the segment is gone, and with it what is known', exportOf('gone', -1), true],
    ['not if it began after the deletion', exportOf('left_with_deletion', 1), false],
  ])('%s', (_which, job, expected) => {
    expect(mayHaveRowOf({ memberships }, job, deletedAt, job.segmentId !== 'gone')).toBe(expected);
  });
});

const shown = (leadId: string) => ({ leadId, attributes: { city: `of ${leadId}` } });
const countWith = (...leadIds: string[]): ShardCount => {
  const tally = { total: 9, sample: leadIds.map(shown) };
  return { ...uncountedShard(shardOf('ada')), leads: 9, matching: tally, entering: tally, leaving: tally };
};

test('samples lose the lead, not the count of it', () => {
  const count = countWith('ada', 'bob');
  expect(withoutSampleOf(count, 'ada')).toEqual(countWith('bob'));
  expect(withoutSampleOf(count, 'cleo')).toBe(count);
});

test('nor of a value of theirs that rules cannot read', () => {
  const unread = { leadId: 'ada', value: '11/28/2026' };
  const count: ShardCount = { ...uncountedShard('00'), values: [{ values: 3, readable: 2, unread }] };
  expect(withoutSampleOf(count, 'ada').values).toEqual([{ values: 3, readable: 2 }]);
  expect(withoutSampleOf(count, 'bob')).toBe(count);
});

/** A lead with copies, deleted three hours before `now`, unless it is said otherwise. */
function room({ document = { isDeleted: true }, now = deletedAt + 1 }: { document?: object; now?: number } = {}) {
  const lead = { ...unknownLead('ada'), version: 7, evaluatedAt: deletedAt, memberships: { seg: membership(2, 0) } };
  const stored = { ...lead, ...document } as LeadDocument;
  const counts = new Map([['prv_1', countWith('ada', 'bob')]]);
  const job = { exportId: 'exp_1', segmentId: 'seg', createdAt: iso(-1), state: 'done', version: 3 } as ExportJob;
  const exports = new Map([
    ['exp_1', job],
    ['exp_2', { ...job, exportId: 'exp_2', state: 'running', uploadId: 'up' } as ExportJob],
    ['exp_3', { ...job, exportId: 'exp_3', segmentId: 'another' }],
  ]);
  const refusals = ['ada', 'bob'].map((leadId) => ({ leadId, detail: 'no room' }));
  const refused = { jobId: 'job_1', segmentId: 'seg', refused: 2, refusals, version: 1 } as unknown as MemberJob;
  const jobs = new Map([
    ['job_1', refused],
    ['job_2', { ...refused, jobId: 'job_2', refusals: [refusals[1]!] }],
  ]);
  const removed: (string | undefined)[][] = [];
  const forgotten: LeadDocument[] = [];
  const forgotAnswersOf: string[] = [];
  let conflicts = 1;
  const ports: ErasurePorts = {
    now: () => now,
    forgottenAfterMs: 900_000,
    catalog: { current: async () => ({ known: new Map([['another', {}]]) }) as unknown as Catalog },
    leads: {
      read: async () => new Map([['ada', stored]]),
      forgetId: async (tombstone) => {
        forgotten.push(tombstone);
      },
    },
    previews: {
      ids: async () => [...counts.keys(), 'prv_of_other_shards'],
      count: async (id, shard) => (shard === shardOf('ada') ? counts.get(id) : undefined),
      replaceCount: async (id, before, after) => {
        // Once somebody else counts on meanwhile.
        if (conflicts-- > 0) {
          counts.set(id, { ...before, leads: 20 });
          return false;
        }
        counts.set(id, after);
        return true;
      },
    },
    sharedPreviews: {
      forget: async (leadId) => {
        forgotAnswersOf.push(leadId);
      },
    },
    exports: {
      all: async () => [...exports.values()],
      get: async (id) => exports.get(id),
      change: async (before, change) => {
        const after = { ...before, ...change, version: before.version + 1 } as ExportJob;
        exports.set(before.exportId, after);
        return after;
      },
    },
    exportFiles: {
      remove: async ({ exportId, uploadId }) => {
        removed.push([exportId, uploadId]);
      },
    },
    memberJobs: {
      withRefusals: async () => [...jobs.values()],
      get: async (_segmentId, jobId) => jobs.get(jobId),
      change: async (before, change) => {
        // Once its worker goes on meanwhile.
        const isOvertaken = before.version === 1;
        const after = { ...before, ...(isOvertaken ? { done: 5 } : change), version: before.version + 1 } as MemberJob;
        jobs.set(before.jobId, after);
        return isOvertaken ? undefined : after;
      },
    },
  };
  return { erase: createEraser(ports), jobs, counts, exports, removed, forgotten, forgotAnswersOf };
}

describe('the copies of a deleted lead', () => {
  test('go: out of samples, and with exports that have it', async () => {
    const { erase, counts, exports, removed, forgotAnswersOf } = room();
    await erase({ kind: 'erasure', leadId: 'ada', deletedAt });
    expect(counts.get('prv_1')).toEqual({ ...countWith('bob'), leads: 20 });
    expect([...exports.values()].map(({ state }) => state)).toEqual(['failed', 'failed', 'done']);
    expect(forgotAnswersOf).toEqual(['ada']);
    expect(exports.get('exp_1')?.reason).toContain('deleted');
    expect(removed).toEqual([
      ['exp_1', undefined],
      ['exp_2', 'up'],
    ]);
  });

  test('go out of what jobs say of refused leads, whose number stays', async () => {
    const { erase, jobs } = room();
    await erase({ kind: 'erasure', leadId: 'ada', deletedAt });
    const bob = { leadId: 'bob', detail: 'no room' };
    expect(jobs.get('job_1')).toMatchObject({ done: 5, refused: 2, refusals: [bob], version: 3 });
    expect(jobs.get('job_2')).toMatchObject({ refusals: [bob], version: 1 });
  });

  test('go even if the lead is back, whose document stays', async () => {
    const { erase, counts, forgotten } = room({ document: {}, now: deletedAt + 1_000_000 });
    expect(await erase({ kind: 'erasure', leadId: 'ada', deletedAt })).toBeUndefined();
    expect(counts.get('prv_1')?.matching.sample).toEqual([shown('bob')]);
    expect(forgotten).toEqual([]);
  });
});

test('a tombstone forgets its id after a quarter of an hour, not before', async () => {
  const early = room({ now: deletedAt + 899_001 });
  expect(await early.erase({ kind: 'erasure', leadId: 'ada', deletedAt })).toBe(1);
  expect(early.forgotten).toEqual([]);
  const late = room({ now: deletedAt + 900_000 });
  expect(await late.erase({ kind: 'erasure', leadId: 'ada', deletedAt })).toBeUndefined();
  expect(late.forgotten).toMatchObject([{ leadId: 'ada', version: 7 }]);
});
