import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  QueryCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { doneIfUnmoved, transacted } from '../aws/conditional.ts';
import { untilProcessed } from '../aws/retries.ts';
import { catalogKey, changeKey, openRunKey, runKey, segmentKey, segmentsPartition } from '../aws/segments-keys.ts';
import { chunk } from '../batch/batch.ts';
import type { CatalogMoves, CatalogState, SnapshotNote } from '../catalog/catalog-contents.ts';
import { CatalogMovedError, moveCatalog } from '../catalog/catalog-log.ts';
import { lifecycleItems } from '../catalog/lifecycle-outbox.ts';
import type { Segment } from '../catalog/segment.ts';
import { shardCount, usualShardCount } from '../lead/shard.ts';
import { refuseNewerFormat } from '../problem/readable-format.ts';
import { newRun } from '../recalculation/recalculation.ts';
import { openingOf, runItem } from '../recalculation/run-store.ts';
import { readLevels } from '../vocabulary/level-store.ts';
import { firstSweep } from './clean-up.ts';
import { cleanUpItem } from './clean-up-store.ts';
import { revisionItem } from './revision-store.ts';
import type { SavePlan } from './save-segment.ts';

/** Segments, their revisions, the catalog's version and lifecycle events in DynamoDB. */
export type SegmentStore = ReturnType<typeof createSegmentStore>;

