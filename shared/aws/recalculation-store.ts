import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { shards } from '../lead/shard.ts';
import type { Catalog } from '../matcher/catalog.ts';
import { conditionsToFill, type RecalculationPorts } from '../recalculation/recalculate-shard.ts';
import {
  type Recalculation,
  type RecalculationTotals,
  type ShardProgress,
  totalsOf,
} from '../recalculation/recalculation.ts';
import { pauseWithJitter } from './batch.ts';
import { lifecycleItems } from './segment-store.ts';

const pad = (number: number) => String(number).padStart(12, '0');
const maximumAttempts = 10;

/** Recalculation runs and the progress of their shards in DynamoDB. */
export type RecalculationStore = ReturnType<typeof createRecalculationStore>;

/** The store of recalculations in the segments table. */
export function createRecalculationStore(
  documents: DynamoDBDocumentClient,
  table: string,
  catalog: { current: () => Promise<Catalog> },
) {
  const get = async (segmentId: string): Promise<Recalculation | undefined> => {
    const key = { pk: 'recalculations', sk: segmentId };
    const answer = await documents.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }));
    return answer.Item && recalculationOf(answer.Item);
  };

  /** Begins a run of its own, not for a save, in place of the one before it; a newer run that began meanwhile stays. */
  const begin = async (segmentId: string, runId: string, now: number): Promise<Recalculation> => {
    const run: Recalculation = { segmentId, runId, state: 'queued', startedAt: new Date(now).toISOString() };
    try {
      await documents.send(
        new PutCommand({
          TableName: table,
          Item: { pk: 'recalculations', sk: segmentId, ...run },
          ConditionExpression: 'attribute_not_exists(runId) OR runId < :runId',
          ExpressionAttributeValues: { ':runId': runId },
        }),
      );
      return run;
    } catch (error) {
      const newer = error instanceof ConditionalCheckFailedException && (await get(segmentId));
      if (newer) return newer;
      throw error;
    }
  };

  /** Every segment's latest run, strongly consistent. */
  const all = async (): Promise<Recalculation[]> => {
    const runs: Recalculation[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const answer = await documents.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': 'recalculations' },
          ConsistentRead: true,
          ExclusiveStartKey: from,
        }),
      );
      runs.push(...(answer.Items ?? []).map(recalculationOf));
      from = answer.LastEvaluatedKey;
    } while (from);
    return runs;
  };

  /** Progress of every shard of a run that has begun. */
  const progress = async (segmentId: string, runId: string): Promise<ShardProgress[]> => {
    const answer = await documents.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': `recalculation#${segmentId}` },
        ConsistentRead: true,
      }),
    );
    return (answer.Items ?? []).map(progressOf).filter((shard) => shard.runId === runId);
  };

  const runs: RecalculationPorts['runs'] = {
    current: get,

    shardProgress: async (segmentId, shard) => {
      const key = { pk: `recalculation#${segmentId}`, sk: shard };
      const answer = await documents.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }));
      return answer.Item && progressOf(answer.Item);
    },

    advance: async (segmentId, before, after) => {
      const isSameRun = before?.runId === after.runId;
      const isUnmoved = before?.after === undefined ? 'attribute_not_exists(#after)' : '#after = :before';
      try {
        await documents.send(
          new PutCommand({
            TableName: table,
            Item: { pk: `recalculation#${segmentId}`, sk: after.shard, ...after },
            ...(isSameRun
              ? {
                  ConditionExpression: `runId = :runId AND isFinished = :false AND ${isUnmoved}`,
                  ExpressionAttributeNames: { '#after': 'after' },
                  ExpressionAttributeValues: {
                    ':runId': after.runId,
                    ':false': false,
                    ...(before.after !== undefined && { ':before': before.after }),
                  },
                }
              : {
                  // Run ids sort by age: an older run never overwrites a newer one's progress.
                  ConditionExpression: 'attribute_not_exists(runId) OR runId < :runId',
                  ExpressionAttributeValues: { ':runId': after.runId },
                }),
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },

    finishIfComplete: async (segmentId, runId) => {
      const done = await progress(segmentId, runId);
      if (done.filter(({ isFinished }) => isFinished).length < shards.length) return;
      for (let attempt = 1; attempt <= maximumAttempts; attempt++) {
        const current = await catalog.current();
        const run = await get(segmentId);
        if (run?.runId !== runId || run.finishedAt !== undefined || !current.active.has(segmentId)) return;
        try {
          await documents.send(
            new TransactWriteCommand({ TransactItems: finishItems(table, run, totalsOf(done), current) }),
          );
          return;
        } catch (error) {
          // The catalog moved meanwhile, or another delivery finished the run: look again.
          if (!(error instanceof TransactionCanceledException)) throw error;
          await pauseWithJitter(attempt);
        }
      }
      throw new Error(`The end of run ${runId} of ${segmentId} could not be stored`);
    },
  };

  /** Notes that a run's messages are on their way. */
  const markRunning = async (segmentId: string, runId: string, now: number): Promise<void> => {
    try {
      await documents.send(
        new UpdateCommand({
          TableName: table,
          Key: { pk: 'recalculations', sk: segmentId },
          UpdateExpression: 'SET #state = :running, queuedAt = :now',
          ConditionExpression: 'runId = :runId AND attribute_not_exists(finishedAt)',
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: {
            ':running': 'running',
            ':runId': runId,
            ':now': new Date(now).toISOString(),
          },
        }),
      );
    } catch (error) {
      // A newer run took over, or this one is done already: nothing to note.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  };

  return { get, begin, all, progress, runs, markRunning };
}

/** The end of a run; what it filled of event state is noted on the segment, which moves the catalog. */
function finishItems(
  table: string,
  run: Recalculation,
  totals: RecalculationTotals,
  catalog: Catalog,
): TransactWriteCommandInput['TransactItems'] {
  const segment = catalog.known.get(run.segmentId)!;
  const now = new Date();
  const isWhole = totals.failed === 0;
  const toFill = isWhole ? conditionsToFill(segment, catalog) : [];
  const filled = new Map(toFill.map(({ condition, n }) => [condition.id, n]));
  const items: TransactWriteCommandInput['TransactItems'] = [
    {
      Update: {
        TableName: table,
        Key: { pk: 'recalculations', sk: run.segmentId },
        UpdateExpression: 'SET #state = :end, finishedAt = :now, totals = :totals',
        ConditionExpression: 'runId = :runId AND attribute_not_exists(finishedAt)',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: {
          ':end': isWhole ? 'done' : 'failed',
          ':runId': run.runId,
          ':now': now.toISOString(),
          ':totals': totals,
        },
      },
    },
    ...lifecycleItems(segment, isWhole ? ['Segment Recalculated'] : [], now.getTime(), run.runId).map((Item) => ({
      Put: { TableName: table, Item },
    })),
  ];
  if (filled.size === 0) return items;
  const conditions = segment.conditions.map((kept) => ({
    ...kept,
    backfilledN: Math.max(kept.backfilledN, filled.get(kept.id) ?? 0),
  }));
  items.push(
    {
      Update: {
        TableName: table,
        Key: { pk: 'catalog', sk: 'catalog' },
        UpdateExpression: 'SET #version = :next',
        ConditionExpression: '#version = :expected',
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: { ':expected': catalog.version, ':next': catalog.version + 1 },
      },
    },
    {
      Put: {
        TableName: table,
        Item: {
          pk: 'catalog',
          sk: `change#${pad(catalog.version + 1)}`,
          segmentId: run.segmentId,
          expiresAt: Math.ceil(now.getTime() / 1000) + 7 * 86_400,
        },
      },
    },
    {
      Update: {
        TableName: table,
        Key: { pk: 'segments', sk: run.segmentId },
        UpdateExpression: 'SET conditions = :conditions',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':conditions': conditions },
      },
    },
  );
  return items;
}

function recalculationOf(item: Record<string, unknown>): Recalculation {
  const { pk: _pk, sk: _sk, ...recalculation } = item;
  return recalculation as unknown as Recalculation;
}

function progressOf(item: Record<string, unknown>): ShardProgress {
  const { pk: _pk, sk: _sk, ...progress } = item;
  return progress as unknown as ShardProgress;
}
