import { type DynamoDBDocumentClient, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { transacted } from '../aws/conditional.ts';
import { catalogKey, levelsKey, levelsPrefix } from '../aws/segments-keys.ts';
import type { CatalogContext, CatalogSave } from '../catalog/catalog.ts';
import { CatalogMovedError, moveCatalog } from '../catalog/catalog-log.ts';
import { refuseNewerFormat } from '../problem/readable-format.ts';
import type { LevelKind } from '../rule/levels.ts';
import type { LevelOrder } from '../rule/operator.ts';
import { defaultLevels, isLevelKind } from './levels.ts';

/** All levels as they were last set, each kind with the save that set it; strongly consistent. */
export async function readLevels(
  documents: DynamoDBDocumentClient,
  table: string,
): Promise<Pick<CatalogContext, 'levels' | 'levelSaves'>> {
  const answer = await documents.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': catalogKey.pk, ':prefix': levelsPrefix },
      ConsistentRead: true,
      Limit: Object.keys(defaultLevels).length,
    }),
  );
  const set = (answer.Items ?? []).flatMap(({ sk, formatVersion, names, savedInCatalog, savedAt }) => {
    const kind = String(sk).slice(levelsPrefix.length);
    refuseNewerFormat('levels', `The levels ${kind}`, formatVersion);
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
  const Item = { ...levelsKey(kind), names, savedInCatalog, savedAt };
  const move = moveCatalog(table, savedInCatalog - 1, { levels: kind }, Date.parse(savedAt));
  const TransactItems = [...move, { Put: { TableName: table, Item } }];
  const { refusals } = await transacted(documents.send(new TransactWriteCommand({ TransactItems })));
  if (refusals) throw new CatalogMovedError();
}
