import { type DynamoDBClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type { Item } from '../aws/read-items.ts';
import type { ReadPacer } from '../aws/read-pacer.ts';
import { idInKey } from '../id/id-in-key.ts';
import type { MembershipSource } from '../lead/lead-document.ts';
import { createRowBatchStore } from '../projection/row-batch-store.ts';
import {
  countsPartition,
  lanes,
  leadOfRow,
  memberBounds,
  membersName,
  membersPartition,
  movesName,
} from '../projection/row-keys.ts';
import type { ListedExclusion } from './audit-partition.ts';
import type { StoredRow } from './compare-rows.ts';
import type { ReconciliationPorts, StoredCount } from './reconcile-shard.ts';

const rowsPerPage = 1_000;

type PartOfQuery = Pick<QueryCommandInput, 'KeyConditionExpression' | 'ExpressionAttributeValues'>;

const wholeQuery = { ConsistentRead: true, Limit: rowsPerPage, ReturnConsumedCapacity: 'TOTAL' } as const;

/** Reads rows and counts as they are stored, strongly consistent, to compare them. */
export function createStoredRowStore(
  dynamodb: DynamoDBClient,
  table: string,
  pace: ReadPacer,
): ReconciliationPorts['rows'] {
  /** `pacedAs`: what is paced together; a shard's rows are read as if those of all segments were one partition key. */
  async function* pages(query: PartOfQuery, pacedAs: string, isTimeUp?: () => boolean): AsyncGenerator<Item[]> {
    let from: Item | undefined;
    do {
      const next = new QueryCommand({ TableName: table, ...wholeQuery, ...query, ExclusiveStartKey: from });
      const answer = await pace(pacedAs, () => dynamodb.send(next), isTimeUp);
      yield answer.Items ?? [];
      from = answer.LastEvaluatedKey;
    } while (from);
  }

  const between: ReconciliationPorts['rows']['between'] = async (segmentId, shard, after, upTo, isTimeUp) => {
    const rows: StoredRow[] = [];
    const query = {
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: {
        ':pk': { S: membersPartition(segmentId, shard) },
        ':from': { S: after === undefined ? memberBounds.from : idInKey(after) },
        ':to': { S: upTo === undefined ? memberBounds.to : idInKey(upTo) },
      },
    };
    for await (const items of pages(query, shard, isTimeUp)) rows.push(...items.map((item) => rowOf(segmentId, item)));
    return rows.filter(({ leadId }) => leadId !== after);
  };

  async function* partition(
    segmentId: string,
    shard: string,
    isTimeUp?: () => boolean,
  ): AsyncGenerator<(StoredRow | ListedExclusion)[]> {
    const query = {
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: membersPartition(segmentId, shard) } },
    };
    for await (const items of pages(query, shard, isTimeUp)) yield items.map((item) => listedOrRow(segmentId, item));
  }

  const counts: ReconciliationPorts['rows']['counts'] = async (shard, after, upTo) => {
    const sums = new Map<string, StoredCount>();
    for (const lane of lanes) {
      const query = {
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: {
          ':pk': { S: countsPartition(lane) },
          ':from': { S: after || '$' },
          ':to': { S: upTo ?? '~' },
        },
      };
      for await (const items of pages(query, countsPartition(lane))) {
        for (const item of items) {
          const { [membersName(shard)]: members, [movesName(shard)]: moves } = item;
          // Other shards of the segment may have been counted here, but not this one.
          const segmentId = item.sk!.S!;
          if ((!members && !moves) || segmentId === after) continue;
          const sum = sums.get(segmentId) ?? { segmentId, members: 0, version: 0 };
          sums.set(segmentId, {
            segmentId,
            members: sum.members + Number(members?.N ?? 0),
            version: sum.version + Number(moves?.N ?? 0),
          });
        }
      }
    }
    return [...sums.values()];
  };

  return { between, partition, counts, notCountedYet: createRowBatchStore(dynamodb, table).notCountedYet };
}

function listedOrRow(segmentId: string, item: Item): StoredRow | ListedExclusion {
  const { leadId, isExcluded } = leadOfRow(item);
  return isExcluded ? { leadId, isListing: true } : rowOf(segmentId, item);
}

function rowOf(segmentId: string, item: Item): StoredRow {
  return {
    leadId: leadOfRow(item).leadId,
    segmentId,
    version: Number(item.version?.N ?? 0),
    sequence: Number(item.sequence?.N ?? 0),
    since: Number(item.since?.N ?? 0),
    source: item.source?.S as MembershipSource,
    isExcluded: item.excludedAt?.N !== undefined,
    ...(item.author?.S !== undefined && { author: item.author.S }),
    ...(item.reason?.S !== undefined && { reason: item.reason.S }),
    ...(item.batchId?.S !== undefined && { batchId: item.batchId.S }),
  };
}
