import { openRunKey, runKey, segmentKey } from '../aws/segments-keys.ts';
import type { DocumentTransactionPart } from '../aws/write-items.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { moveCatalog } from '../catalog/catalog-log.ts';
import { lifecycleItems } from '../catalog/lifecycle-outbox.ts';
import { conditionsToFill } from './conditions-to-fill.ts';
import type { Recalculation, RecalculationFailure, RecalculationTotals } from './recalculation.ts';
import { retryAt } from './restart.ts';

/** What an attempt of a run did, and why it is not whole; it is when there are no failures. */
interface RunOutcome {
  readonly totals: RecalculationTotals;
  readonly failures: readonly RecalculationFailure[];
}

/**
 * The writes that end one attempt of a run, all or nothing. What it filled of event state is noted on the segment, which
 * moves the catalog. `Segment Recalculated` tells of the first attempt's end, and of success whenever it comes.
 */
export function endOfRun(
  table: string,
  run: Recalculation,
  { totals, failures }: RunOutcome,
  catalog: Catalog,
  now: number,
): DocumentTransactionPart[] {
  const segment = catalog.known.get(run.segmentId)!;
  const { attempt = 1 } = run;
  const isWhole = failures.length === 0;
  const state = isWhole ? 'done' : 'failed';
  const isNews = isWhole || attempt === 1;
  const occasion = attempt === 1 ? run.runId : `${run.runId}.${attempt}`;
  const toFill = isWhole ? conditionsToFill(segment, catalog) : [];
  const filled = new Map(toFill.map(({ condition, n }) => [condition.id, n]));
  const events = lifecycleItems(segment, isNews ? ['Segment Recalculated'] : [], now, {
    occasion,
    more: { recalculation: { state, ...totals } },
  });
  const items: DocumentTransactionPart[] = [
    {
      Update: {
        TableName: table,
        Key: runKey(run.segmentId),
        UpdateExpression: `SET #state = :state, finishedAt = :now, totals = :totals${
          isWhole ? ' REMOVE failures, retryAt' : ', failures = :failures, retryAt = :retryAt'
        }`,
        ConditionExpression: 'runId = :runId AND attribute_not_exists(finishedAt)',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: {
          ':state': state,
          ':runId': run.runId,
          ':now': new Date(now).toISOString(),
          ':totals': totals,
          ...(!isWhole && {
            ':failures': failures,
            ':retryAt': new Date(retryAt(run, now)).toISOString(),
          }),
        },
      },
    },
    { Delete: { TableName: table, Key: openRunKey(run.segmentId) } },
    ...events.map((Item) => ({ Put: { TableName: table, Item } })),
  ];
  if (filled.size === 0) return items;
  const conditions = segment.conditions.map((kept) => ({
    ...kept,
    backfilledN: Math.max(kept.backfilledN, filled.get(kept.id) ?? 0),
  }));
  items.push(...moveCatalog(table, catalog.version, { segmentId: run.segmentId }, now), {
    Update: {
      TableName: table,
      Key: segmentKey(run.segmentId),
      UpdateExpression: 'SET conditions = :conditions',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: { ':conditions': conditions },
    },
  });
  return items;
}