/** The store of segments in that table. */
export function createSegmentStore(documents: DynamoDBDocumentClient, table: string) {
  /** Notes into how many shards the first data goes; answers into how many it went, if somebody was faster. */
  const noteShardCount = async (): Promise<number> => {
    const { Attributes } = await documents.send(
      new UpdateCommand({
        TableName: table,
        Key: catalogKey,
        UpdateExpression: 'SET shardCount = if_not_exists(shardCount, :shardCount)',
        ExpressionAttributeValues: { ':shardCount': shardCount },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return Attributes?.shardCount ?? shardCount;
  };

  /** The catalog's version, and the snapshot that counts; strongly consistent. */
  const catalogState = async (): Promise<CatalogState> => {
    const { Item } = await documents.send(new GetCommand({ TableName: table, Key: catalogKey, ConsistentRead: true }));
    // It is the first thing that all read who go on to read or write by shard.
    checkShardCount(Item ? (Item.shardCount ?? usualShardCount) : await noteShardCount());
    return { version: Item?.version ?? 0, snapshot: Item?.snapshot };
  };

  /** Notes a snapshot in place of the one before it; answers whether that was still the one that counts. */
  const noteSnapshot = (snapshot: SnapshotNote, before: SnapshotNote | undefined): Promise<boolean> =>
    doneIfUnmoved(
      documents.send(
        new UpdateCommand({
          TableName: table,
          Key: catalogKey,
          UpdateExpression: 'SET #snapshot = :snapshot',
          ConditionExpression: before ? '#snapshot.takenAt = :takenAt' : 'attribute_not_exists(#snapshot)',
          ExpressionAttributeNames: { '#snapshot': 'snapshot' },
          ExpressionAttributeValues: { ':snapshot': snapshot, ...(before && { ':takenAt': before.takenAt }) },
        }),
      ),
    );

  /** Segments sorted by id, newest last; a page, strongly consistent. */
  const list = async (after: string | undefined, limit: number): Promise<{ segments: Segment[]; next?: string }> => {
    const answer = await documents.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': segmentsPartition },
        ConsistentRead: true,
        Limit: limit,
        ...(after !== undefined && { ExclusiveStartKey: segmentKey(after) }),
      }),
    );
    const next = answer.LastEvaluatedKey?.sk;
    return { segments: (answer.Items ?? []).map(segmentOf), ...(next !== undefined && { next }) };
  };

  const all = async (): Promise<Segment[]> => {
    const segments: Segment[] = [];
    for (let after: string | undefined, isLast = false; !isLast; ) {
      const page = await list(after, 1_000);
      segments.push(...page.segments);
      after = page.next;
      isLast = after === undefined;
    }
    return segments;
  };

  const get = async (segmentId: string): Promise<Segment | undefined> => {
    const Key = segmentKey(segmentId);
    const answer = await documents.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
    return answer.Item && segmentOf(answer.Item);
  };

  const getMany = async (segmentIds: readonly string[]): Promise<Segment[]> => {
    const segments: Segment[] = [];
    for (const group of chunk(segmentIds, 100)) {
      const keys = group.map((segmentId): Record<string, unknown> => ({ ...segmentKey(segmentId) }));
      await untilProcessed('segments', keys, async (pending) => {
        const request = { [table]: { Keys: [...pending], ConsistentRead: true } };
        const answer = await documents.send(new BatchGetCommand({ RequestItems: request }));
        segments.push(...(answer.Responses?.[table] ?? []).map(segmentOf));
        return answer.UnprocessedKeys?.[table]?.Keys ?? [];
      });
    }
    return segments;
  };

  /** What moved the catalog after one version up to another; undefined when the log does not reach back, or is not understood. */
  const movesBetween = async (from: number, to: number): Promise<CatalogMoves | undefined> => {
    const moves: Record<string, unknown>[] = [];
    const pages = paginateQuery(
      { client: documents },
      {
        TableName: table,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':pk': catalogKey.pk, ':from': changeKey(from + 1).sk, ':to': changeKey(to).sk },
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages) moves.push(...Items);
    const ofLevels = moves.filter((move) => move.levels !== undefined);
    const segmentIds = moves.flatMap((move) => (move.segmentId as string | undefined) ?? []);
    if (ofLevels.length + segmentIds.length !== to - from) return undefined;
    return { segmentIds: new Set(segmentIds), hasLevels: ofLevels.length > 0 };
  };

  /**
   * Stores a planned save: the segment, its revision, the catalog's version, the start of a recalculation or of a
   * deleted segment's clean-up, and the lifecycle events, all or nothing. Throws `CatalogMovedError` when the plan is stale.
   */
  const save = async (plan: SavePlan, run: { runId: string; now: number } | undefined): Promise<void> => {
    const { before, after, expectedCatalogVersion: expected } = plan;
    const segment = after ?? before;
    if (!segment) throw new Error('A save needs a segment');
    const now = run?.now ?? Date.parse(segment.updatedAt);
    const puts: Record<string, unknown>[] = [...lifecycleItems(segment, plan.events, now)];
    if (after) puts.push(segmentItem(after), revisionItem(after, plan.origin));
    else puts.push(cleanUpItem(firstSweep(segment.id, now)));
    const begun = run && plan.recalculates ? newRun(segment.id, run.runId, now) : undefined;
    if (begun) puts.push(runItem(begun));
    const items: TransactWriteCommandInput['TransactItems'] = [
      ...moveCatalog(table, expected, { segmentId: segment.id }, now),
      ...puts.map((Item) => ({ Put: { TableName: table, Item } })),
    ];
    if (begun) items.push(openingOf(table, begun));
    if (!after) items.push({ Delete: { TableName: table, Key: segmentKey(segment.id) } });
    // What runs for a segment that is frozen ends without a result.
    const endsRun = !after?.active ? [runKey(segment.id), openRunKey(segment.id)] : [];
    items.push(...endsRun.map((Key) => ({ Delete: { TableName: table, Key } })));
    const { refusals } = await transacted(documents.send(new TransactWriteCommand({ TransactItems: items })));
    if (refusals) throw new CatalogMovedError();
  };

  const levels = () => readLevels(documents, table);

  return { catalogState, noteSnapshot, list, all, get, getMany, movesBetween, levels, save };
}

function segmentItem({ rules, ...segment }: Segment) {
  return { ...segmentKey(segment.id), ...segment, rules: JSON.stringify(rules) };
}

function segmentOf(item: Record<string, unknown>): Segment {
  const { pk: _pk, sk, formatVersion, ...segment } = item;
  refuseNewerFormat('segment', `Segment ${String(sk)}`, formatVersion);
  return { ...segment, rules: JSON.parse(String(item.rules)) } as unknown as Segment;
}

/** Throws when the stored data is in another number of shards than the stack was deployed with. */
function checkShardCount(stored: number): void {
  if (stored === shardCount) return;
  throw new Error(`The leads are in ${stored} shards: deploy with -c shardCount=${stored}, not ${shardCount}`);
}
