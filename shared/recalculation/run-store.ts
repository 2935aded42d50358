import {
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
import {
  openRunKey,
  openRunsPartition,
  progressKey,
  progressPartition,
  runKey,
  runsPartition,
  segmentKey,
} from '../aws/segments-keys.ts';
import type { DocumentTransactionPart } from '../aws/write-items.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { shards } from '../lead/shard.ts';
import { notFound } from '../problem/problem.ts';
import { endOfRun } from './end-run.ts';
import type { RecalculationPorts } from './recalculate-shard.ts';
import {
  isThrough,
  newRun,
  type OpenRun,
  openRunOf,
  type Recalculation,
  type ShardProgress,
  totalsOf,
} from './recalculation.ts';
import { failuresOf } from './restart.ts';
import { problemsInRounds, progressInRounds, type Round } from './round.ts';
import { createRoundStore } from './round-store.ts';

const maximumAttempts = 10;

/** Recalculation runs and the progress of their shards in DynamoDB. */
export type RunStore = ReturnType<typeof createRunStore>;

/** The store of recalculations in the segments table. */
export function createRunStore(
  documents: DynamoDBDocumentClient,
  table: string,
  catalog: { current: () => Promise<Catalog> },
) {
  const { rounds, ...roundStore } = createRoundStore(documents, table);

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
      const TransactItems = [{ ConditionCheck: isThere }, { Put: put }, openingOf(table, run)];
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

  /** Progress of every shard that a run is through with. */
  const storedProgress = async (segmentId: string, runId: string): Promise<ShardProgress[]> => {
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

  const finishIfComplete = (run: Pick<Recalculation, 'segmentId' | 'runId' | 'attempt'>) =>
    endRun(run, (through) => shards.every((shard) => through.has(shard)));

  const runs: RecalculationPorts['runs'] = {
    open: async () => {
      const open: OpenRun[] = [];
      const query = {
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': openRunsPartition },
        ConsistentRead: true,
      };
      for await (const { Items = [] } of paginateQuery({ client: documents }, query)) {
        open.push(...Items.map((item) => openRunOf(recalculationOf(item), item.through)));
      }
      return open;
    },

    shardProgress: async (segmentId, shard) => {
      const Key = progressKey(segmentId, shard);
      const answer = await documents.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
      return answer.Item && progressOf(answer.Item);
    },

    finishShard: async (segmentId, progress) => {
      const { shard, runId, attempt = 1 } = progress;
      // Refused or not, it is through: to go on with a run that a newer one overtook would never end.
      await doneIfMet(
        documents.send(
          new PutCommand({
            TableName: table,
            Item: { ...progressKey(segmentId, shard), ...progress },
            // Run ids sort by age: an older run never overwrites a newer one's progress.
            ConditionExpression:
              'attribute_not_exists(runId) OR runId < :runId OR (runId = :runId AND NOT attempt > :attempt)',
            ExpressionAttributeValues: { ':runId': runId, ':attempt': attempt },
          }),
        ),
      );
      let through: ReadonlySet<string> | undefined;
      await doneIfMet(
        documents
          .send(
            new UpdateCommand({
              TableName: table,
              Key: openRunKey(segmentId),
              UpdateExpression: 'ADD through :shard',
              ConditionExpression: 'runId = :runId AND attempt = :attempt',
              ExpressionAttributeValues: { ':shard': new Set([shard]), ':runId': runId, ':attempt': attempt },
              ReturnValues: 'ALL_NEW',
            }),
          )
          .then(({ Attributes }) => {
            through = new Set(Attributes?.through);
          }),
      );
      if (through?.size === shards.length) await finishIfComplete({ segmentId, runId, attempt });
    },

    finishIfComplete,
  };

  /**
   * Ends this attempt of a run, if it has not ended yet and may end with the shards that are through: as done, or as
   * failed with reasons and the moment at which it is tried again.
   */
  const endRun = async (
    run: Pick<Recalculation, 'segmentId' | 'runId' | 'attempt'>,
    mayEnd: (through: ReadonlySet<string>) => boolean,
  ): Promise<void> => {
    for (let tries = 1; tries <= maximumAttempts; tries++) {
      const current = await catalog.current();
      const [stored, through] = [await get(run.segmentId), await storedProgress(run.segmentId, run.runId)];
      const isCurrent = stored?.runId === run.runId && (stored.attempt ?? 1) === (run.attempt ?? 1);
      if (!isCurrent || stored.finishedAt !== undefined || !current.active.has(run.segmentId)) return;
      const shardsThrough = new Set(through.filter((shard) => isThrough(shard, stored)).map(({ shard }) => shard));
      if (!mayEnd(shardsThrough)) return;
      const all = shardsThrough.size < shards.length ? await roundStore.allRounds() : [];
      const reached = progressInRounds(stored, through, all);
      const problems = problemsInRounds(stored, through, all);
      const outcome = { totals: totalsOf(reached), failures: failuresOf(stored, reached, shards, problems) };
      const TransactItems = endOfRun(table, stored, outcome, current, Date.now());
      const { refusals } = await transacted(documents.send(new TransactWriteCommand({ TransactItems })));
      if (!refusals) return;
      // The catalog moved meanwhile, or another delivery ended the run: look again.
      await pauseWithJitter(tries);
    }
    throw new Error(`The end of run ${run.runId} of ${run.segmentId} could not be stored`);
  };

  return {
    get,
    begin,
    all,
    /** What is stored of the rounds over shards. */
    ...roundStore,
    /** How far each shard of a run is, with what `allRounds` answered. */
    progress: async (run: Recalculation, allRounds: readonly Round[]): Promise<ShardProgress[]> =>
      progressInRounds(run, await storedProgress(run.segmentId, run.runId), allRounds),
    /** What the rounds over shards go by. */
    runs,
    rounds,
    /** Notes that a run's messages are on their way, and how often they were sent again since it last made progress. */
    markRunning: (
      { segmentId, runId }: Pick<Recalculation, 'segmentId' | 'runId'>,
      now: number,
      restarts: number,
    ): Promise<boolean> =>
      doneIfMet(
        documents.send(
          new UpdateCommand({
            TableName: table,
            Key: runKey(segmentId),
            UpdateExpression: 'SET #state = :running, queuedAt = :now, restarts = :restarts',
            // A newer run that took over, or an end, is no error.
            ConditionExpression: 'runId = :runId AND attribute_not_exists(finishedAt)',
            ExpressionAttributeNames: { '#state': 'state' },
            ExpressionAttributeValues: {
              ':runId': runId,
              ':running': 'running',
              ':now': new Date(now).toISOString(),
              ':restarts': restarts,
            },
          }),
        ),
      ),
    /** Begins the next attempt of a run that failed; says whether it is this call that did. */
    beginNextAttempt: async (run: Recalculation, progress: readonly ShardProgress[], now: number): Promise<boolean> => {
      const next = { ...run, attempt: (run.attempt ?? 1) + 1 };
      const through = progress.filter((shard) => isThrough(shard, next)).map(({ shard }) => shard);
      const update = {
        TableName: table,
        Key: runKey(run.segmentId),
        UpdateExpression:
          'SET #state = :queued, attempt = :next, queuedAt = :now, restarts = :none REMOVE finishedAt, retryAt, totals',
        ConditionExpression: 'runId = :runId AND finishedAt = :finishedAt',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: {
          ':queued': 'queued',
          ':next': next.attempt,
          ':now': new Date(now).toISOString(),
          ':none': 0,
          ':runId': run.runId,
          ':finishedAt': run.finishedAt,
        },
      };
      const TransactItems = [{ Update: update }, openingOf(table, next, through)];
      const { refusals } = await transacted(documents.send(new TransactWriteCommand({ TransactItems })));
      return !refusals;
    },
    /** Ends a run that does not get through, as failed, whatever shards are through. */
    giveUp: (run: Recalculation) => endRun(run, () => true),
    /** Forgets the run of a segment that is not active any more. */
    forget: async ({ segmentId, runId }: Recalculation): Promise<void> => {
      // Unless it was activated again meanwhile, which began another run.
      const isStill = { ConditionExpression: 'runId = :runId', ExpressionAttributeValues: { ':runId': runId } };
      const TransactItems = [
        { Delete: { TableName: table, Key: runKey(segmentId), ...isStill } },
        { Delete: { TableName: table, Key: openRunKey(segmentId) } },
      ];
      // What was refused is tried again in a minute.
      await transacted(documents.send(new TransactWriteCommand({ TransactItems })));
    },
  };
}

/** A run as it is stored. */
export function runItem(run: Recalculation) {
  return { ...runKey(run.segmentId), ...run };
}

/** The write that opens a run, along with what begins it; it takes the place of the one before it. */
export function openingOf(table: string, run: Recalculation, through: readonly string[] = []): DocumentTransactionPart {
  const open = openRunOf(run, through);
  // An empty set cannot be stored.
  const Item = { ...openRunKey(run.segmentId), ...open, through: through.length > 0 ? open.through : undefined };
  return { Put: { TableName: table, Item } };
}

function recalculationOf(item: Record<string, unknown>): Recalculation {
  const { pk: _pk, sk: _sk, ...recalculation } = item;
  return recalculation as unknown as Recalculation;
}

function progressOf(item: Record<string, unknown>): ShardProgress {
  const { pk: _pk, sk: _sk, ...progress } = item;
  return progress as unknown as ShardProgress;
}
