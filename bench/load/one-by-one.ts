import { ConditionalCheckFailedException, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { LeadStores } from '../../functions/lead-stores.ts';
import { mapConcurrently } from '../../shared/batch/batch.ts';
import { decodeLead, encodeLead, leadIdOf, leadKey } from '../../shared/lead/lead-item.ts';
import type { LeadPorts } from '../../shared/membership/evaluate-leads.ts';

/** Calls at once, as the batched store has. */
const concurrency = 4;

/** The store of leads as it is mostly written: a GetItem and a conditional UpdateItem for each lead. */
export function oneByOneStore({ clients: { dynamodb }, leads }: LeadStores): LeadStores['leads'] {
  const read: LeadPorts['leads']['read'] = async (leadIds) => {
    const items = await mapConcurrently(leadIds, concurrency, async (leadId) => {
      const get = new GetItemCommand({ TableName: 'LEADS_TABLE', Key: leadKey(leadId), ConsistentRead: true });
      return (await dynamodb.send(get)).Item;
    });
    return new Map(items.flatMap((item) => (item ? [[leadIdOf(item), decodeLead(item)] as const] : [])));
  };
  const write: LeadStores['leads']['write'] = (writes) =>
    mapConcurrently(writes, concurrency, async ({ before, after, outbox }) => {
      const entries = Object.entries(encodeLead(after, outbox));
      const update = new UpdateItemCommand({
        TableName: 'LEADS_TABLE',
        Key: leadKey(after.leadId),
        UpdateExpression: `SET ${entries.map((_, index) => `#n${index} = :v${index}`).join(', ')}`,
        ConditionExpression: '#version = :before',
        ExpressionAttributeNames: {
          ...Object.fromEntries(entries.map(([name], index) => [`#n${index}`, name])),
          '#version': 'version',
        },
        ExpressionAttributeValues: {
          ...Object.fromEntries(entries.map(([, value], index) => [`:v${index}`, value])),
          ':before': { N: String(before.version) },
        },
      });
      try {
        await dynamodb.send(update);
        return 'written';
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return 'conflict';
        throw error;
      }
    });
  return { ...leads, read, write };
}
