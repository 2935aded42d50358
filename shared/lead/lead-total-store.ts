import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { leadTotalKey } from '../aws/segments-keys.ts';
import { shardOf } from './shard.ts';

const prefix = 'shard';
const nameOf = (shard: string) => `${prefix}${shard}`;

/** How many leads there are, per shard, in the segments table. */
export type LeadTotalStore = ReturnType<typeof createLeadTotalStore>;

/**
 * The store of the total of all leads: workers add the leads they create, and every full pass sets it to what it counted,
 * so that a lost addition does not stay.
 */
export function createLeadTotalStore(documents: DynamoDBDocumentClient, table: string) {
  /** How many leads each shard has; left out: none. */
  const readByShard = async (): Promise<Map<string, number>> => {
    const answer = await documents.send(new GetCommand({ TableName: table, Key: leadTotalKey, ConsistentRead: true }));
    const { pk: _pk, sk: _sk, ...byName } = answer.Item ?? {};
    return new Map(Object.entries(byName).map(([name, count]) => [name.slice(prefix.length), Number(count)]));
  };

  const add = (byShard: ReadonlyMap<string, number>) => {
    const entries = [...byShard];
    return documents.send(
      new UpdateCommand({
        TableName: table,
        Key: leadTotalKey,
        UpdateExpression: `ADD ${entries.map((_, index) => `#s${index} :n${index}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(entries.map(([shard], index) => [`#s${index}`, nameOf(shard)])),
        ExpressionAttributeValues: Object.fromEntries(entries.map(([, count], index) => [`:n${index}`, count])),
      }),
    );
  };
  return {
    readByShard,
    /** All leads. */
    read: async (): Promise<number> => [...(await readByShard()).values()].reduce((sum, count) => sum + count, 0),
    /** Adds leads that were created, and takes off those that were deleted. */
    add: async (created: readonly string[], deleted: readonly string[]): Promise<void> => {
      const byShard = new Map<string, number>();
      const move = (leadId: string, by: number) =>
        byShard.set(shardOf(leadId), (byShard.get(shardOf(leadId)) ?? 0) + by);
      for (const leadId of created) move(leadId, 1);
      for (const leadId of deleted) move(leadId, -1);
      if (byShard.size > 0) await add(byShard);
    },
    /**
     * Corrects the total by what a full pass counted. `before`: the totals as they were read before the pass; a shard that
     * gained leads meanwhile is left alone, since the pass may have missed them.
     */
    correct: async (counted: ReadonlyMap<string, number>, before: ReadonlyMap<string, number>): Promise<void> => {
      const now = await readByShard();
      const corrections = [...counted].flatMap(([shard, count]) => {
        const known = now.get(shard) ?? 0;
        return known === (before.get(shard) ?? 0) && known !== count ? [[shard, count - known] as const] : [];
      });
      if (corrections.length > 0) await add(new Map(corrections));
    },
  };
}
