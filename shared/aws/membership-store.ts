import {
  type DynamoDBClient,
  QueryCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { shardOf, shards } from '../lead/shard.ts';
import type { Transition } from '../membership/transition.ts';
import { mapConcurrently, pauseWithJitter, UnprocessedError } from './batch.ts';
import { type Item, readItems } from './keyed-reads.ts';

/** The newest transition of one lead in one segment. */
export interface LatestTransition {
  readonly leadId: string;
  readonly transition: Transition;
}

/** A member of a segment, as lists show it. */
export interface Member {
  readonly leadId: string;
  /** ISO date-time. */
  readonly since: string;
  readonly source: Transition['source'];
}

/** Where a list of members goes on: in which shard, after which lead. */
export interface MemberPosition {
  readonly shard: number;
  readonly after?: string;
}

const countKey = '#count';
/** An exit keeps its row that long (seconds), so that a late older message cannot bring the member back. */
const keptExitSeconds = 7 * 86_400;
const maximumTransactionItems = 100;
const maximumAttempts = 10;

const partitionOf = (segmentId: string, shard: string) => `${segmentId}#${shard}`;

/** Memberships by segment in DynamoDB: a projection of the lead documents, with a count per shard. */
export type MembershipStore = ReturnType<typeof createMembershipStore>;

/** The store of memberships in that table. */
export function createMembershipStore(dynamodb: DynamoDBClient, table: string) {
  /**
   * Brings rows and counts up to the given transitions. Older or repeated ones change nothing: each row moves only
   * forward in `sequence`, in one transaction with the count it moves.
   */
  const project = async (latest: readonly LatestTransition[]): Promise<void> => {
    let pending = latest;
    for (let attempt = 0; pending.length > 0; attempt++) {
      if (attempt === maximumAttempts) throw new UnprocessedError('memberships', pending.length);
      if (attempt > 0) await pauseWithJitter(attempt);
      const stored = await readSequences(pending);
      const newer = pending.filter((entry) => entry.transition.sequence > (stored.get(rowId(entry)) ?? 0));
      const outcomes = await mapConcurrently(packTransactions(newer), 2, async (entries) => {
        const isDone = await writeTransaction(entries, stored);
        return isDone ? [] : entries;
      });
      pending = outcomes.flat();
    }
  };

  const readSequences = async (entries: readonly LatestTransition[]): Promise<Map<string, number>> => {
    const items = await readItems(dynamodb, table, entries.map(rowKey));
    return new Map(items.map((item) => [`${item.pk?.S} ${item.sk?.S}`, Number(item.sequence?.N)]));
  };

  const writeTransaction = async (
    entries: readonly LatestTransition[],
    stored: ReadonlyMap<string, number>,
  ): Promise<boolean> => {
    const countMoves = new Map<string, number>();
    const items = entries.map((entry): TransactWriteItem => {
      const { pk } = rowKey(entry);
      const sequence = stored.get(rowId(entry)) ?? 0;
      const move = (entry.transition.sequence % 2) - (sequence % 2);
      countMoves.set(pk!.S!, (countMoves.get(pk!.S!) ?? 0) + move);
      return { Put: rowPut(table, entry, sequence) };
    });
    for (const [pk, move] of countMoves) if (move !== 0) items.push({ Update: countUpdate(table, pk, move) });
    try {
      await dynamodb.send(new TransactWriteItemsCommand({ TransactItems: items }));
      return true;
    } catch (error) {
      if (error instanceof TransactionCanceledException) return false;
      throw error;
    }
  };

  /** How many members each segment has: the sum of its shards' counts. */
  const counts = async (segmentIds: readonly string[]): Promise<Map<string, number>> => {
    const keys = segmentIds.flatMap((segmentId) =>
      shards.map((shard): Item => ({ pk: { S: partitionOf(segmentId, shard) }, sk: { S: countKey } })),
    );
    const totals = new Map(segmentIds.map((segmentId) => [segmentId, 0]));
    for (const item of await readItems(dynamodb, table, keys)) {
      const segmentId = item.pk!.S!.split('#')[0]!;
      totals.set(segmentId, (totals.get(segmentId) ?? 0) + Number(item.members?.N ?? 0));
    }
    return totals;
  };

  /** A page of members, shard by shard and sorted by lead within each. */
  const members = async (segmentId: string, from: MemberPosition, limit: number) => {
    const found: Member[] = [];
    let { shard, after } = from;
    while (shard < shards.length && found.length < limit) {
      const pk = partitionOf(segmentId, shards[shard]!);
      const answer = await dynamodb.send(
        new QueryCommand({
          TableName: table,
          // Count and day rows start with "#", which sorts before every lead id.
          KeyConditionExpression: 'pk = :pk AND sk > :after',
          ExpressionAttributeValues: { ':pk': { S: pk }, ':after': { S: after ?? '#~' } },
          Limit: limit - found.length + 20,
        }),
      );
      const rows = answer.Items ?? [];
      for (const item of rows) {
        if (found.length === limit) break;
        after = item.sk!.S!;
        if (Number(item.sequence?.N) % 2 === 1) found.push(memberOf(item));
      }
      const readAll = answer.LastEvaluatedKey === undefined && after === (rows.at(-1)?.sk?.S ?? after);
      if (readAll) {
        shard++;
        after = undefined;
      }
    }
    const next: MemberPosition | undefined =
      shard < shards.length ? { shard, ...(after !== undefined && { after }) } : undefined;
    return { members: found, next };
  };

  return { project, counts, members };
}

const rowKey = ({ leadId, transition }: LatestTransition): Item => ({
  pk: { S: partitionOf(transition.segmentId, shardOf(leadId)) },
  sk: { S: leadId },
});

const rowId = (entry: LatestTransition) => `${rowKey(entry).pk!.S} ${entry.leadId}`;

function rowPut(table: string, entry: LatestTransition, storedSequence: number) {
  const { sequence, since, source, occurredAt } = entry.transition;
  const isOut = sequence % 2 === 0;
  const item: Item = {
    ...rowKey(entry),
    sequence: { N: String(sequence) },
    since: { N: String(since) },
    source: { S: source },
    ...(isOut && { expiresAt: { N: String(Math.ceil(occurredAt / 1000) + keptExitSeconds) } }),
  };
  return {
    TableName: table,
    Item: item,
    ExpressionAttributeNames: { '#sequence': 'sequence' },
    ...(storedSequence === 0
      ? { ConditionExpression: 'attribute_not_exists(#sequence)' }
      : {
          ConditionExpression: '#sequence = :stored',
          ExpressionAttributeValues: { ':stored': { N: String(storedSequence) } },
        }),
  };
}

function countUpdate(table: string, pk: string, move: number) {
  return {
    TableName: table,
    Key: { pk: { S: pk }, sk: { S: countKey } },
    UpdateExpression: 'ADD #members :move',
    ExpressionAttributeNames: { '#members': 'members' },
    ExpressionAttributeValues: { ':move': { N: String(move) } },
  };
}

/** As many rows as fit with their counts into one transaction, rows of one count together. */
function packTransactions(entries: readonly LatestTransition[]): LatestTransition[][] {
  const sorted = [...entries].sort((a, b) => (rowId(a) < rowId(b) ? -1 : 1));
  const transactions: LatestTransition[][] = [];
  let used = maximumTransactionItems;
  let lastPartition: string | undefined;
  for (const entry of sorted) {
    const partition = rowKey(entry).pk!.S!;
    const needed = partition === lastPartition ? 1 : 2;
    if (used + needed > maximumTransactionItems) {
      transactions.push([]);
      used = 2;
    } else used += needed;
    transactions.at(-1)!.push(entry);
    lastPartition = partition;
  }
  return transactions;
}

function memberOf(item: Item): Member {
  return {
    leadId: item.sk!.S!,
    since: new Date(Number(item.since?.N)).toISOString(),
    source: item.source?.S as Member['source'],
  };
}
