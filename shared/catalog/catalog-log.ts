import { catalogKey, changeKey } from '../aws/segments-keys.ts';
import type { DocumentTransactionPart } from '../aws/write-items.ts';

/** How long the log of changes reaches back; whoever is further behind reads everything. */
const keptDays = 7;

/** Somebody saved between the read that a save was checked against and its write. */
export class CatalogMovedError extends Error {
  constructor() {
    super('The catalog moved while something in it was being saved');
    this.name = 'CatalogMovedError';
  }
}

/**
 * Moves the catalog one version on, if it is still at the expected one, and logs what moved it: a segment; or the levels
 * of a kind, which concern any segment. Parts of a transaction; `now` is epoch ms.
 */
export function moveCatalog(
  table: string,
  expected: number,
  moved: { readonly segmentId: string } | { readonly levels: string },
  now: number,
): DocumentTransactionPart[] {
  const expiresAt = Math.ceil(now / 1000) + keptDays * 86_400;
  return [
    {
      Update: {
        TableName: table,
        Key: catalogKey,
        UpdateExpression: 'SET #version = :next',
        ConditionExpression: expected === 0 ? 'attribute_not_exists(#version)' : '#version = :expected',
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: { ':next': expected + 1, ...(expected > 0 && { ':expected': expected }) },
      },
    },
    { Put: { TableName: table, Item: { ...changeKey(expected + 1), ...moved, expiresAt } } },
  ];
}
