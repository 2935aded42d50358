import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { keptOutKey } from '../aws/segments-keys.ts';

/** The store of how many messages of leads that are kept out were refused: nothing else is kept of them. */
export function createKeptOutStore(documents: DynamoDBDocumentClient, table: string) {
  return {
    /** Adds messages; one that is delivered again counts again. */
    add: async (messages: number): Promise<void> => {
      const update = new UpdateCommand({
        TableName: table,
        Key: keptOutKey,
        UpdateExpression: 'ADD refused :messages',
        ExpressionAttributeValues: { ':messages': messages },
      });
      await documents.send(update);
    },

    /** All since the first. */
    read: async (): Promise<number> => {
      const { Item } = await documents.send(new GetCommand({ TableName: table, Key: keptOutKey }));
      return Number(Item?.refused ?? 0);
    },
  };
}
