import type { Item } from '../aws/read-items.ts';
import type { TransactionPart } from '../aws/write-items.ts';
import { shardOf } from '../lead/shard.ts';
import type { MembershipRow } from './membership-row.ts';
import { countKey, dayKey, membersName, movesName } from './row-keys.ts';
import type { RowMoves } from './row-moves.ts';

/** What one counter moves by, by attribute. */
interface Counter {
  readonly key: Item;
  readonly moves: Readonly<Record<string, number>>;
  /** Epoch ms of the day it counts. */
  readonly day?: number;
}

/** The counters of a lane that a row moves. */
export function countersOf(
  { segmentId, leadId }: Pick<MembershipRow, 'segmentId' | 'leadId'>,
  { members, days }: RowMoves,
  lane: string,
): Counter[] {
  const ofDays = Object.entries(days).map(
    ([day, moves]): Counter => ({ key: dayKey(segmentId, lane, day), moves: { ...moves }, day: Date.parse(day) }),
  );
  if (members === 0) return ofDays;
  const shard = shardOf(leadId);
  // How often it moved tells the reconciler whether it did while rows were counted.
  const moves = { [membersName(shard)]: members, [movesName(shard)]: 1 };
  return [{ key: countKey(segmentId, lane), moves }, ...ofDays];
}

/** One for each counter, with the sum of its moves. */
export function sumOf(counters: readonly Counter[]): Counter[] {
  const sums = new Map<string, { counter: Counter; moves: Record<string, number> }>();
  for (const counter of counters) {
    const id = `${counter.key.pk?.S} ${counter.key.sk?.S}`;
    const sum = sums.get(id) ?? { counter, moves: {} };
    for (const [name, by] of Object.entries(counter.moves)) sum.moves[name] = (sum.moves[name] ?? 0) + by;
    sums.set(id, sum);
  }
  return [...sums.values()].map(({ counter, moves }) => ({ ...counter, moves }));
}

/** Moves a counter; a day's expires with the history. */
export function counterUpdate(table: string, { key, moves, day }: Counter, retentionDays: number): TransactionPart {
  const names = Object.keys(moves);
  const add = `ADD ${names.map((name) => `${name} :${name}`).join(', ')}`;
  const expiresAt = day === undefined ? undefined : String(day / 1000 + (retentionDays + 1) * 86_400);
  return {
    Update: {
      TableName: table,
      Key: key,
      UpdateExpression: expiresAt === undefined ? add : `${add} SET expiresAt = :expiresAt`,
      ExpressionAttributeValues: {
        ...Object.fromEntries(names.map((name) => [`:${name}`, { N: String(moves[name]) }])),
        ...(expiresAt !== undefined && { ':expiresAt': { N: expiresAt } }),
      },
    },
  };
}
