import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { own } from '../lead/lead-document.ts';
import { membershipEvent } from '../membership/membership-events.ts';
import type { RowChange } from '../membership/membership-row.ts';
import type { Transition } from '../membership/transition.ts';
import { lastTransition, type RowDrift, type StoredRow } from '../reconciliation/compare-rows.ts';
import type { ReconciliationPorts } from '../reconciliation/reconcile-shard.ts';
import { mapConcurrently } from './batch.ts';
import { deleteItems } from './batch-writes.ts';
import { type BusPorts, publishEvents } from './bus.ts';
import { countKey, excludedKey, memberKey } from './membership-keys.ts';
import { actAttributes, rowPut } from './membership-projection.ts';
import type { TransitionStore } from './transition-store.ts';

/** What repairs write to. */
export interface RepairPorts {
  readonly dynamodb: DynamoDBClient;
  readonly membershipsTable: string;
  readonly projectRows: (changes: readonly RowChange[]) => Promise<void>;
  readonly transitions: Pick<TransitionStore, 'put' | 'knows'>;
  readonly bus: BusPorts;
  readonly partition: ReconciliationPorts['rows']['partition'];
}

/** A drift of which the projector has never heard: the row is behind, and so are the counters and the history. */
type Missed = RowDrift & Required<Pick<RowDrift, 'expected' | 'document'>> & { readonly transition: Transition };

/**
 * Repairs projections, each on condition that it is still as it was read. What the projector missed is projected from the
 * document: row, counters, history, and the event of the last transition. A row that was damaged is put right by itself:
 * whether its count is right as well is seen when rows are counted.
 */
export function createRowRepair(ports: RepairPorts): ReconciliationPorts['repair'] {
  const { dynamodb, membershipsTable: table } = ports;

  const rows: ReconciliationPorts['repair']['rows'] = async (drifts, { known }) => {
    const behind = drifts.flatMap((drift): Missed[] => {
      const segment = known.get(drift.segmentId);
      const transition = segment && isBehind(drift) ? lastTransition(drift, segment) : undefined;
      const { expected, document } = drift;
      return transition && expected && document ? [{ ...drift, expected, document, transition }] : [];
    });
    const knows = await ports.transitions.knows(behind.map(idOf));
    const missed = behind.filter((_, index) => !knows[index]);
    await ports.projectRows(missed.map(({ expected, transition }) => ({ row: expected, transitions: [transition] })));
    // Of a deleted lead no history is kept.
    await ports.transitions.put(missed.filter(({ document }) => !document.isDeleted).map(idOf));
    // Known to the history, an event was published or is parked; only where that is not sure is it published (again).
    const heard = missed.filter(({ transition }) => !transition.silent);
    await publishEvents(
      ports.bus,
      heard.map(({ document, transition }) => membershipEvent(document, transition)),
    );
    const done = new Set(missed.map(keyOf));
    const damaged = drifts.filter((drift) => !done.has(keyOf(drift)));
    const outcomes = await mapConcurrently(damaged, 8, (drift) => putRight(dynamodb, table, drift));
    return missed.length + outcomes.filter(Boolean).length;
  };

  const count: ReconciliationPorts['repair']['count'] = async ({ segmentId, version }, shard, members) => {
    const isDone = await unlessMoved(
      dynamodb.send(
        new UpdateItemCommand({
          TableName: table,
          Key: countKey(segmentId, shard),
          UpdateExpression: 'SET members = :members ADD #version :one',
          ConditionExpression: version === 0 ? 'attribute_not_exists(#version)' : '#version = :version',
          ExpressionAttributeNames: { '#version': 'version' },
          ExpressionAttributeValues: {
            ':members': { N: String(members) },
            ':one': { N: '1' },
            ...(version > 0 && { ':version': { N: String(version) } }),
          },
        }),
      ),
    );
    return isDone || undefined;
  };

  const exclusions: ReconciliationPorts['repair']['exclusions'] = async (segmentId, audit, documents) => {
    const listingOf = (row: StoredRow) => {
      const document = documents.get(row.leadId);
      const since = document && own(document.byHand ?? {}, segmentId)?.at;
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
      const items: TransactWriteItem[] = [write, unmoved(table, segmentId, leadId, row)];
      return unlessMoved(dynamodb.send(new TransactWriteItemsCommand({ TransactItems: items })));
    });
    return outcomes.filter(Boolean).length;
  };

  const deletedSegment: ReconciliationPorts['repair']['deletedSegment'] = async (segmentId, shard) => {
    for await (const page of ports.partition(segmentId, shard)) {
      const keys = page.map((row) => ('isListing' in row ? excludedKey : memberKey)(segmentId, row.leadId));
      await deleteItems(dynamodb, table, keys);
    }
    // Last: as long as there is a count, the segment is found again.
    await deleteItems(dynamodb, table, [countKey(segmentId, shard)]);
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

/** Puts a row, or removes it, without moving what counts it. */
function putRight(
  dynamodb: DynamoDBClient,
  table: string,
  { segmentId, leadId, row, expected }: RowDrift,
): Promise<boolean> {
  const version = row?.version ?? 0;
  if (expected) return unlessMoved(dynamodb.send(new PutItemCommand(rowPut(table, expected, { version }))));
  const asRead =
    version === 0
      ? { ConditionExpression: 'attribute_not_exists(#version)' }
      : {
          ConditionExpression: '#version = :version',
          ExpressionAttributeValues: { ':version': { N: String(version) } },
        };
  return unlessMoved(
    dynamodb.send(
      new DeleteItemCommand({
        TableName: table,
        Key: memberKey(segmentId, leadId),
        ExpressionAttributeNames: { '#version': 'version' },
        ...asRead,
      }),
    ),
  );
}

function listing({ segmentId, leadId, author, reason }: StoredRow, since: number) {
  const act = author === undefined ? undefined : { at: since, author, ...(reason !== undefined && { reason }) };
  return { ...excludedKey(segmentId, leadId), since: { N: String(since) }, ...actAttributes(act) };
}

/** Holds while a lead's row is as it was read. */
function unmoved(table: string, segmentId: string, leadId: string, row: StoredRow | undefined): TransactWriteItem {
  return {
    ConditionCheck: {
      TableName: table,
      Key: memberKey(segmentId, leadId),
      ExpressionAttributeNames: { '#version': 'version' },
      ...(row
        ? {
            ConditionExpression: '#version = :version',
            ExpressionAttributeValues: { ':version': { N: String(row.version) } },
          }
        : { ConditionExpression: 'attribute_not_exists(#version)' }),
    },
  };
}

/** Whether a conditional write was done; not, when what it was about has moved: the next pass looks again. */
async function unlessMoved(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException || error instanceof TransactionCanceledException) return false;
    throw error;
  }
}
