import {
  type DynamoDBClient,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { shardOf } from '../lead/shard.ts';
import { type MembershipRow, type RowChange, rowExpiresAt } from '../membership/membership-row.ts';
import { mapConcurrently, pauseWithJitter, UnprocessedError } from './batch.ts';
import { type Item, readItems } from './keyed-reads.ts';
import { countKey, dayKey, excludedKey, memberKey } from './membership-keys.ts';

const maximumTransactionItems = 100;
const maximumAttempts = 10;

/** What a row is before it is brought up to date. */
interface StoredRow {
  readonly version: number;
  readonly sequence: number;
  readonly isExcluded: boolean;
}

const noRow: StoredRow = { version: 0, sequence: 0, isExcluded: false };

/** Brings rows of memberships, their counts and the day counters up to date. */
export function createMembershipProjection(dynamodb: DynamoDBClient, table: string, retentionDays: number) {
  const writesOf = (change: RowChange, stored: StoredRow): TransactWriteItem[] => [
    { Put: rowPut(table, change.row, stored) },
    ...excludedWrites(table, change.row, stored),
  ];

  const writeTransaction = async (changes: readonly Projected[]): Promise<boolean> => {
    const items = changes.flatMap(({ change, stored }) => writesOf(change, stored));
    const counters = sumOf(changes.flatMap(countersOf));
    items.push(...counters.map((counter) => counterUpdate(table, counter, retentionDays)));
    try {
      await dynamodb.send(new TransactWriteItemsCommand({ TransactItems: items }));
      return true;
    } catch (error) {
      // Another delivery of the same writes was faster, or another transaction moved the same count.
      if (error instanceof TransactionCanceledException) return false;
      throw error;
    }
  };

  /**
   * Older or repeated changes do nothing: a row moves only forward in the document's version, in one transaction with
   * what it moves in the counters.
   */
  return async (changes: readonly RowChange[]): Promise<void> => {
    let pending = changes;
    for (let attempt = 0; pending.length > 0; attempt++) {
      if (attempt === maximumAttempts) throw new UnprocessedError('memberships', pending.length);
      if (attempt > 0) await pauseWithJitter(attempt);
      const stored = await readRows(dynamodb, table, pending);
      const newer = pending.flatMap((change): Projected[] => {
        const before = stored.get(rowId(change.row)) ?? noRow;
        return change.row.version > before.version ? [{ change, stored: before }] : [];
      });
      const outcomes = await mapConcurrently(packed(newer), 2, async (group) =>
        (await writeTransaction(group)) ? [] : group.map(({ change }) => change),
      );
      pending = outcomes.flat();
    }
  };
}

interface Projected {
  readonly change: RowChange;
  readonly stored: StoredRow;
}

/** What one counter moves by; of a day's: entered and exited. */
interface Counter {
  readonly key: Item;
  readonly moves: Readonly<Record<string, number>>;
  /** Epoch ms of the day it counts. */
  readonly day?: number;
}

const rowId = ({ segmentId, leadId }: MembershipRow) => `${segmentId} ${leadId}`;
const keyText = ({ pk, sk }: Item) => `${pk?.S} ${sk?.S}`;

async function readRows(
  dynamodb: DynamoDBClient,
  table: string,
  changes: readonly RowChange[],
): Promise<Map<string, StoredRow>> {
  const byKey = new Map(changes.map(({ row }) => [keyText(memberKey(row.segmentId, row.leadId)), rowId(row)]));
  const keys = changes.map(({ row }) => memberKey(row.segmentId, row.leadId));
  const items = await readItems(dynamodb, table, keys);
  return new Map(
    items.map((item) => [
      byKey.get(keyText(item)) ?? '',
      {
        version: Number(item.version?.N),
        sequence: Number(item.sequence?.N),
        isExcluded: item.isExcluded?.BOOL === true,
      },
    ]),
  );
}

/** Puts a row on condition that the stored one still has that version; 0: that there is none. */
export function rowPut(table: string, row: MembershipRow, stored: Pick<StoredRow, 'version'>) {
  const { segmentId, leadId, version, sequence, since, source, act, isExcluded } = row;
  const expiresAt = rowExpiresAt(row);
  return {
    TableName: table,
    Item: {
      ...memberKey(segmentId, leadId),
      version: { N: String(version) },
      sequence: { N: String(sequence) },
      since: { N: String(since) },
      source: { S: source },
      ...actAttributes(act),
      ...(isExcluded && { isExcluded: { BOOL: true } }),
      ...(expiresAt !== undefined && { expiresAt: { N: String(expiresAt) } }),
    },
    ExpressionAttributeNames: { '#version': 'version' },
    ...(stored.version === 0
      ? { ConditionExpression: 'attribute_not_exists(#version)' }
      : {
          ConditionExpression: '#version = :stored',
          ExpressionAttributeValues: { ':stored': { N: String(stored.version) } },
        }),
  };
}

/** Who did it by hand, as attributes. */
export function actAttributes(act: MembershipRow['act']): Item {
  return act ? { author: { S: act.author }, ...(act.reason !== undefined && { reason: { S: act.reason } }) } : {};
}

/** Who is kept out is listed by rows of its own. */
function excludedWrites(table: string, row: MembershipRow, stored: StoredRow): TransactWriteItem[] {
  if (row.isExcluded === stored.isExcluded) return [];
  const key = excludedKey(row.segmentId, row.leadId);
  if (!row.isExcluded) return [{ Delete: { TableName: table, Key: key } }];
  const since = { N: String(row.act?.at ?? row.since) };
  return [{ Put: { TableName: table, Item: { ...key, since, ...actAttributes(row.act) } } }];
}

/** The count moves by what the row does; the days by the transitions that the row has not seen yet. */
function countersOf({ change: { row, transitions }, stored }: Projected): Counter[] {
  const shard = shardOf(row.leadId);
  const members = (row.sequence % 2) - (stored.sequence % 2);
  const fresh = transitions.filter(({ sequence }) => sequence > stored.sequence);
  const days = fresh.map(({ sequence, occurredAt }): Counter => {
    const day = new Date(occurredAt).toISOString().slice(0, 10);
    const moves = sequence % 2 === 1 ? { entered: 1 } : { exited: 1 };
    return { key: dayKey(row.segmentId, shard, day), moves, day: Date.parse(day) };
  });
  // The version tells the reconciler whether a count moved while it counted rows.
  const count: Counter = { key: countKey(row.segmentId, shard), moves: { members, version: 1 } };
  return members === 0 ? days : [count, ...days];
}

function sumOf(counters: readonly Counter[]): Counter[] {
  const sums = new Map<string, Counter>();
  for (const counter of counters) {
    const id = keyText(counter.key);
    const moves: Record<string, number> = { ...sums.get(id)?.moves };
    for (const [name, by] of Object.entries(counter.moves)) moves[name] = (moves[name] ?? 0) + by;
    sums.set(id, { ...counter, moves });
  }
  return [...sums.values()];
}

function counterUpdate(table: string, { key, moves, day }: Counter, retentionDays: number): TransactWriteItem {
  const names = Object.keys(moves);
  const add = `ADD ${names.map((name) => `#${name} :${name}`).join(', ')}`;
  const expiresAt = day === undefined ? undefined : String(day / 1000 + (retentionDays + 1) * 86_400);
  return {
    Update: {
      TableName: table,
      Key: key,
      UpdateExpression: expiresAt === undefined ? add : `${add} SET expiresAt = :expiresAt`,
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: {
        ...Object.fromEntries(names.map((name) => [`:${name}`, { N: String(moves[name]) }])),
        ...(expiresAt !== undefined && { ':expiresAt': { N: expiresAt } }),
      },
    },
  };
}

/** As many changes as fit with their counters into one transaction, those of one segment and shard together. */
function packed(changes: readonly Projected[]): Projected[][] {
  const partitionOf = ({ change: { row } }: Projected) => keyText(countKey(row.segmentId, shardOf(row.leadId)));
  const sorted = [...changes].sort((a, b) => (partitionOf(a) < partitionOf(b) ? -1 : 1));
  const transactions: Projected[][] = [];
  let counters = new Set<string>();
  let used = maximumTransactionItems;
  for (const projected of sorted) {
    const own = countersOf(projected).map(({ key }) => keyText(key));
    const rows = 1 + excludedWrites('', projected.change.row, projected.stored).length;
    const needed = rows + own.filter((key) => !counters.has(key)).length;
    if (used + needed > maximumTransactionItems) {
      transactions.push([]);
      counters = new Set();
      used = 0;
    }
    used += rows + new Set(own.filter((key) => !counters.has(key))).size;
    for (const key of own) counters.add(key);
    transactions.at(-1)!.push(projected);
  }
  return transactions;
}
