import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { doneIfMet } from '../aws/conditional.ts';
import type { SegmentsKey } from '../aws/segments-keys.ts';

/** A setting as it is stored, and how often it was changed: 0, and no value, before the first time. */
export interface Setting<Value> {
  readonly value?: Value;
  readonly revision: number;
}

/** The store of one setting, in the segments table, under that key. */
export interface SettingStore<Value> {
  /** Strongly consistent. */
  readonly read: () => Promise<Setting<Value>>;
  /** Stores the revision that follows another one; answers false when somebody else did before. */
  readonly follow: (revision: number, value: Value) => Promise<boolean>;
}

/** `attribute`: what the value is called in the item. */
export function createSettingStore<Value>(
  documents: DynamoDBDocumentClient,
  table: string,
  key: SegmentsKey,
  attribute: string,
): SettingStore<Value> {
  return {
    read: async () => {
      const { Item } = await documents.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }));
      return Item ? { value: Item[attribute], revision: Item.revision } : { revision: 0 };
    },

    follow: (revision, value) => {
      const put = new PutCommand({
        TableName: table,
        Item: { ...key, [attribute]: value, revision: revision + 1 },
        ConditionExpression: revision === 0 ? 'attribute_not_exists(pk)' : 'revision = :revision',
        ...(revision > 0 && { ExpressionAttributeValues: { ':revision': revision } }),
      });
      return doneIfMet(documents.send(put));
    },
  };
}
