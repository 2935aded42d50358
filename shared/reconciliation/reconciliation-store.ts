import { type DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { doneIfMet } from '../aws/conditional.ts';
import { reconciliationKey, reconciliationPartition } from '../aws/segments-keys.ts';
import type { ReconciliationPorts } from './reconcile-shard.ts';
import type { ShardPass } from './shard-pass.ts';

/** How far the reconciler is with each shard, and what it found there, in the segments table. */
export function createReconciliationStore(documents: DynamoDBDocumentClient, table: string) {
  const put = (pass: ShardPass, condition: string, values: Record<string, unknown>): Promise<boolean> => {
    const names = [...new Set(condition.match(/#\w+/g) ?? [])].map((name) => [name, name.slice(1)]);
    return doneIfMet(
      documents.send(
        new PutCommand({
          TableName: table,
          Item: { ...reconciliationKey(pass.shard), ...pass },
          ConditionExpression: condition,
          ExpressionAttributeNames: Object.fromEntries(names),
          ExpressionAttributeValues: values,
        }),
      ),
    );
  };

  const passes: ReconciliationPorts['passes'] = {
    read: async (shard) => {
      const answer = await documents.send(
        new GetCommand({ TableName: table, Key: reconciliationKey(shard), ConsistentRead: true }),
      );
      return answer.Item && passOf(answer.Item);
    },
    advance: ({ passId, step, after }, next) =>
      put(
        next,
        `#passId = :passId AND #step = :step AND ${after === undefined ? 'attribute_not_exists(#after)' : '#after = :after'}`,
        { ':passId': passId, ':step': step, ...(after !== undefined && { ':after': after }) },
      ),
  };

  return {
    passes,
    /** The last pass over each shard, strongly consistent. */
    all: async (): Promise<ShardPass[]> => {
      const answer = await documents.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': reconciliationPartition },
          ConsistentRead: true,
          Limit: 100,
        }),
      );
      return (answer.Items ?? []).map(passOf);
    },
    /** Stores a pass whose message is about to be sent; not over a newer one. Says whether it did. */
    begin: (pass: ShardPass): Promise<boolean> =>
      put(pass, 'attribute_not_exists(#passId) OR #passId <= :passId', { ':passId': pass.passId }),
  };
}

function passOf(item: Record<string, unknown>): ShardPass {
  const { pk: _pk, sk: _sk, ...pass } = item;
  return pass as unknown as ShardPass;
}
