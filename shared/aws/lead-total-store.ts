import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { shardOf } from '../lead/shard.ts';

const key = { pk: 'leads', sk: 'total' };
const nameOf = (shard: string) => `shard${shard}`;

/** How many leads there are, per shard, in the segments table. */
export type LeadTotalStore = ReturnType<typeof createLeadTotalStore>;

/**
 * The store of the total of all leads: workers add the leads they create, and every full pass sets it to what it counted,
 * so that a lost addition does not stay.
 */
export function createLeadTotalStore(documents: DynamoDBDocumentClient, table: string) {
  const update = (action: 'ADD' | 'SET', byShard: ReadonlyMap<string, number>) => {
    const entries = [...byShard];
    const between = action === 'ADD' ? ' ' : ' = ';
    return documents.send(
      new UpdateCommand({
        TableName: table,
        Key: key,
        UpdateExpression: `${action} ${entries.map((_, index) => `#s${index}${between}:n${index}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(entries.map(([shard], index) => [`#s${index}`, nameOf(shard)])),
        ExpressionAttributeValues: Object.fromEntries(entries.map(([, count], index) => [`:n${index}`, count])),
      }),
    );
  };
  return {
    /** All leads. */
    read: async (): Promise<number> => {
      const answer = await documents.send(new GetCommand({ TableName: table, Key: key }));
      const { pk: _pk, sk: _sk, ...byShard } = answer.Item ?? {};
      return Object.values(byShard).reduce((sum: number, count) => sum + Number(count), 0);
    },
    /** Adds leads that were created. */
    addCreated: async (leadIds: readonly string[]): Promise<void> => {
      if (leadIds.length === 0) return;
      const byShard = new Map<string, number>();
      for (const leadId of leadIds) byShard.set(shardOf(leadId), (byShard.get(shardOf(leadId)) ?? 0) + 1);
      await update('ADD', byShard);
    },
    /** Sets what a full pass counted. */
    setCounted: async (byShard: ReadonlyMap<string, number>): Promise<void> => {
      await update('SET', byShard);
    },
  };
}
