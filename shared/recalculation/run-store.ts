import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { conditionFailed, doneIfMet, transacted } from '../aws/conditional.ts';
import { pauseWithJitter } from '../aws/retries.ts';
import { progressKey, progressPartition, runKey, runsPartition, segmentKey } from '../aws/segments-keys.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { shards } from '../lead/shard.ts';
import { notFound } from '../problem/problem.ts';
import { endOfRun } from './end-run.ts';
import type { RecalculationPorts } from './recalculate-shard.ts';
import {
  isThrough,
  newRun,
  type Recalculation,
  type RecalculationMessage,
  type ShardProgress,
  totalsOf,
} from './recalculation.ts';
import { failuresOf } from './restart.ts';

const maximumAttempts = 10;

/** Recalculation runs and the progress of their shards in DynamoDB. */
export type RunStore = ReturnType<typeof createRunStore>;

/** The store of recalculations in the segments table. */
export function createRunStore(
  documents: DynamoDBDocumentClient,
  table: string,
  catalog: { current: () => Promise<Catalog> },
) {
  const get = async (segmentId: string): Promise<Recalculation | undefined> => {
    const Key = runKey(segmentId);
    const answer = await documents.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
    return answer.Item && recalculationOf(answer.Item);
  };

  /**
   * Begins a run of its own, not for a save, in place of the one before it; a newer run that began meanwhile stays. Throws
   * 404 when the segment was deleted meanwhile: its run would never end.
   */
  const begin = async (segmentId: string, runId: string, now: number): Promise<Recalculation> => {
    const run = newRun(segmentId, runId, now);
    const isThere = { TableName: table, Key: segmentKey(segmentId), ConditionExpression: 'attribute_exists(pk)' };
    const put = {
      TableName: table,
      Item: runItem(run),
      ConditionExpression: 'attribute_not_exists(runId) OR runId < :runId',
      ExpressionAttributeValues: { ':runId': runId },
    };
    for (let attempt = 1; attempt <= maximumAttempts; attempt++) {
      const TransactItems = [{ ConditionCheck: isThere }, { Put: put }];
      const { refusals } = await transacted(documents.send(new TransactWriteCommand({ TransactItems })));
      if (!refusals) return run;
      const [segment, newer] = refusals;
      if (segment === conditionFailed) throw notFound('segment', segmentId);
      const current = newer === conditionFailed ? await get(segmentId) : undefined;
      if (current) return current;
      await pauseWithJitter(attempt);
    }
    throw new Error(`A run of ${segmentId} could not be stored`);
  };

  /**
   * Every segment's latest run, strongly consistent; only those of the segments from one id to another (both included), if
   * given.
   */
  const all = async (range?: { readonly first: string; readonly last: string }): Promise<Recalculation[]> => {
    const runs: Recalculation[] = [];
    const query = {
      TableName: table,
      KeyConditionExpression: range ? 'pk = :pk AND sk BETWEEN :first AND :last' : 'pk = :pk',
      ExpressionAttributeValues: {
        ':pk': runsPartition,
        ...(range && { ':first': range.first, ':last': range.last }),
      },
      ConsistentRead: true,
      Limit: 5_000,
    };
    for await (const { Items = [] } of paginateQuery({ client: documents }, query)) {
      runs.push(...Items.map(recalculationOf));
    }
    return runs;
  };

  /** Progress of every shard of a run that has begun. */
  const progress = async (segmentId: string, runId: string): Promise<ShardProgress[]> => {
    const answer = await documents.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': progressPartition(segmentId) },
        ConsistentRead: true,
      }),
    );
    return (answer.Items ?? []).map(progressOf).filter((shard) => shard.runId === runId);
  };

  const runs: RecalculationPorts['runs'] = {
    current: get,

    shardProgress: async (segmentId, shard) => {
      const Key = progressKey(segmentId, shard);
      const answer = await documents.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
      return answer.Item && progressOf(answer.Item);
    },

    advance: (segmentId, before, after) =>
      doneIfMet(
        documents.send(
          new PutCommand({
            TableName: table,
            Item: { ...progressKey(segmentId, after.shard), ...after },
            ...(before?.runId === after.runId
              ? unmoved(before)
              : {
                  // Run ids sort by age: an older run never overwrites a newer one's progress.
                  ConditionExpression: 'attribute_not_exists(runId) OR runId < :runId',
                  ExpressionAttributeValues: { ':runId': after.runId },
                }),
          }),
        ),
      ),

    finishIfComplete: async (run) => {
      // One look is all it takes while others are still at work, and each shard but the last one comes by here.
      const reached = await progress(run.segmentId, run.runId);
      if (reached.filter((shard) => isThrough(shard, run)).length < shards.length) return;
      await endRun(run, (through) => shards.every((shard) => through.has(shard)));
    },
  };

  /**
   * Ends this attempt of a run, if it has not ended yet and may end with the shards that are through: as done, or as
   * failed with reasons and the moment at which it is tried again.
   */
  const endRun = async (run: Recalculation, mayEnd: (through: ReadonlySet<string>) => boolean): Promise<void> => {
    for (let tries = 1; tries <= maximumAttempts; tries++) {
      const current = await catalog.current();
      const [stored, reached] = [await get(run.segmentId), await progress(run.segmentId, run.runId)];
      const isCurrent = stored?.runId === run.runId && (stored.attempt ?? 1) === (run.attempt ?? 1);
      if (!isCurrent || stored.finishedAt !== undefined || !current.active.has(run.segmentId)) return;
      const through = new Set(reached.filter((shard) => isThrough(shard, stored)).map(({ shard }) => shard));
      if (!mayEnd(through)) return;
      const outcome = { totals: totalsOf(reached), failures: failuresOf(stored, reached, shards) };
      const TransactItems = endOfRun(table, stored, outcome, current, Date.now());
      const { refusals } = await transacted(documents.send(new TransactWriteCommand({ TransactItems })));
      if (!refusals) return;
      // The catalog moved meanwhile, or another delivery ended the run: look again.
      await pauseWithJitter(tries);
    }
    throw new Error(`The end of run ${run.runId} of ${run.segmentId} could not be stored`);
  };

  /** Changes a run on that condition; says whether it did. A newer run that took over, or an end, is no error. */
  const updateRun = (
    { segmentId, runId }: Pick<Recalculation, 'segmentId' | 'runId'>,
    update: string,
    condition: string,
    values: Record<string, unknown>,
  ): Promise<boolean> => {
    return doneIfMet(
      documents.send(
        new UpdateCommand({
          TableName: table,
          Key: runKey(segmentId),
          UpdateExpression: update,
          ConditionExpression: `runId = :runId AND ${condition}`,
          ...(update.includes('#state') && { ExpressionAttributeNames: { '#state': 'state' } }),
          ExpressionAttributeValues: { ':runId': runId, ...values },
        }),
      ),
    );
  };

  return {
    get,
    begin,
    all,
    progress,
    runs,
    /** Notes that a run's messages are on their way, and how often they were sent again since it last made progress. */
    markRunning: (run: Pick<Recalculation, 'segmentId' | 'runId'>, now: number, restarts: number) =>
      updateRun(
        run,
        'SET #state = :running, queuedAt = :now, restarts = :restarts',
        'attribute_not_exists(finishedAt)',
        { ':running': 'running', ':now': new Date(now).toISOString(), ':restarts': restarts },
      ),
    /** Notes what went wrong with a message of a run. */
    noteProblem: ({ segmentId, runId, shard }: RecalculationMessage, reason: string) =>
      updateRun({ segmentId, runId }, 'SET problem = :problem', 'attribute_not_exists(finishedAt)', {
        ':problem': { shard, reason: reason.slice(0, 200) },
      }),
    /** Begins the next attempt of a run that failed; says whether it is this call that did. */
    beginNextAttempt: (run: Recalculation, now: number) =>
      updateRun(
        run,
        'SET #state = :queued, attempt = :next, queuedAt = :now, restarts = :none REMOVE finishedAt, retryAt, problem, totals',
        'finishedAt = :finishedAt',
        {
          ':queued': 'queued',
          ':next': (run.attempt ?? 1) + 1,
          ':now': new Date(now).toISOString(),
          ':none': 0,
          ':finishedAt': run.finishedAt,
        },
      ),
    /** Ends a run that does not get through, as failed, whatever shards are through. */
    giveUp: (run: Recalculation) => endRun(run, () => true),
    /** Forgets the run of a segment that is not active any more. */
    forget: async ({ segmentId, runId }: Recalculation): Promise<void> => {
      // Unless it was activated again meanwhile, which began another run.
      await doneIfMet(
        documents.send(
          new DeleteCommand({
            TableName: table,
            Key: runKey(segmentId),
            ConditionExpression: 'runId = :runId',
            ExpressionAttributeValues: { ':runId': runId },
          }),
        ),
      );
    },
  };
}

/** A run as it is stored. */
export function runItem(run: Recalculation) {
  return { ...runKey(run.segmentId), ...run };
}

/** Holds while a shard's stored progress is still the same. */
function unmoved({ runId, isFinished, after, attempt }: ShardProgress) {
  const same = (name: string, value: unknown) =>
    value === undefined ? `attribute_not_exists(#${name})` : `#${name} = :${name}`;
  return {
    ConditionExpression: `runId = :runId AND isFinished = :isFinished AND ${same('after', after)} AND ${same('attempt', attempt)}`,
    ExpressionAttributeNames: { '#after': 'after', '#attempt': 'attempt' },
    ExpressionAttributeValues: {
      ':runId': runId,
      ':isFinished': isFinished,
      ...(after !== undefined && { ':after': after }),
      ...(attempt !== undefined && { ':attempt': attempt }),
    },
  };
}

function recalculationOf(item: Record<string, unknown>): Recalculation {
  const { pk: _pk, sk: _sk, ...recalculation } = item;
  return recalculation as unknown as Recalculation;
}

function progressOf(item: Record<string, unknown>): ShardProgress {
  const { pk: _pk, sk: _sk, ...progress } = item;
  return progress as unknown as ShardProgress;
}
