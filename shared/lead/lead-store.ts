import { type BatchStatementRequest, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { type Item, readItems } from '../aws/read-items.ts';
import { createReadPacer, type ReadPacer } from '../aws/read-pacer.ts';
import { runStatements } from '../aws/statements.ts';
import type { LeadDocument } from './lead-document.ts';
import { changedAttributes, decodeLead, encodeLead, leadKey, tooLargeBytes } from './lead-item.ts';
import type { LeadPage } from './lead-reads.ts';
import { createLeadScanStore } from './lead-scan-store.ts';
import type { LeadWrite, WriteResult } from './lead-write.ts';

/** Lead documents in DynamoDB. */
export type LeadStore = ReturnType<typeof createLeadStore>;

/** The store of lead documents in that table. */
export function createLeadStore(dynamodb: DynamoDBClient, table: string, pace: ReadPacer = createReadPacer()) {
  const read = async (leadIds: readonly string[]): Promise<ReadonlyMap<string, LeadDocument>> => {
    const items = await readItems(dynamodb, table, leadIds.map(leadKey));
    return new Map(items.map((item) => [item.leadId!.S!, decodeLead(item)]));
  };

  const write = async (writes: readonly LeadWrite[]): Promise<WriteResult[]> => {
    const encoded = writes.map(({ before, after, outbox }) => encodeLead(after, outbox, before));
    const tooLarge = writes.map((entry, index) => tooLargeBytes(entry, encoded[index]!));
    const statements = writes.flatMap((entry, index) =>
      tooLarge[index] !== undefined ? [] : [conditionalWrite(table, entry, encoded[index]!)],
    );
    const results = await runStatements(dynamodb, statements);
    let next = 0;
    return tooLarge.map((bytes): WriteResult => {
      if (bytes !== undefined) return { tooLargeBytes: bytes };
      const result = results[next++];
      if (typeof result === 'object') return result;
      return result === 'done' ? 'written' : 'conflict';
    });
  };

  /** One page of a shard, strongly consistent. `limit`: leads; DynamoDB ends a page at 1 MB all the same. */
  const page = async (shard: string, after: string | undefined, limit: number): Promise<LeadPage> => {
    const query = new QueryCommand({
      TableName: table,
      KeyConditionExpression: '#shard = :shard',
      ExpressionAttributeNames: { '#shard': 'shard' },
      ExpressionAttributeValues: { ':shard': { S: shard } },
      ConsistentRead: true,
      Limit: limit,
      ReturnConsumedCapacity: 'TOTAL',
      ...(after !== undefined && { ExclusiveStartKey: { shard: { S: shard }, leadId: { S: after } } }),
    });
    const answer = await pace(`leads ${shard}`, () => dynamodb.send(query));
    const next = answer.LastEvaluatedKey?.leadId?.S;
    const leads = (answer.Items ?? []).map(decodeLead).filter(({ isDeleted }) => !isDeleted);
    return { leads, ...(next !== undefined && { next }) };
  };

  /** Ids of a shard's leads that fall due up to a moment (epoch ms), the earliest first; from an index that may lag. */
  const due = async (shard: string, until: number, limit: number): Promise<{ leadId: string; dueAt: number }[]> => {
    const answer = await dynamodb.send(
      new QueryCommand({
        TableName: table,
        IndexName: 'due',
        KeyConditionExpression: '#shard = :shard AND dueAt <= :until',
        ExpressionAttributeNames: { '#shard': 'shard' },
        ExpressionAttributeValues: { ':shard': { S: shard }, ':until': { N: String(until) } },
        Limit: limit,
      }),
    );
    return (answer.Items ?? []).map((item) => ({ leadId: item.leadId!.S!, dueAt: Number(item.dueAt?.N) }));
  };

  return { read, write, page, due, scan: createLeadScanStore(dynamodb, table, pace) };
}

/** A statement that stores a document only if nobody else wrote it since it was read. */
function conditionalWrite(table: string, { before, after }: LeadWrite, item: Item): BatchStatementRequest {
  const key = leadKey(after.leadId);
  if (before.version === 0) {
    const whole = { ...key, ...item };
    const fields = Object.keys(whole).map((name) => `'${name}': ?`);
    return { Statement: `INSERT INTO "${table}" VALUE {${fields.join(', ')}}`, Parameters: Object.values(whole) };
  }
  // Quoted, because names such as "shard" are reserved words; not in REMOVE, where the stand-in takes only bare names.
  const changed = changedAttributes(item, before);
  const set = Object.keys(changed).map((name) => `"${name}" = ?`);
  const remove = item.dueAt || before.dueAt === undefined ? '' : ' REMOVE dueAt';
  return {
    Statement: `UPDATE "${table}" SET ${set.join(', ')}${remove} WHERE "shard" = ? AND "leadId" = ? AND "version" = ?`,
    Parameters: [...Object.values(changed), key.shard!, key.leadId!, { N: String(before.version) }],
  };
}
