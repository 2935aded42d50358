import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb';
import { importMappingsPartition, savedMappingKey } from '../aws/segments-keys.ts';
import type { ImportMapping } from './mapping.ts';

/** A mapping under a name. */
export interface SavedMapping {
  readonly name: string;
  readonly mapping: ImportMapping;
  readonly author: string;
  /** ISO date-time. */
  readonly savedAt: string;
}

/** Mappings by name, in the segments table. */
export function createSavedMappingStore(documents: DynamoDBDocumentClient, table: string) {
  return {
    get: async (name: string): Promise<SavedMapping | undefined> => {
      const { Item } = await documents.send(
        new GetCommand({ TableName: table, Key: savedMappingKey(name), ConsistentRead: true }),
      );
      return Item && savedMappingOf(Item);
    },
    put: async (saved: SavedMapping): Promise<void> => {
      await documents.send(new PutCommand({ TableName: table, Item: { ...savedMappingKey(saved.name), ...saved } }));
    },
    /** Whether there was one. */
    remove: async (name: string): Promise<boolean> => {
      const { Attributes } = await documents.send(
        new DeleteCommand({ TableName: table, Key: savedMappingKey(name), ReturnValues: 'ALL_OLD' }),
      );
      return Attributes !== undefined;
    },
    /** A page of them by name; `next`: the name after which the next begins. */
    page: async (
      limit: number,
      after: string | undefined,
    ): Promise<{ readonly mappings: readonly SavedMapping[]; readonly next?: string }> => {
      const { Items = [], LastEvaluatedKey } = await documents.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': importMappingsPartition },
          ConsistentRead: true,
          Limit: limit,
          ...(after !== undefined && { ExclusiveStartKey: savedMappingKey(after) }),
        }),
      );
      const mappings = Items.map(savedMappingOf);
      const last = mappings.at(-1);
      return { mappings, ...(LastEvaluatedKey && last && { next: last.name }) };
    },
  };
}

function savedMappingOf({ pk: _pk, sk: _sk, ...saved }: Record<string, unknown>): SavedMapping {
  return saved as unknown as SavedMapping;
}
