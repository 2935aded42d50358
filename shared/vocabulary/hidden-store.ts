import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { doneIfMet } from '../aws/conditional.ts';
import { hiddenNamesKey } from '../aws/segments-keys.ts';
import type { HiddenNames } from './hidden.ts';

/** The store of the names that are not offered, in the segments table. */
export function createHiddenNameStore(documents: DynamoDBDocumentClient, table: string) {
  return {
    /** Strongly consistent. */
    read: async (): Promise<HiddenNames> => {
      const get = new GetCommand({ TableName: table, Key: hiddenNamesKey, ConsistentRead: true });
      const { Item = {} } = await documents.send(get);
      return { names: Item.names ?? [], revision: Item.revision ?? 0 };
    },

    /** Stores the revision that follows another one; answers false when somebody else did before. */
    follow: (revision: number, names: readonly string[]): Promise<boolean> => {
      const put = new PutCommand({
        TableName: table,
        Item: { ...hiddenNamesKey, names, revision: revision + 1 },
        ConditionExpression: revision === 0 ? 'attribute_not_exists(pk)' : 'revision = :revision',
        ...(revision > 0 && { ExpressionAttributeValues: { ':revision': revision } }),
      });
      return doneIfMet(documents.send(put));
    },
  };
}
