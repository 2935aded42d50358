import { describe, expect, test } from 'vitest';
import { auditPartition, type ListedExclusion } from '../../shared/reconciliation/audit-partition.ts';
import type { StoredRow } from '../../shared/reconciliation/compare-rows.ts';
import { type Figures, noFigures } from '../../shared/reconciliation/figures.ts';
import { reconciliationMetrics } from '../../shared/reconciliation/metric-line.ts';
import { nextSlice } from '../../shared/reconciliation/next-slice.ts';
import { newPass, reconciliationHealth, type ShardPass } from '../../shared/reconciliation/shard-pass.ts';

const now = Date.parse('2026-03-10T12:00:00Z');
const minute = 60_000;
const at = (ms: number) => new Date(ms).toISOString();
const figures = (compared: number, decisions = 0): Figures => ({
  compared,
  drift: { decisions, rows: 0, counts: 0 },
  repaired: decisions,
});
const done = (shard: string, startedAt: number, found = noFigures): ShardPass => ({
  ...newPass(shard, 'pass_0', at(startedAt), undefined),
  step: 'done',
  last: { startedAt: at(startedAt), finishedAt: at(startedAt + minute), figures: found },
});

describe('the rotation', () => {
  const slice = (...passes: ShardPass[]) => nextSlice(passes, ['00', '01'], { now, passId: 'pass_1' });

  test('begins with the first shard, goes on with those not passed over yet, then with the oldest', () => {
    expect(slice()).toMatchObject({ shard: '00', passId: 'pass_1', step: 'leads', startedAt: at(now) });
    expect(slice(done('00', now - minute))?.shard).toBe('01');
    expect(slice(done('00', now - 2 * minute), done('01', now - minute))?.shard).toBe('00');
    expect(slice(done('00', now - minute), done('01', now - 2 * minute))?.shard).toBe('01');
  });

  test('keeps what the last pass found until the next one is through', () => {
    const { last } = done('00', now - 2 * minute, figures(5));
    const before = { ...done('00', now - 2 * minute, figures(5)), lastDriftAt: at(1) };
    expect(slice(before, done('01', now - minute))).toMatchObject({ last, lastDriftAt: at(1), figures: noFigures });
  });

  const open = (more: Partial<ShardPass>) => ({
    ...newPass('00', 'pass_0', at(now - 30 * minute), undefined),
    ...more,
  });

  test('waits for a pass that gets on', () => {
    expect(slice(open({ progressedAt: at(now - 10 * minute) }))).toBeUndefined();
  });

  test('sends the message of one that got stuck again, three times; then the others have their turn', () => {
    const stuck = open({ after: 'l7', progressedAt: at(now - 10 * minute - 1) });
    expect(slice(stuck)).toEqual({ ...stuck, progressedAt: at(now), restarts: 1 });
    expect(slice({ ...stuck, restarts: 3 })?.shard).toBe('01');
    expect(slice({ ...stuck, restarts: 3 }, done('01', now - minute))).toMatchObject({ shard: '00', passId: 'pass_1' });
  });
});

describe('what health says', () => {
  test('is nothing before the first pass is through', () => {
    expect(reconciliationHealth([newPass('00', 'pass_0', at(now), undefined)])).toBeUndefined();
  });

  test('is the sum of the last pass over each shard', () => {
    const drifted = { ...done('01', now - minute, figures(30, 2)), lastDriftAt: at(now) };
    expect(reconciliationHealth([done('00', now - 2 * minute, figures(10)), drifted])).toEqual({
      rotationStartedAt: at(now - 2 * minute),
      ...{ shards: 2, compared: 40, agreed: 38, agreementRate: 0.95, repaired: 2, lastDriftAt: at(now) },
    });
  });

  test('is full agreement where there is nothing to compare', () => {
    expect(reconciliationHealth([done('00', now)])).toMatchObject({ compared: 0, agreementRate: 1 });
  });
});

describe('metrics', () => {
  test('are a line that CloudWatch takes as it is, one metric for each figure', () => {
    const line = JSON.parse(reconciliationMetrics(figures(40, 2), 'Reconciler', now));
    expect(line).toMatchObject({ FunctionName: 'Reconciler', Compared: 40, Drift: 2, Repaired: 2, AgreementRate: 95 });
    const [{ Namespace, Dimensions, Metrics }] = line._aws.CloudWatchMetrics;
    expect([Namespace, Dimensions, line._aws.Timestamp]).toEqual(['LeadSegments', [['FunctionName']], now]);
    for (const { Name } of Metrics) expect(line[Name]).toEqual(expect.any(Number));
    expect(Metrics).toHaveLength(4);
  });

  test('have no rate of nothing', () => {
    expect(reconciliationMetrics(noFigures, 'Reconciler', now)).not.toContain('AgreementRate');
  });
});

describe('the rows of a segment in one shard', () => {
  const row = (leadId: string, sequence: number, isExcluded = false): StoredRow => ({
    ...{ leadId, segmentId: 'seg_a', version: 1, sequence, since: 0, source: 'rules', isExcluded },
    batchId: `batch of ${leadId}`,
  });
  const listing = (leadId: string): ListedExclusion => ({ leadId, isListing: true });
  const audit = (...pages: (StoredRow | ListedExclusion)[][]) =>
    auditPartition(
      (async function* () {
        yield* pages;
      })(),
    );

  test('are counted across pages, those that left not', async () => {
    const rows = [[row('a', 1), row('b', 2)], [row('c', 3)]];
    expect(await audit(...rows)).toEqual({
      ...{ members: 2, unlisted: [], listedInVain: [], listed: 0 },
      batchIds: new Set(['batch of a', 'batch of b', 'batch of c']),
    });
  });

  test('are compared with the list of who is kept out', async () => {
    const unlisted = row('c', 0, true);
    const found = await audit([listing('a'), listing('b'), listing('x')], [row('a', 2, true), row('b', 1), unlisted]);
    expect(found).toEqual({
      ...{ members: 1, listed: 1, unlisted: [unlisted] },
      batchIds: new Set(['batch of a', 'batch of b', 'batch of c']),
      listedInVain: [{ leadId: 'b', row: row('b', 1) }, { leadId: 'x' }],
    });
  });
});
