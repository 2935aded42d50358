import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { CatalogContext, CatalogSave } from '../catalog/catalog.ts';
import { CatalogMovedError, catalogKey, moveCatalog } from '../catalog/catalog-log.ts';
import type { LevelKind } from '../rule/levels.ts';
import type { LevelOrder } from '../rule/operator.ts';
import { defaultLevels, isLevelKind } from './levels.ts';

// An item for each kind: fifty of the longest names of all three would not fit into one.
const prefix = 'levels#';

/** All levels as they were last set, each kind with the save that set it; strongly consistent. */
export async function readLevels(
  documents: DynamoDBDocumentClient,
  table: string,
): Promise<Pick<CatalogContext, 'levels' | 'levelSaves'>> {
  const answer = await documents.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': catalogKey.pk, ':prefix': prefix },
      ConsistentRead: true,
      Limit: Object.keys(defaultLevels).length,
    }),
  );
  const set = (answer.Items ?? []).flatMap(({ sk, names, savedInCatalog, savedAt }) => {
    const kind = String(sk).slice(prefix.length);
    return isLevelKind(kind) ? [{ kind, names: names as string[], save: { savedInCatalog, savedAt } }] : [];
  });
  return {
    levels: { ...defaultLevels, ...Object.fromEntries(set.map(({ kind, names }) => [kind, names])) },
    levelSaves: Object.fromEntries(set.map(({ kind, save }) => [kind, save])),
  };
}

/** Stores the levels of a kind and moves the catalog, or neither. Throws `CatalogMovedError` when somebody else saved. */
export async function storeLevels(
  documents: DynamoDBDocumentClient,
  table: string,
  kind: LevelKind,
  names: LevelOrder,
  { savedInCatalog, savedAt }: CatalogSave,
): Promise<void> {
  const Item = { pk: catalogKey.pk, sk: `${prefix}${kind}`, names, savedInCatalog, savedAt };
  const move = moveCatalog(table, savedInCatalog - 1, { levels: kind }, Date.parse(savedAt));
  try {
    await documents.send(new TransactWriteCommand({ TransactItems: [...move, { Put: { TableName: table, Item } }] }));
  } catch (error) {
    if (error instanceof TransactionCanceledException) throw new CatalogMovedError();
    throw error;
  }
}
