import {
  type BatchStatementRequest,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { doneIfMet } from '../aws/conditional.ts';
import { type Item, readItems } from '../aws/read-items.ts';
import { createReadPacer, type ReadPacer } from '../aws/read-pacer.ts';
import { runStatements } from '../aws/statements.ts';
import { idInKey } from '../id/id-in-key.ts';
import type { KeyedHash } from '../privacy/keyed-hash.ts';
import type { LeadDocument } from './lead-document.ts';
import {
  changedAttributes,
  decodeLead,
  encodeLead,
  leadHash,
  leadIdOf,
  leadKey,
  tombstoneKey,
  tooLargeBytes,
} from './lead-item.ts';
import type { ShardReader } from './lead-reads.ts';
import { createLeadScanStore } from './lead-scan-store.ts';
import type { LeadWrite, WriteResult } from './lead-write.ts';

/** Lead documents in DynamoDB. */
export type LeadStore = ReturnType<typeof createLeadStore>;

/**
 * How long (ms) a deleted lead's tombstone keeps its id: as long as SQS can delay a message, and three times as long as any
 * function may run. Who read before the lead was there has written by then, or never will.
 */
export const forgottenAfterMs = 900_000;

/** Documents of tombstones whose id is forgotten: nothing is stored under their id. */
const forgotten = new WeakSet<LeadDocument>();

/**
 * The store of lead documents in that table. A document that is not there under its id may be a tombstone under its hash:
 * tombstones move there, not before `forgottenAfterMs`, and nothing else ever takes a document away. So whoever finds
 * neither, or a tombstone under its hash, may insert: the insertion fails if the lead was there meanwhile.
 */
export function createLeadStore(
  dynamodb: DynamoDBClient,
  table: string,
  hash: KeyedHash,
  pace: ReadPacer = createReadPacer(),
) {
  const read = async (leadIds: readonly string[]): Promise<ReadonlyMap<string, LeadDocument>> => {
    const items = await readItems(dynamodb, table, leadIds.map(leadKey));
    const documents = new Map(items.map(decodeLead).map((document) => [document.leadId, document]));
    // Not at once with the others: a tombstone may be on its way, from there to here.
    for (const document of await readForgotten(leadIds.filter((leadId) => !documents.has(leadId)))) {
      documents.set(document.leadId, document);
    }
    return documents;
  };

  const readForgotten = async (leadIds: readonly string[]): Promise<LeadDocument[]> => {
    if (leadIds.length === 0) return [];
    const idOf = new Map(leadIds.map((leadId) => [leadHash(leadId, hash), leadId]));
    const items = await readItems(dynamodb, table, [...idOf.keys()].map(tombstoneKey));
    return items.map((item) => {
      const document = decodeLead({ ...item, ...leadKey(idOf.get(item.leadId?.S ?? '')!) });
      forgotten.add(document);
      return document;
    });
  };

  /** Has a deleted lead's tombstone keep no more of its id than a hash; does nothing once it is another document. */
  const forgetId = async (tombstone: LeadDocument): Promise<void> => {
    if (!tombstone.isDeleted || forgotten.has(tombstone)) return;
    const version = { ':version': { N: String(tombstone.version) } };
    await doneIfMet(
      dynamodb.send(
        new PutItemCommand({
          TableName: table,
          Item: { ...tombstoneKey(leadHash(tombstone.leadId, hash)), ...encodeLead(tombstone, { transitions: [] }) },
          ConditionExpression: 'attribute_not_exists(#version) OR #version < :version',
          ExpressionAttributeNames: { '#version': 'version' },
          ExpressionAttributeValues: version,
        }),
      ),
    );
    await doneIfMet(
      dynamodb.send(
        new DeleteItemCommand({
          TableName: table,
          Key: leadKey(tombstone.leadId),
          ConditionExpression: '#version = :version',
          ExpressionAttributeNames: { '#version': 'version' },
          ExpressionAttributeValues: version,
        }),
      ),
    );
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
  const page: ShardReader = async (shard, after, limit, isTimeUp) => {
    const query = new QueryCommand({
      TableName: table,
      KeyConditionExpression: '#shard = :shard',
      ExpressionAttributeNames: { '#shard': 'shard' },
      ExpressionAttributeValues: { ':shard': { S: shard } },
      ConsistentRead: true,
      Limit: limit,
      ReturnConsumedCapacity: 'TOTAL',
      ...(after !== undefined && { ExclusiveStartKey: { shard: { S: shard }, leadId: { S: idInKey(after) } } }),
    });
    const answer = await pace(shard, () => dynamodb.send(query), isTimeUp);
    const next = answer.LastEvaluatedKey && leadIdOf(answer.LastEvaluatedKey);
    const leads = (answer.Items ?? []).map(decodeLead).filter(({ isDeleted }) => !isDeleted);
    return { leads, ...(next !== undefined && { next }) };
  };

  return {
    read,
    write,
    page,
    forgetId,
    scan: createLeadScanStore(dynamodb, table, pace),
  };
}

/** A statement that stores a document only if nobody else wrote it since it was read. */
function conditionalWrite(table: string, { before, after }: LeadWrite, item: Item): BatchStatementRequest {
  const key = leadKey(after.leadId);
  if (before.version === 0 || forgotten.has(before)) {
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
