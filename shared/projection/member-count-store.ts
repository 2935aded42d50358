import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { type Item, readItems } from '../aws/read-items.ts';
import { mapConcurrently } from '../batch/batch.ts';
import { shards } from '../lead/shard.ts';
import { countKey, countsPartition, lanes, membersName } from './row-keys.ts';

/** Up to so many segments are read key by key, in one call; scattered ones up to so many more, in some. */
const fewSegments = 3;
const fewScatteredSegments = 100;

/**
 * How many members segments have, by their ids, sorted: the sum over lanes and shards; 0 where nothing was counted.
 * `scattered`: many others lie between them.
 */
export type MemberCounts = (
  segmentIds: readonly string[],
  options?: { readonly scattered?: boolean },
) => Promise<ReadonlyMap<string, number>>;

/**
 * Counts from the table of memberships, strongly consistent. A count costs the same however many members there are, and
 * a page of segments one query a lane however many segments: what it reads is all counts from the first id to the last.
 */
export function createMemberCountStore(dynamodb: DynamoDBClient, table: string): MemberCounts {
  const few = (segmentIds: readonly string[]): Promise<Item[]> => {
    const keys = segmentIds.flatMap((segmentId) => lanes.map((lane) => countKey(segmentId, lane)));
    return readItems(dynamodb, table, keys);
  };

  const range = async (first: string, last: string): Promise<Item[]> => {
    const counts = await mapConcurrently(lanes, lanes.length, async (lane) => {
      const items: Item[] = [];
      const query = {
        TableName: table,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
        ExpressionAttributeValues: {
          ':pk': { S: countsPartition(lane) },
          ':first': { S: first },
          ':last': { S: last },
        },
        ConsistentRead: true,
        Limit: 5_000,
      };
      for await (const { Items = [] } of paginateQuery({ client: dynamodb }, query)) items.push(...Items);
      return items;
    });
    return counts.flat();
  };

  return async (segmentIds, { scattered = false } = {}) => {
    const totals = new Map(segmentIds.map((segmentId) => [segmentId, 0]));
    const [first, last] = [segmentIds.at(0), segmentIds.at(-1)];
    if (first === undefined || last === undefined) return totals;
    const isFew = segmentIds.length <= (scattered ? fewScatteredSegments : fewSegments);
    for (const item of await (isFew ? few(segmentIds) : range(first, last))) {
      const segmentId = item.sk?.S ?? '';
      const total = totals.get(segmentId);
      if (total !== undefined) totals.set(segmentId, total + membersOf(item));
    }
    return totals;
  };
}

/** The members that one lane has counted, of all shards. */
function membersOf(item: Item): number {
  return shards.reduce((sum, shard) => sum + Number(item[membersName(shard)]?.N ?? 0), 0);
}
