import {
  DeleteItemCommand,
  type DynamoDBClient,
  TransactGetItemsCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { doneIfUnmoved, transacted } from '../aws/conditional.ts';
import { type BusPorts, publishEvents } from '../aws/publish-events.ts';
import type { Item } from '../aws/read-items.ts';
import { deleteItems } from '../aws/write-items.ts';
import { mapConcurrently } from '../batch/batch.ts';
import { own } from '../lead/lead-document.ts';
import type { Transition } from '../lead/outbox.ts';
import { shards } from '../lead/shard.ts';
import { membershipEvent } from '../projection/membership-events.ts';
import type { RowChange } from '../projection/membership-row.ts';
import { countKey, excludedKey, lanes, memberKey, membersName, movesName } from '../projection/row-keys.ts';
import { manualAttributes, optionalAttributes, rowAttributes } from '../projection/row-store.ts';
import type { TransitionStore } from '../projection/transition-store.ts';
import { lastTransition, type RowDrift, type StoredRow } from './compare-rows.ts';
import type { ReconciliationPorts } from './reconcile-shard.ts';

/** What repairs write to. */
interface RepairPorts {
  readonly dynamodb: DynamoDBClient;
  readonly membershipsTable: string;
  readonly projectRows: (changes: readonly RowChange[]) => Promise<void>;
  readonly transitions: Pick<TransitionStore, 'put' | 'knows'>;
  readonly bus: BusPorts;
  readonly partition: ReconciliationPorts['rows']['partition'];
}

/** A drift that the projector never heard of, or never got through with: counters, history and event are missing, too. */
type Missed = RowDrift & Required<Pick<RowDrift, 'expected' | 'document'>> & { readonly transition: Transition };

/**
 * Repairs projections, each on condition that it is still as it was read. What the projector missed is projected from the
 * document: row, counters, history, and the event of the last transition. A row that was damaged is put right by itself:
 * whether its count is right as well is seen when rows are counted.
 */
export function createRowRepairStore(ports: RepairPorts): ReconciliationPorts['repair'] {
  const { dynamodb, membershipsTable: table } = ports;

  const rows: ReconciliationPorts['repair']['rows'] = async (drifts, { known }) => {
    const candidates = drifts.flatMap((drift): Missed[] => {
      const segment = known.get(drift.segmentId);
      const transition = segment && (isBehind(drift) || drift.isUncounted) ? lastTransition(drift, segment) : undefined;
      const { expected, document } = drift;
      return transition && expected && document ? [{ ...drift, expected, document, transition }] : [];
    });
    const knows = await ports.transitions.knows(candidates.map(idOf));
    const missed = candidates.filter((_, index) => !knows[index]);
    const done = new Set(missed.map(keyOf));
    const onlyUncounted = drifts.flatMap((drift): RowChange[] => {
      const { row, expected, isUncounted } = drift;
      if (!isUncounted || !row || !expected || done.has(keyOf(drift))) return [];
      done.add(keyOf(drift));
      return [{ row: { ...expected, version: row.version }, transitions: [] }];
    });
    // In the projector's order: known to the history, an event was published or is among the dead letters; listed as far as
    // its document, too. Only where that is not sure is it published (again).
    const heard = missed.filter(({ transition }) => !transition.silent);
    await publishEvents(
      ports.bus,
      heard.map(({ document, transition }) => membershipEvent(document, transition)),
    );
    await ports.projectRows([
      ...missed.map(({ expected, transition }) => ({ row: expected, transitions: [transition] })),
      ...onlyUncounted,
    ]);
    // Of a deleted lead no history is kept.
    await ports.transitions.put(missed.filter(({ document }) => !document.isDeleted).map(idOf));
    const damaged = drifts.filter((drift) => !done.has(keyOf(drift)));
    const outcomes = await mapConcurrently(damaged, 8, (drift) => putRight(dynamodb, table, drift));
    return done.size + outcomes.filter(Boolean).length;
  };

  const count: ReconciliationPorts['repair']['count'] = async ({ segmentId, version }, shard, members) => {
    const [membersOfShard, movesOfShard] = [membersName(shard), movesName(shard)];
    // At one moment: the marks of batches that were read before tell of transactions, which these must not show half done.
    const items = await readLanes(dynamodb, table, segmentId);
    if (!items) return undefined;
    const sum = (name: string) => items.reduce((total, item) => total + Number(item[name]?.N ?? 0), 0);
    // Moves of a lane only ever grow in number: if their sum is the same, no lane has moved.
    if (sum(movesOfShard) !== version) return undefined;
    // What moves from now on adds to it; only that the same is put right twice must not be.
    const Key = countKey(segmentId, lanes[0]!);
    const moves = items.find(({ pk }) => pk?.S === Key.pk?.S)?.[movesOfShard];
    const isDone = await doneIfUnmoved(
      dynamodb.send(
        new UpdateItemCommand({
          TableName: table,
          Key,
          UpdateExpression: `ADD ${membersOfShard} :by, ${movesOfShard} :one`,
          ConditionExpression: moves ? `${movesOfShard} = :moves` : `attribute_not_exists(${movesOfShard})`,
          ExpressionAttributeValues: {
            ':by': { N: String(members - sum(membersOfShard)) },
            ':one': { N: '1' },
            ...(moves && { ':moves': moves }),
          },
        }),
      ),
    );
    return isDone || undefined;
  };

  const exclusions: ReconciliationPorts['repair']['exclusions'] = async (segmentId, audit, documents) => {
    const listingOf = (row: StoredRow) => {
      const document = documents.get(row.leadId);
      const since = document && own(document.manualChanges ?? {}, segmentId)?.at;
      return { Put: { TableName: table, Item: listing(row, since ?? row.since) } };
    };
    const repairs = [
      ...audit.unlisted.map((row) => ({ write: listingOf(row), row, leadId: row.leadId })),
      ...audit.listedInVain.map(({ leadId, row }) => ({
        write: { Delete: { TableName: table, Key: excludedKey(segmentId, leadId) } },
        row,
        leadId,
      })),
    ];
    const outcomes = await mapConcurrently(repairs, 8, ({ write, row, leadId }) => {
      const isUnmoved = {
        TableName: table,
        Key: memberKey(segmentId, leadId),
        ExpressionAttributeNames: { '#version': 'version' },
        ...unmoved(row),
      };
      const TransactItems: TransactWriteItem[] = [write, { ConditionCheck: isUnmoved }];
      return doneIfUnmoved(dynamodb.send(new TransactWriteItemsCommand({ TransactItems })));
    });
    return outcomes.filter(Boolean).length;
  };

  const deletedSegment: ReconciliationPorts['repair']['deletedSegment'] = async (segmentId, shard) => {
    for await (const page of ports.partition(segmentId, shard)) {
      const keys = page.map((row) => ('isListing' in row ? excludedKey : memberKey)(segmentId, row.leadId));
      await deleteItems(dynamodb, table, keys);
    }
    // Last: as long as there is a count, the segment is found again.
    for (const lane of lanes) await forgetShard(dynamodb, table, countKey(segmentId, lane), shard);
  };

  return { rows, count, exclusions, deletedSegment };
}

const keyOf = ({ segmentId, leadId }: RowDrift) => `${segmentId} ${leadId}`;
const idOf = ({ leadId, transition }: Missed) => ({ leadId, transition });

/** Whether the row is what an older write of the document left, or none. */
function isBehind({ row, expected }: RowDrift): boolean {
  const { version, sequence } = row ?? { version: 0, sequence: 0 };
  return expected !== undefined && version < expected.version && sequence < expected.sequence;
}

/** The counts of a segment in all lanes at one moment; undefined while one of them moves. */
async function readLanes(dynamodb: DynamoDBClient, table: string, segmentId: string): Promise<Item[] | undefined> {
  const TransactItems = lanes.map((lane) => ({ Get: { TableName: table, Key: countKey(segmentId, lane) } }));
  const { answer } = await transacted(dynamodb.send(new TransactGetItemsCommand({ TransactItems })));
  return answer && (answer.Responses ?? []).map(({ Item }) => Item).filter((item) => item !== undefined);
}

/** Takes a shard's members out of the count of a deleted segment, and the count away when no shard is left in it. */
async function forgetShard(dynamodb: DynamoDBClient, table: string, Key: Item, shard: string): Promise<void> {
  const request = { TableName: table, Key };
  const isThere = await doneIfUnmoved(
    dynamodb.send(
      new UpdateItemCommand({
        ...request,
        UpdateExpression: `REMOVE ${membersName(shard)}, ${movesName(shard)}`,
        ConditionExpression: 'attribute_exists(pk)',
      }),
    ),
  );
  const isEmpty = shards.map((other) => `attribute_not_exists(${movesName(other)})`).join(' AND ');
  if (isThere) await doneIfUnmoved(dynamodb.send(new DeleteItemCommand({ ...request, ConditionExpression: isEmpty })));
}

/** Puts a row, or removes it, without moving what counts it. Its batch stays: what that still has to count, it does. */
function putRight(
  dynamodb: DynamoDBClient,
  table: string,
  { segmentId, leadId, row, expected }: RowDrift,
): Promise<boolean> {
  const asRead = unmoved(row);
  const request = { TableName: table, Key: memberKey(segmentId, leadId), ...asRead };
  if (!expected) {
    const ExpressionAttributeNames = { '#version': 'version' };
    return doneIfUnmoved(dynamodb.send(new DeleteItemCommand({ ...request, ExpressionAttributeNames })));
  }
  const attributes = rowAttributes(expected);
  const set = Object.keys(attributes).map((name) => `#${name} = :${name}`);
  const remove = optionalAttributes.filter((name) => !(name in attributes)).map((name) => `#${name}`);
  const ofRow = [...new Set([...Object.keys(attributes), ...optionalAttributes])].map((name) => [`#${name}`, name]);
  return doneIfUnmoved(
    dynamodb.send(
      new UpdateItemCommand({
        ...request,
        UpdateExpression: `SET ${set.join(', ')}${remove.length > 0 ? ` REMOVE ${remove.join(', ')}` : ''}`,
        ExpressionAttributeNames: Object.fromEntries(ofRow),
        ExpressionAttributeValues: {
          ...asRead.ExpressionAttributeValues,
          ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`:${name}`, value])),
        },
      }),
    ),
  );
}

function listing({ segmentId, leadId, author, reason }: StoredRow, since: number) {
  const manual = author === undefined ? undefined : { at: since, author, ...(reason !== undefined && { reason }) };
  return { ...excludedKey(segmentId, leadId), since: { N: String(since) }, ...manualAttributes(manual) };
}

/** Holds while a lead's row is as it was read. */
function unmoved(row: StoredRow | undefined) {
  if (!row) return { ConditionExpression: 'attribute_not_exists(#version)' };
  const { version, batchId } = row;
  return {
    ConditionExpression: `#version = :asRead${batchId === undefined ? '' : ' AND batchId = :batchId'}`,
    ExpressionAttributeValues: {
      ':asRead': { N: String(version) },
      ...(batchId !== undefined && { ':batchId': { S: batchId } }),
    },
  };
}
