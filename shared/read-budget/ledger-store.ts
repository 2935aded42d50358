import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { BatchGetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { doneIfMet } from '../aws/conditional.ts';
import { scanSlotKey, scanTableKey } from '../aws/segments-keys.ts';
import { type LedgerStore, unknownTable } from './ledger.ts';

/** How long a slot is kept, for whoever asks how many claims the one before had. */
const keptSeconds = 3_600;
/** What the attribute of a partition key is called, which may be called anything. */
const unitsPrefix = '#';

/**
 * What all processes share of a scanned table, in the segments table: an item for each second in which it is scanned, that
 * is only added to, and one for what is known from one to the next. `scanned`: what the table is called there.
 */
export function createLedgerStore(
  documents: DynamoDBDocumentClient,
  segmentsTable: string,
  scanned: string,
): LedgerStore {
  const ofTable = { TableName: segmentsTable, Key: scanTableKey(scanned) };
  return {
    read: async (slot) => {
      const keys = [scanTableKey(scanned), scanSlotKey(scanned, slot)];
      // What is left out because DynamoDB is busy is not known: less is then done at once.
      const { Responses } = await documents.send(
        new BatchGetCommand({ RequestItems: { [segmentsTable]: { Keys: keys } } }),
      );
      const items = Responses?.[segmentsTable] ?? [];
      const { pk: _pk, sk: _sk, ...state } = items.find(({ sk }) => sk === keys[0]!.sk) ?? {};
      const { claims = 0 } = items.find(({ sk }) => sk === keys[1]!.sk) ?? {};
      return { state: { ...unknownTable, ...state }, claims };
    },

    claim: async (slot, claims, repeated) => {
      const { Attributes = {} } = await documents.send(
        new UpdateCommand({
          TableName: segmentsTable,
          Key: scanSlotKey(scanned, slot),
          UpdateExpression: `ADD claims :new, ${claims.map((_, at) => `#k${at} :u${at}`).join(', ')} SET expiresAt = :expiresAt`,
          ExpressionAttributeNames: Object.fromEntries(claims.map(({ key }, at) => [`#k${at}`, unitsPrefix + key])),
          ExpressionAttributeValues: {
            ':new': claims.length - repeated,
            ':expiresAt': slot + keptSeconds,
            ...Object.fromEntries(claims.map(({ units }, at) => [`:u${at}`, units])),
          },
          ReturnValues: 'ALL_NEW',
        }),
      );
      const units = Object.entries(Attributes).flatMap(([name, value]) =>
        name.startsWith(unitsPrefix) ? [[name.slice(unitsPrefix.length), Number(value)]] : [],
      );
      return { claims: Number(Attributes.claims), units: Object.fromEntries(units) };
    },

    noteLimit: async (limit, at, before) => {
      await doneIfMet(
        documents.send(
          new UpdateCommand({
            ...ofTable,
            UpdateExpression: 'SET #limit = :limit, limitedAt = :at',
            ConditionExpression: 'attribute_not_exists(limitedAt) OR limitedAt < :before',
            ExpressionAttributeNames: { '#limit': 'limit' },
            ExpressionAttributeValues: { ':limit': limit, ':at': at, ':before': before },
          }),
        ),
      );
    },

    notePage: async (units) => {
      await doneIfMet(
        documents.send(
          new UpdateCommand({
            ...ofTable,
            UpdateExpression: 'SET pageUnits = :units',
            ConditionExpression: 'attribute_not_exists(pageUnits) OR pageUnits < :units',
            ExpressionAttributeValues: { ':units': units },
          }),
        ),
      );
    },
  };
}
